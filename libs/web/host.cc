#include "web/host.h"

#include <arpa/inet.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace trackfit::web {
namespace {

bool IsAddress(const std::string& host) {
  if (absl::StartsWith(host, "[")) return true;
  in_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool IsName(absl::string_view text) {
  return !text.empty() && text.find_first_of("/:?#@*[] ") == absl::string_view::npos;
}

// Without the port, and without the dot that may end a name.
std::string NameOf(absl::string_view host) {
  if (const auto colon = host.rfind(':'); colon != absl::string_view::npos && !absl::EndsWith(host, "]"))
    host = host.substr(0, colon);
  return absl::AsciiStrToLower(absl::StripSuffix(host, "."));
}

}  // namespace

absl::StatusOr<HostCheck> HostCheck::Create(const std::string& allowed) {
  std::set<std::string> hosts;
  for (const absl::string_view part : absl::StrSplit(allowed, ',', absl::SkipWhitespace())) {
    const absl::string_view host = absl::StripAsciiWhitespace(part);
    if (!IsName(host)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", host, "\" is no host name; write app.example.com, without https:// and port"));
    }
    hosts.insert(absl::AsciiStrToLower(host));
  }
  return HostCheck(std::move(hosts));
}

bool HostCheck::Allows(const HttpRequest& request) const {
  if (allowed_.empty()) return true;
  const std::string host = NameOf(request.Header("host"));
  // Before HTTP/1.1 there was none; browsers always send it.
  return host.empty() || host == "localhost" || IsAddress(host) || allowed_.count(host) > 0;
}

}  // namespace trackfit::web
