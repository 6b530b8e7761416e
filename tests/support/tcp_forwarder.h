// A network between a client and a server of this machine, which breaks when a test says so.
#ifndef TRACKFIT_TESTS_SUPPORT_TCP_FORWARDER_H_
#define TRACKFIT_TESTS_SUPPORT_TCP_FORWARDER_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <thread>

namespace trackfit::testing {

// Connections to port() go on to the server. Cut() ends all that there are, on both sides and with what is on
// its way; Freeze() leaves them open and carries nothing any more, as a network that is gone. New ones work.
class TcpForwarder {
 public:
  explicit TcpForwarder(int server_port)
      : server_port_(server_port), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = Loopback(0);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        listen(listener_, 16) != 0) {
      return;  // port() stays 0
    }
    socklen_t size = sizeof(address);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this](const std::stop_token& stop) { Accept(stop); });
  }
  TcpForwarder(const TcpForwarder&) = delete;
  TcpForwarder& operator=(const TcpForwarder&) = delete;
  ~TcpForwarder() {
    acceptor_ = {};
    Cut();
    close(listener_);
  }

  int port() const { return port_; }
  int connections() const { return connections_; }  // since the beginning

  void Cut() {
    const std::lock_guard lock(mutex_);
    links_.clear();
  }
  void Freeze() {
    const std::lock_guard lock(mutex_);
    for (Link& link : links_) link.frozen = true;
  }

 private:
  struct Link {
    Link(int client_end, int server_end) : client(client_end), server(server_end) {}
    ~Link() {
      thread = {};
      for (const int end : {client, server}) {
        const linger at_once{1, 0};  // a reset, not a polite end
        setsockopt(end, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        close(end);
      }
    }
    const int client;
    const int server;
    std::atomic<bool> frozen = false;
    std::jthread thread;
  };

  static sockaddr_in Loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  void Accept(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd event = {listener_, POLLIN, 0};
      if (poll(&event, 1, 20) <= 0) continue;
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_in address = Loopback(server_port_);
      if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        close(client);
        close(server);
        continue;
      }
      const std::lock_guard lock(mutex_);
      ++connections_;
      Link& link = links_.emplace_back(client, server);
      link.thread = std::jthread([&link](const std::stop_token& over) { Carry(link, over); });
    }
  }

  static void Carry(const Link& link, const std::stop_token& over) {
    while (!over.stop_requested()) {
      pollfd events[2] = {{link.client, POLLIN, 0}, {link.server, POLLIN, 0}};
      if (link.frozen) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        continue;
      }
      if (poll(events, 2, 20) <= 0) continue;
      if (events[0].revents != 0 && !Pass(link.client, link.server, over)) return;
      if (events[1].revents != 0 && !Pass(link.server, link.client, over)) return;
    }
  }

  static bool Pass(int from, int to, const std::stop_token& over) {
    char buffer[16 << 10];
    const ssize_t count = recv(from, buffer, sizeof(buffer), 0);
    if (count <= 0) {
      shutdown(to, SHUT_RDWR);
      shutdown(from, SHUT_RDWR);
      return false;
    }
    for (ssize_t sent = 0; sent < count && !over.stop_requested();) {
      pollfd event = {to, POLLOUT, 0};
      if (poll(&event, 1, 20) <= 0) continue;
      const ssize_t part =
          send(to, buffer + sent, static_cast<std::size_t>(count - sent), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (part < 0) return false;
      sent += part;
    }
    return true;
  }

  const int server_port_;
  const int listener_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::list<Link> links_;
  std::jthread acceptor_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_TCP_FORWARDER_H_
