// The client side of a connection to this machine.
#ifndef TRACKFIT_TESTS_SUPPORT_CLIENT_SOCKET_H_
#define TRACKFIT_TESTS_SUPPORT_CLIENT_SOCKET_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace trackfit::testing {

class ClientSocket {
 public:
  explicit ClientSocket(int port, const char* source = "127.0.0.1")
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in from = Address(source, 0);
    const sockaddr_in to = Address("127.0.0.1", port);
    connected_ = bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof(from)) == 0 &&
                 connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0;
  }
  ClientSocket(ClientSocket&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  ClientSocket& operator=(ClientSocket&&) = delete;
  ~ClientSocket() {
    if (socket_ >= 0) close(socket_);
  }

  bool connected() const { return connected_; }

  bool Send(const std::string& bytes) const {
    return send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }

  // The next bytes; "" when the other side has closed the connection or sends nothing for that long.
  std::string Receive(int milliseconds = 5000) const {
    char buffer[4096];
    pollfd event = {socket_, POLLIN, 0};
    if (poll(&event, 1, milliseconds) <= 0) return "";
    const ssize_t count = recv(socket_, buffer, sizeof(buffer), 0);
    return count > 0 ? std::string(buffer, static_cast<std::size_t>(count)) : "";
  }

  // Everything until the other side closes the connection or sends nothing for five seconds.
  std::string ReceiveAll() const {
    std::string all;
    for (std::string part = Receive(); !part.empty(); part = Receive()) all += part;
    return all;
  }

  // Whether the other side closes the connection within this time.
  bool HangsUp(int milliseconds) const {
    char byte;
    pollfd event = {socket_, POLLIN, 0};
    return poll(&event, 1, milliseconds) > 0 && recv(socket_, &byte, 1, MSG_PEEK) <= 0;
  }

 private:
  static sockaddr_in Address(const char* address, int port) {
    sockaddr_in result{};
    result.sin_family = AF_INET;
    result.sin_port = htons(static_cast<uint16_t>(port));
    inet_pton(AF_INET, address, &result.sin_addr);
    return result;
  }

  int socket_;
  bool connected_ = false;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_CLIENT_SOCKET_H_
