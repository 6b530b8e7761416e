#include "access/api_key.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace trackfit::access {
namespace {

constexpr absl::string_view kPrefix = "tf_";
constexpr std::size_t kIdBytes = 4, kSecretBytes = 20, kMaxId = 32;

bool IsLowerOrDigit(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsSecret(absl::string_view text) {
  return text.size() == 2 * kSecretBytes && std::ranges::all_of(text, [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c)) &&
                  !absl::ascii_isupper(static_cast<unsigned char>(c));
         });
}

}  // namespace

std::string ApiKey::Text() const { return absl::StrCat(kPrefix, id, "_", secret); }

absl::StatusOr<ApiKey> NewApiKey() {
  std::array<char, kIdBytes + kSecretBytes> bytes{};
  if (getentropy(bytes.data(), bytes.size()) != 0) {
    return absl::ErrnoToStatus(errno, "no random bits for an API key");
  }
  const absl::string_view random(bytes.data(), bytes.size());
  return ApiKey{absl::BytesToHexString(random.substr(0, kIdBytes)),
                absl::BytesToHexString(random.substr(kIdBytes))};
}

std::optional<ApiKey> ParseApiKey(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, kPrefix)) return std::nullopt;
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('_', 1));
  if (!IsKeyId(parts.first) || !IsSecret(parts.second)) return std::nullopt;
  return ApiKey{std::string(parts.first), std::string(parts.second)};
}

bool IsKeyId(absl::string_view id) {
  return !id.empty() && id.size() <= kMaxId &&
         std::ranges::all_of(id, [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

std::string BearerKey(absl::string_view authorization) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(absl::StripAsciiWhitespace(authorization), absl::MaxSplits(' ', 1));
  if (!absl::EqualsIgnoreCase(parts.first, "Bearer")) return "";
  return std::string(absl::StripAsciiWhitespace(parts.second));
}

std::string SubprotocolKey(absl::string_view subprotocols) {
  for (absl::string_view offered : absl::StrSplit(subprotocols, ',')) {
    offered = absl::StripAsciiWhitespace(offered);
    if (!absl::ConsumePrefix(&offered, "trackfit.key.")) continue;
    // What cannot be decoded is no key, which is said of it then.
    if (std::string key; absl::WebSafeBase64Unescape(offered, &key) && !key.empty()) return key;
    return std::string(offered);
  }
  return "";
}

}  // namespace trackfit::access
