// The gateway's web port over real sockets, with stand-ins for the servers behind it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "integration/support/analyze_client.h"
#include "integration/support/gateway_fixture.h"
#include "integration/support/http_get.h"
#include "integration/support/web_socket_analyze.h"
#include "support/client_socket.h"
#include "support/eventually.h"
#include "support/scratch_folder.h"
#include "support/web_socket_client.h"

namespace trackfit {
namespace {

using ::testing::AllOf;
using testing::Analyzed;
using testing::AnalyzeOverWebSocket;
using testing::Clip;
using testing::ConfigRequest;
using testing::FrameRequest;
using ::testing::HasSubstr;
using testing::HttpGet;
using ::testing::StartsWith;
using testing::WebSocketClient;

using HttpEdgeTest = testing::GatewayFixture;

TEST_F(HttpEdgeTest, GivesOverAWebSocketWhatGrpcGives) {
  const Analyzed grpc = testing::Analyze(gateway().port(), Clip(150));
  const Analyzed web = AnalyzeOverWebSocket(gateway().http_port(), Clip(150));
  ASSERT_TRUE(grpc.status.ok()) << grpc.status.error_message();
  ASSERT_TRUE(web.status.ok()) << web.status.error_message();
  EXPECT_EQ(web.Fingerprint(), grpc.Fingerprint());
  EXPECT_EQ(web.Summary().frames(), 150U);
  const std::string counted = "trackfit_calls_total{code=\"OK\",method=\"Analyze\"} 2";
  for (int waited = 0; waited < 500 && gateway().MetricsText().find(counted) == std::string::npos; ++waited) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_THAT(gateway().MetricsText(), HasSubstr(counted));
}

TEST_F(HttpEdgeTest, EndsWithTheNameOfTheFieldThatBreaksTheProtocol) {
  const Analyzed analyzed = AnalyzeOverWebSocket(gateway().http_port(), {FrameRequest(0, "a")});
  EXPECT_EQ(analyzed.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(analyzed.status.error_message(), HasSubstr("config"));
}

TEST_F(HttpEdgeTest, SharesTheLimitOfSessionsWithGrpc) {
  options_.server.max_sessions = 1;
  testing::AnalyzeCall call(gateway().port());
  ASSERT_TRUE(call.Send(ConfigRequest()));
  call.StartReading();
  ASSERT_TRUE(call.WaitForResponses(1));
  const Analyzed refused = AnalyzeOverWebSocket(gateway().http_port(), Clip(1));
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("try again in 1000 ms"));
  call.Finish();
}

TEST_F(HttpEdgeTest, KeepsPagesFromElsewhereOut) {
  options_.http.allowed_origins = "https://app.example.com";
  const int port = gateway().http_port();
  EXPECT_THAT(WebSocketClient(port, "Origin: http://evil.example\r\n").answer(), StartsWith("HTTP/1.1 403 "));
  EXPECT_TRUE(WebSocketClient(port, "Origin: https://app.example.com\r\n").open());
  EXPECT_TRUE(WebSocketClient(port, "Origin: http://localhost:" + std::to_string(port) + "\r\n").open());
}

TEST_F(HttpEdgeTest, SaysWhetherTheGatewayServesAndWhatItCounts) {
  EXPECT_THAT(HttpGet(gateway().http_port(), "/healthz"), HasSubstr("503"));
  ASSERT_TRUE(gateway().BecomesReady());
  EXPECT_THAT(HttpGet(gateway().http_port(), "/healthz"), AllOf(HasSubstr("200"), HasSubstr("SERVING")));
  EXPECT_THAT(HttpGet(gateway().http_port(), "/metrics"), HasSubstr("trackfit_gateway_http_connections"));
}

TEST_F(HttpEdgeTest, ServesTheAppOrSaysHowToGetIt) {
  options_.http.web_root = "/no/such/folder";
  EXPECT_THAT(HttpGet(gateway().http_port(), "/"), AllOf(HasSubstr("404"), HasSubstr("--web-root")));
  gateway_.reset();
  const testing::ScratchFolder folder;
  std::ofstream(folder.File("index.html")) << "<!doctype html>";
  options_.http.web_root = folder.path();
  EXPECT_THAT(HttpGet(gateway().http_port(), "/"), AllOf(HasSubstr("200"), HasSubstr("<!doctype html>")));
}

TEST_F(HttpEdgeTest, RefusesFlagsThatAreWrong) {
  const auto error = [](auto change) {
    gateway_server::GatewayOptions options;
    change(options.http);
    return std::string(options.Validate().message());
  };
  using Http = gateway_server::HttpOptions;
  EXPECT_EQ(error([](Http&) {}), "");
  EXPECT_EQ(error([](Http& http) { http.listen = ""; }), "");
  EXPECT_THAT(error([](Http& http) { http.listen = "8080"; }),
              HasSubstr("--http-listen is \"8080\"; it has no host"));
  EXPECT_THAT(error([](Http& http) { http.listen = "0.0.0.0:8000"; }),
              HasSubstr("--listen and --http-listen both are 0.0.0.0:8000"));
  EXPECT_THAT(error([](Http& http) { http.allowed_origins = "app.example.com"; }),
              HasSubstr("--http-allowed-origins: \"app.example.com\" is no origin"));
  EXPECT_THAT(error([](Http& http) { http.key = "key.pem"; }), HasSubstr("need each other"));
  EXPECT_THAT(error([](Http& http) { http.hosts = "https://gym.example"; }),
              HasSubstr("--http-hosts: \"https://gym.example\" is no host name"));
  EXPECT_THAT(error([](Http& http) { http.uploads.worker = "/no/such/program"; }),
              HasSubstr("--upload-worker: /no/such/program is no program"));
  const auto upload_error = [&error](auto change) {
    return error([&](Http& http) {
      http.uploads.worker = "/bin/sh";
      change(http.uploads);
    });
  };
  using Uploads = gateway_server::UploadOptions;
  EXPECT_THAT(upload_error([](Uploads& uploads) { uploads.max_mb = 0; }),
              HasSubstr("max-upload-mb is 0; it must be between 1 and 65536"));
  EXPECT_THAT(upload_error([](Uploads& uploads) { uploads.max_uploads = 65; }),
              HasSubstr("max-uploads is 65; it must be between 1 and 64"));
  EXPECT_THAT(upload_error([](Uploads& uploads) { uploads.timeout = 0.5; }),
              HasSubstr("upload-timeout is 0.5; it must be between 1 and 86400"));
  EXPECT_THAT(upload_error([](Uploads& uploads) { uploads.memory_mb = 100; }),
              HasSubstr("upload-memory-mb is 100; it must be 0 or at least 256"));
}

// Sends `post`, whole lines and a body, and returns the answer.
std::string Post(int port, const std::string& target, const std::string& headers, const std::string& body) {
  const testing::ClientSocket client(port);
  client.Send("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
              std::to_string(body.size()) + "\r\n" + headers + "\r\n" + body);
  return client.ReceiveAll();
}

// The program that decodes is a script here: it says how it was called.
class UploadTest : public HttpEdgeTest {
 protected:
  UploadTest() {
    options_.http.uploads.worker = folder_.File("worker");
    std::ofstream(folder_.File("worker")) << "#!/bin/sh\necho \"$*\"\n";
    std::filesystem::permissions(folder_.File("worker"), std::filesystem::perms::owner_all);
  }

