#include "web/close_code.h"

#include <cstddef>

#include "runtime/shutting_down.h"
#include "web/web_socket.h"

namespace trackfit::web {
namespace {

constexpr int kFirstOwnCode = 4000;
constexpr std::size_t kMostBytes = 123;

// The length of the character of UTF-8 that begins here; 0 where none does.
std::size_t CharacterAt(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const auto continues = [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      if ((byte(i) & 0xC0U) != 0x80U) return false;
    }
    return true;
  };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  if (first >= 0xC2U && first <= 0xDFU) return continues(1, 2) ? 2 : 0;
  if (first >= 0xE0U && first <= 0xEFU) {
    const bool overlong = first == 0xE0U && byte(1) < 0xA0U;
    const bool surrogate = first == 0xEDU && byte(1) > 0x9FU;
    return continues(1, 3) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0U && first <= 0xF4U) {
    const bool overlong = first == 0xF0U && byte(1) < 0x90U;
    const bool beyond = first == 0xF4U && byte(1) > 0x8FU;
    return continues(1, 4) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

int CloseCodeOf(const absl::Status& status) {
  if (status.ok()) return kCloseNormal;
  if (runtime::IsShuttingDown(status)) return kCloseGoingAway;
  return kFirstOwnCode + static_cast<int>(status.code());  // absl's codes are gRPC's
}

std::string CloseReasonOf(const absl::Status& status) {
  const std::string message(status.message());
  std::string reason;
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t length = CharacterAt(message, at);
    const std::string character = length > 0 ? message.substr(at, length) : "?";
    if (reason.size() + character.size() > kMostBytes) break;
    reason += character;
    at += character.size();
  }
  return reason;
}

}  // namespace trackfit::web
