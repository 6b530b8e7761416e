#include "web/origin.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace trackfit::web {
namespace {

// The authority of "http://host" or "https://host:port", without the scheme's own port; "" for all else.
std::string AuthorityOf(absl::string_view origin) {
  absl::string_view own_port;
  if (absl::ConsumePrefix(&origin, "http://")) {
    own_port = ":80";
  } else if (absl::ConsumePrefix(&origin, "https://")) {
    own_port = ":443";
  } else {
    return "";
  }
  if (origin.find_first_of("/?#@ ") != absl::string_view::npos) return "";
  return std::string(absl::StripSuffix(origin, own_port));
}

// A proxy that speaks TLS passes on neither the scheme nor its port, so either may be missing in Host.
bool IsSame(const std::string& origin, const std::string& host) {
  const std::string authority = AuthorityOf(origin);
  if (authority.empty()) return false;
  const absl::string_view own_port = absl::StartsWith(origin, "https:") ? ":443" : ":80";
  return authority == absl::StripSuffix(host, own_port);
}

}  // namespace

absl::StatusOr<OriginCheck> OriginCheck::Create(const std::string& allowed) {
  std::set<std::string> origins;
  for (const absl::string_view part : absl::StrSplit(allowed, ',', absl::SkipWhitespace())) {
    std::string origin = absl::AsciiStrToLower(absl::StripAsciiWhitespace(part));
    if (origin != "*" && AuthorityOf(origin).empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", origin, "\" is no origin; write https://HOST or https://HOST:PORT, or * for all"));
    }
    origins.insert(std::move(origin));
  }
  return OriginCheck(std::move(origins));
}

bool OriginCheck::Allows(const HttpRequest& request) const {
  if (request.headers.count("origin") == 0) return true;
  const std::string origin = absl::AsciiStrToLower(request.Header("origin"));
  return allowed_.count("*") > 0 || allowed_.count(origin) > 0 ||
         IsSame(origin, absl::AsciiStrToLower(request.Header("host")));
}

}  // namespace trackfit::web