  const testing::ScratchFolder folder_;
};

TEST_F(UploadTest, GivesTheProgramItsParameters) {
  const int port = gateway().http_port();
  const std::string gateway_flag = "--gateway=127.0.0.1:" + std::to_string(gateway().port());
  EXPECT_THAT(Post(port, "/v1/analyze", "", "a video"),
              AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr(gateway_flag + " --config={}\n")));
  EXPECT_THAT(
      Post(port,
           "/v1/analyze?language=en&voice=calm&advice=off&coach=on&target=a%3D1:&target=b=:2&max_people=2&"
           "window_frames=90&first_after=30&every=10&fps=29.97&limit_frames=100",
           "Content-Type: video/mp4\r\n", ""),
      HasSubstr(R"(--config={"window":{"frames":90,"firstAfter":30,"every":10},"maxPeople":2,)"
                R"("coach":{"voice":"calm","language":"en","adviceOff":true,)"
                R"("targets":[{"code":"a","goodLow":1},{"code":"b","goodHigh":2}]}} )"
                "--fps=29.97 --limit-frames=100\n"));
  EXPECT_THAT(gateway().MetricsText(), HasSubstr("trackfit_gateway_uploads_total{outcome=\"complete\"} 2"));
  EXPECT_TRUE(testing::Eventually([this] {
    return gateway().MetricsText().find("\ntrackfit_gateway_uploads 0\n") != std::string::npos;
  }));
}

TEST_F(UploadTest, NamesTheParameterThatIsWrong) {
  ASSERT_TRUE(gateway().BecomesReady());
  const auto error = [this](const std::string& query) {
    return Post(gateway().http_port(), "/v1/analyze?" + query, "", "a video");
  };
  EXPECT_THAT(error("langauge=ko"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr(R"(there is no parameter \"langauge\")"),
                    HasSubstr("did you mean language?")));
  EXPECT_THAT(error("every=2&every=3"), HasSubstr("every is given twice"));
  EXPECT_THAT(error("max_people=many"), HasSubstr(R"(max_people is \"many\"; it must be a whole number)"));
  EXPECT_THAT(error("max_people=9"), HasSubstr("config.max_people is 9"));
  EXPECT_THAT(error("coach=maybe"), HasSubstr("it must be on or off"));
  EXPECT_THAT(error("fps=0"), HasSubstr(R"(fps is \"0\"; it must be a number above 0)"));
  EXPECT_THAT(error("fps=nan"), HasSubstr("it must be a number above 0"));
  EXPECT_THAT(error("target=depth"), HasSubstr("it must be CODE=LOW:HIGH"));
  EXPECT_THAT(error("expected_exercise=juggling"), HasSubstr("config.expected_exercise is"));
  EXPECT_THAT(error("model=yoga"), HasSubstr("config.model is"));
  EXPECT_THAT(error("voice=%zz"), HasSubstr("write %25"));
  EXPECT_THAT(gateway().MetricsText(), HasSubstr("trackfit_gateway_uploads_total{outcome=\"refused\"} 11"));
}

TEST_F(UploadTest, KeepsPagesFromElsewhereAndFormsOut) {
  const int port = gateway().http_port();
  EXPECT_THAT(Post(port, "/v1/analyze", "Origin: http://evil.example\r\n", "a video"),
              StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(Post(port, "/v1/analyze", "Origin: http://localhost\r\n", "a video"),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Post(port, "/v1/analyze", "Content-Type: multipart/form-data; boundary=x\r\n", "--x"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("--data-binary")));
}

TEST_F(UploadTest, SaysThatThereAreNoUploadsWithoutTheProgram) {
  options_.http.uploads.worker = "";
  EXPECT_THAT(Post(gateway().http_port(), "/v1/analyze", "", "a video"),
              AllOf(StartsWith("HTTP/1.1 501 "), HasSubstr("--upload-worker")));
}

TEST_F(HttpEdgeTest, RefusesNamesThatAreNotItsOwn) {
  options_.http.hosts = "gym.example";
  const int port = gateway().http_port();
  const auto ask = [port](const std::string& host) {
    const testing::ClientSocket client(port);
    client.Send("GET /metrics HTTP/1.1\r\nConnection: close\r\nHost: " + host + "\r\n\r\n");
    return client.ReceiveAll();
  };
  EXPECT_THAT(ask("evil.example"), AllOf(StartsWith("HTTP/1.1 421 "), HasSubstr("--http-hosts")));
  EXPECT_THAT(ask("gym.example:8080"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask("localhost:8080"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpEdgeTest, TellsItsClientsThatItGoesAwayAfterTheGracePeriod) {
  WebSocketClient client(gateway().http_port());
  client.SendBinary(ConfigRequest().SerializeAsString());
  ASSERT_TRUE(client.ReceiveBinary().has_value());
  const auto drained = std::async(std::launch::async, [this] { gateway().server().Drain(); });
  std::string reason;
  EXPECT_EQ(client.AwaitClose(&reason), 1001);
  EXPECT_EQ(reason, "the server is shutting down");
}

}  // namespace
}  // namespace trackfit
