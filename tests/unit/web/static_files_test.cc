#include "web/static_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>
#include <string>

#include "support/client_socket.h"
#include "support/scratch_folder.h"
#include "web/http_server.h"

namespace trackfit::web {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

HttpRequest Get(std::string path, std::map<std::string, std::string> headers = {}) {
  HttpRequest request;
  request.path = std::move(path);
  request.headers = std::move(headers);
  return request;
}

std::string HeaderOf(const HttpResponse& response, const std::string& name) {
  for (const auto& [header, value] : response.headers) {
    if (header == name) return value;
  }
  return "";
}

std::string Unzip(const std::string& gzipped) {
  std::string text(100'000, '\0');
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzipped.data()));
  stream.avail_in = static_cast<uInt>(gzipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

class StaticFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_.path() + "/app/assets");
    Write("secret.txt", "beside the app");
    Write("app/index.html", index_);
    Write("app/assets/index-B1c2D_e4.js", "export const answer = 42;");
    Write("app/assets/logo.svg", "<svg/>");
    Write("app/model.wasm", std::string(1000, 'w'));
    Write("app/picture.webp", std::string(1000, 'p'));
  }
  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_.File(name), std::ios::binary) << content;
  }
  StaticFiles Load() const { return *StaticFiles::Load(folder_.path() + "/app"); }

  const testing::ScratchFolder folder_;
  const std::string index_ = "<!doctype html>" + std::string(1000, ' ');
};

TEST_F(StaticFilesTest, AreServedWithTheirTypes) {
  const StaticFiles files = Load();
  EXPECT_EQ(files.count(), 5U);
  EXPECT_EQ(*files.Answer(Get("/")).kept_body, index_);
  EXPECT_EQ(files.Answer(Get("/index.html")).content_type, "text/html; charset=utf-8");
  EXPECT_EQ(files.Answer(Get("/assets/index-B1c2D_e4.js")).content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(files.Answer(Get("/assets/logo.svg")).content_type, "image/svg+xml");
  EXPECT_EQ(files.Answer(Get("/model.wasm")).content_type, "application/wasm");
  EXPECT_EQ(files.Answer(Get("/nothing")).status, 404);
}

TEST_F(StaticFilesTest, AreKeptByBrowsersWhereTheirNamesCarryAHash) {
  const StaticFiles files = Load();
  const auto caching = [&](const std::string& path) {
    return HeaderOf(files.Answer(Get(path)), "Cache-Control");
  };
  EXPECT_EQ(caching("/assets/index-B1c2D_e4.js"), "public, max-age=31536000, immutable");
  EXPECT_EQ(caching("/assets/logo.svg"), "no-cache");
  EXPECT_EQ(caching("/"), "no-cache");
}

TEST_F(StaticFilesTest, AreSentGzippedToThoseWhoTakeIt) {
  const StaticFiles files = Load();
  const auto answer = [&](const std::string& path, const std::string& accepted) {
    return files.Answer(Get(path, {{"accept-encoding", accepted}}));
  };
  const HttpResponse gzipped = answer("/", "br, GZIP;q=0.5");
  EXPECT_EQ(HeaderOf(gzipped, "Content-Encoding"), "gzip");
  EXPECT_EQ(HeaderOf(gzipped, "Vary"), "Accept-Encoding");
  EXPECT_EQ(Unzip(*gzipped.kept_body), index_);
  const HttpResponse plain = answer("/", "gzip;q=0, br");
  EXPECT_EQ(HeaderOf(plain, "Content-Encoding"), "");
  EXPECT_EQ(HeaderOf(plain, "Vary"), "Accept-Encoding");
  EXPECT_NE(HeaderOf(plain, "ETag"), HeaderOf(gzipped, "ETag")) << "these are two representations";
  EXPECT_EQ(HeaderOf(answer("/picture.webp", "gzip"), "Content-Encoding"), "");
  EXPECT_EQ(HeaderOf(answer("/assets/logo.svg", "gzip"), "Content-Encoding"), "") << "it would grow";
}

TEST_F(StaticFilesTest, AreNotSentAgainToThoseWhoHaveThem) {
  const StaticFiles files = Load();
  const std::string etag = HeaderOf(files.Answer(Get("/")), "ETag");
  const auto asked = [&](const std::string& tags) {
    return files.Answer(Get("/", {{"if-none-match", tags}}));
  };
  EXPECT_EQ(asked(etag).status, 304);
  EXPECT_EQ(asked("\"other\", W/" + etag).status, 304);
  EXPECT_EQ(HeaderOf(asked(etag), "ETag"), etag);
  EXPECT_EQ(asked("\"other\"").status, 200);
  Write("app/index.html", "changed");
  EXPECT_NE(HeaderOf(Load().Answer(Get("/")), "ETag"), etag);
}

TEST_F(StaticFilesTest, ForbidWhatIsNotTheirs) {
  const std::string policy = HeaderOf(Load().Answer(Get("/")), "Content-Security-Policy");
  EXPECT_THAT(policy, AllOf(StartsWith("default-src 'self';"), HasSubstr("frame-ancestors 'none'"),
                            Not(HasSubstr("unsafe-inline")), Not(HasSubstr("'unsafe-eval'"))));
  EXPECT_EQ(HeaderOf(Load().Answer(Get("/nothing")), "X-Content-Type-Options"), "nosniff");
}

TEST_F(StaticFilesTest, AreTheOnlyOnes) {
  const StaticFiles files = Load();
  for (const std::string path :
       {"/../secret.txt", "/assets/../../secret.txt", "//secret.txt", "/%2e%2e/secret.txt",
        "/..%2fsecret.txt", "/assets", "/assets/", "", "index.html", "/./index.html", "/etc/passwd",
        "/index.html/", "/INDEX.HTML"}) {
    EXPECT_EQ(files.Answer(Get(path)).status, 404) << path;
  }
}

TEST_F(StaticFilesTest, NeedAnIndexAndALimit) {
  EXPECT_EQ(StaticFiles::Load(folder_.path()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(StaticFiles::Load("/no/such/folder").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(StaticFiles::Load(folder_.path() + "/app", 1000).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(StaticFilesTest, TravelOverHttp) {
  HttpServerConfig config;
  config.other_pages = [files = Load()](const HttpRequest& request) { return files.Answer(request); };
  const auto server = *HttpServer::Start("127.0.0.1:0", std::move(config));
  const auto exchange = [&](const std::string& request) {
    const testing::ClientSocket client(server->port());
    client.Send(request);
    return client.ReceiveAll();
  };
  const std::string page = exchange("GET /?from=home HTTP/1.0\r\n\r\n");
  EXPECT_THAT(page, AllOf(StartsWith("HTTP/1.0 200 OK\r\n"), HasSubstr("\r\nContent-Length: 1015\r\n"),
                          HasSubstr("\r\n\r\n<!doctype html>")));
  EXPECT_THAT(exchange("GET /../secret.txt HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 404 "));
  const std::string etag = HeaderOf(Load().Answer(Get("/")), "ETag");
  const std::string unchanged = exchange("GET / HTTP/1.0\r\nIf-None-Match: " + etag + "\r\n\r\n");
  EXPECT_THAT(unchanged, AllOf(StartsWith("HTTP/1.0 304 Not Modified\r\n"), HasSubstr("\r\nETag: " + etag),
                               Not(HasSubstr("\r\nContent-Type:")), ::testing::EndsWith("\r\n\r\n")));
}

}  // namespace
}  // namespace trackfit::web
