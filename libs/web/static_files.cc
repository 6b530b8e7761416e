#include "web/static_files.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace trackfit::web {
namespace {

namespace fs = std::filesystem;

struct Kind {
  const char* extension;
  const char* type;
  bool compresses;
};

constexpr Kind kKinds[] = {
    {".html", "text/html; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".css", "text/css; charset=utf-8", true},
    {".json", "application/json", true},
    {".map", "application/json", true},
    {".webmanifest", "application/manifest+json", true},
    {".svg", "image/svg+xml", true},
    {".txt", "text/plain; charset=utf-8", true},
    {".wasm", "application/wasm", true},
    {".ico", "image/x-icon", true},
    {".png", "image/png", false},
    {".jpg", "image/jpeg", false},
    {".webp", "image/webp", false},
    {".woff2", "font/woff2", false},
    {".mp3", "audio/mpeg", false},
    {".mp4", "video/mp4", false},
    {".webm", "video/webm", false},
};
constexpr Kind kOther = {"", "application/octet-stream", false};

const Kind& KindOf(const fs::path& path) {
  const std::string extension = absl::AsciiStrToLower(path.extension().string());
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&](const Kind& kind) { return extension == kind.extension; });
  return found == std::end(kKinds) ? kOther : *found;
}

// Of equal contents, so that it stays the same over restarts (FNV-1a).
std::string ETagOf(const std::string& content) {
  uint64_t hash = 14695981039346656037U;
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return absl::StrCat("\"", absl::Hex(hash, absl::kZeroPad16), "-", content.size(), "\"");
}

// Null where it does not become smaller.
std::shared_ptr<const std::string> Gzip(const std::string& content) {
  constexpr int kGzip = 15 + 16;  // the window, and that the header is gzip's
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return nullptr;
  std::string gzipped(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(gzipped.data());
  stream.avail_out = static_cast<uInt>(gzipped.size());
  const int done = deflate(&stream, Z_FINISH);
  gzipped.resize(stream.total_out);
  deflateEnd(&stream);
  if (done != Z_STREAM_END || gzipped.size() >= content.size()) return nullptr;
  gzipped.shrink_to_fit();
  return std::make_shared<const std::string>(std::move(gzipped));
}

// Vite's names: assets/index-B1c2D3e4.js.
bool HasHash(const std::string& path) {
  constexpr std::size_t kHash = 8;
  if (!absl::StartsWith(path, "/assets/")) return false;
  const std::string stem = fs::path(path).stem().string();
  const std::size_t dash = stem.size() > kHash ? stem.size() - kHash - 1 : std::string::npos;
  return dash != std::string::npos && stem[dash] == '-' &&
         std::all_of(stem.begin() + static_cast<std::ptrdiff_t>(dash) + 1, stem.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
         });
}

bool AcceptsGzip(const std::string& accept_encoding) {
  for (const absl::string_view part : absl::StrSplit(accept_encoding, ',')) {
    const std::pair<absl::string_view, absl::string_view> coding =
        absl::StrSplit(part, absl::MaxSplits(';', 1));
    if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(coding.first), "gzip")) continue;
    absl::string_view quality = absl::StripAsciiWhitespace(coding.second);
    double q = 1;
    return !absl::ConsumePrefix(&quality, "q=") || (absl::SimpleAtod(quality, &q) && q > 0);
  }
  return false;
}

bool Matches(const std::string& if_none_match, const std::string& etag) {
  for (absl::string_view part : absl::StrSplit(if_none_match, ',')) {
    part = absl::StripAsciiWhitespace(part);
    absl::ConsumePrefix(&part, "W/");
    if (part == etag || part == "*") return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<StaticFiles> StaticFiles::Load(const std::string& folder, std::size_t max_bytes) {
  StaticFiles loaded;
  std::error_code error;
  if (!fs::is_regular_file(fs::path(folder) / "index.html", error)) {
    return absl::NotFoundError(absl::StrCat(folder, " has no index.html"));
  }
  std::size_t bytes = 0;
  fs::recursive_directory_iterator entries(folder, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const fs::path& path = entries->path();
    if (!fs::is_regular_file(path, error)) continue;
    std::ifstream stream(path, std::ios::binary);
    std::string content((std::istreambuf_iterator<char>(stream)), {});
    if (!stream) return absl::FailedPreconditionError(absl::StrCat(path.string(), " cannot be read"));
    bytes += content.size();
    if (bytes > max_bytes) {
      return absl::FailedPreconditionError(
          absl::StrCat(folder, " holds more than ", max_bytes >> 20, " MB; it is no web app"));
    }
    const std::string name = "/" + fs::path(path).lexically_relative(folder).generic_string();
    const Kind& kind = KindOf(path);
    loaded.files_[name] = {
        kind.type, ETagOf(content), HasHash(name) ? "public, max-age=31536000, immutable" : "no-cache",
        std::make_shared<const std::string>(content), kind.compresses ? Gzip(content) : nullptr};
  }
  if (error) return absl::FailedPreconditionError(absl::StrCat(folder, ": ", error.message()));
  return loaded;
}

HttpResponse StaticFiles::Answer(const HttpRequest& request) const {
  HttpResponse response;
  AddSecurityHeaders(response);
  const auto found = files_.find(request.path == "/" ? "/index.html" : request.path);
  if (found == files_.end()) {
    response.status = 404;
    response.body = "there is no such page\n";
    return response;
  }
  const File& file = found->second;
  const bool gzip = file.gzipped != nullptr && AcceptsGzip(request.Header("accept-encoding"));
  // Each representation has its own tag.
  const std::string etag = gzip ? absl::StrCat(absl::StripSuffix(file.etag, "\""), "-gz\"") : file.etag;
  response.content_type = file.content_type;
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back("Cache-Control", file.cache_control);
  if (file.gzipped) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (Matches(request.Header("if-none-match"), etag)) {
    response.status = 304;
    return response;
  }
  if (gzip) response.headers.emplace_back("Content-Encoding", "gzip");
  response.kept_body = gzip ? file.gzipped : file.content;
  return response;
}

void AddSecurityHeaders(HttpResponse& response) {
  // WebAssembly and pictures made in the page are the app's own; no script and no style may be inline.
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data: blob:; "
      "media-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
      "form-action 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
}

}  // namespace trackfit::web
