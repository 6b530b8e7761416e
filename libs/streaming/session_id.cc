#include "streaming/session_id.h"

#include <random>

#include "absl/strings/str_format.h"

namespace trackfit::streaming {

std::string NewSessionId() {
  std::random_device random;
  return absl::StrFormat("%08x%08x", random(), random());
}

}  // namespace trackfit::streaming
