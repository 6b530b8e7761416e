#include "gateway/resume_token.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace trackfit::gateway {

absl::StatusOr<std::string> NewResumeToken() {
  std::array<char, 16> bytes{};
  if (getentropy(bytes.data(), bytes.size()) != 0) {
    return absl::ErrnoToStatus(errno, "no random bits for a resume token");
  }
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

}  // namespace trackfit::gateway
