// The socket on which systemd hears of its services.
#ifndef TRACKFIT_TESTS_SUPPORT_NOTIFY_SOCKET_H_
#define TRACKFIT_TESTS_SUPPORT_NOTIFY_SOCKET_H_

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

namespace trackfit::testing {

// Has a name of its own that is no file's, which the kernel chooses.
class NotifySocket {
 public:
  NotifySocket() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    socklen_t size = sizeof name.sun_family;
    ::bind(socket_, reinterpret_cast<const sockaddr*>(&name), size);
    size = sizeof name;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&name), &size);
    address_ = "@" + std::string(name.sun_path + 1, size - offsetof(sockaddr_un, sun_path) - 1);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
  ~NotifySocket() { ::close(socket_); }

  // For $NOTIFY_SOCKET.
  const std::string& address() const { return address_; }

  // What has come since.
  std::vector<std::string> Take() {
    std::vector<std::string> texts;
    char text[4096];
    for (ssize_t size; (size = ::recv(socket_, text, sizeof text, 0)) >= 0;) {
      texts.emplace_back(text, static_cast<std::size_t>(size));
    }
    return texts;
  }

  // Until it takes no more.
  void Fill() {
    const int sender = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un name = {};
    socklen_t size = sizeof name;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&name), &size);
    while (::sendto(sender, "x", 1, 0, reinterpret_cast<const sockaddr*>(&name), size) >= 0) {
    }
    ::close(sender);
  }

 private:
  const int socket_;
  std::string address_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_NOTIFY_SOCKET_H_
