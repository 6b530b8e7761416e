#include "rpc/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace trackfit::rpc {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kUsualPace{1000};
// A server that does not serve yet says so often within what it asks for.
constexpr microseconds kMoreTime = std::chrono::seconds(30);

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

microseconds Watchdog() {
  int64_t pid = 0, limit = 0;
  const bool is_set = absl::SimpleAtoi(Environment("WATCHDOG_USEC"), &limit) && limit > 0;
  const bool is_ours = !absl::SimpleAtoi(Environment("WATCHDOG_PID"), &pid) || pid == ::getpid();
  return microseconds(is_set && is_ours ? limit : 0);
}

}  // namespace

// The socket stays open, so that a server without descriptors can still say that it lives.
ServiceManager::ServiceManager()
    : address_(Environment("NOTIFY_SOCKET")),
      socket_(address_.empty() ? -1 : ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      watchdog_(Watchdog()) {}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) ::close(socket_);
}

void ServiceManager::Live(bool serving) {
  const auto now = std::chrono::steady_clock::now();
  if (serving && !started_) {
    started_ = Send("READY=1\nSTATUS=serving");
  } else if (now - last_ < Pace() / 2) {
    return;
  }
  last_ = now;
  if (started_ && watchdog_.count() > 0) Send("WATCHDOG=1");
  if (!started_) {
    Send(absl::StrCat("STATUS=listening, not yet serving\nEXTEND_TIMEOUT_USEC=", kMoreTime.count()));
  }
}

void ServiceManager::Stop(milliseconds limit) {
  Send(absl::StrCat("STOPPING=1\nSTATUS=draining\nEXTEND_TIMEOUT_USEC=", microseconds(limit).count()));
}

milliseconds ServiceManager::Pace() const {
  if (watchdog_.count() == 0) return kUsualPace;
  return std::clamp(duration_cast<milliseconds>(watchdog_ / 4), milliseconds(1), kUsualPace);
}

bool ServiceManager::Send(const std::string& text) const {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  if (socket_ < 0 || address_.size() >= sizeof name.sun_path) return true;
  std::memcpy(name.sun_path, address_.data(), address_.size());
  if (address_.front() == '@') name.sun_path[0] = '\0';  // a name that is no file's
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  return ::sendto(socket_, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&name),
                  size) >= 0;
}

}  // namespace trackfit::rpc
