#include "telemetry/metrics_endpoint.h"

#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace trackfit::telemetry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLargestRequest = 8192;
constexpr int kBacklog = 16;
// A scraper that is not done by then is let go.
constexpr std::chrono::seconds kPatience{2};

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};

// A socket that listens on host:port; else the reason why not.
absl::StatusOr<int> Listen(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return absl::InvalidArgumentError("it must be host:port");
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found); error != 0) {
    return absl::UnavailableError(gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  const int listener = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return absl::UnavailableError(std::strerror(errno));
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(listener, found->ai_addr, found->ai_addrlen) == 0 && listen(listener, kBacklog) == 0)
    return listener;
  const std::string reason = std::strerror(errno);
  close(listener);
  return absl::UnavailableError(absl::StrCat(reason, "; is the port taken?"));
}

int PortOf(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  char port[NI_MAXSERV] = "0";
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  getnameinfo(reinterpret_cast<sockaddr*>(&address), size, nullptr, 0, port, sizeof(port), NI_NUMERICSERV);
  return std::atoi(port);
}

// A connection that ends when its time is over or the endpoint stops.
class Connection {
 public:
  Connection(int socket, int wake) : socket_(socket), wake_(wake) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(socket_); }

  // Everything up to the empty line after the headers; empty when it does not come.
  std::string ReadRequest() const {
    std::string request;
    char buffer[1024];
    while (request.size() < kLargestRequest && Await(POLLIN)) {
      const ssize_t received = recv(socket_, buffer, sizeof(buffer), 0);
      if (received <= 0) return "";
      request.append(buffer, static_cast<std::size_t>(received));
      if (absl::StrContains(request, "\r\n\r\n")) return request;
    }
    return "";
  }

  void Send(const std::string& bytes) const {
    for (std::size_t sent = 0; sent < bytes.size() && Await(POLLOUT);) {
      const ssize_t count = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }

 private:
  bool Await(short event) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    pollfd events[] = {{socket_, event, 0}, {wake_, POLLIN, 0}};
    return left.count() > 0 && poll(events, 2, static_cast<int>(left.count())) > 0 && events[1].revents == 0;
  }

  const int socket_;
  const int wake_;
  const Clock::time_point deadline_ = Clock::now() + kPatience;
};

std::string Response(const std::string& status, const std::string& body, bool with_body) {
  return absl::StrCat("HTTP/1.1 ", status,
                      "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: ",
                      body.size(), "\r\nConnection: close\r\n\r\n", with_body ? body : "");
}

std::string Answer(const std::string& request, const Metrics& metrics) {
  const std::size_t method_end = request.find(' ');
  const std::string method = request.substr(0, method_end);
  if (method != "GET" && method != "HEAD") {
    return Response("405 Method Not Allowed", "only GET and HEAD\n", true);
  }
  const std::size_t target_end = request.find_first_of(" ?\r", method_end + 1);
  const std::string path = request.substr(method_end + 1, target_end - method_end - 1);
  const bool with_body = method == "GET";
  if (path != "/metrics") return Response("404 Not Found", "see /metrics\n", with_body);
  return Response("200 OK", metrics.Text(), with_body);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::Start(const std::string& address,
                                                                        const Metrics& metrics) {
  const absl::StatusOr<int> listener = Listen(address);
  if (!listener.ok()) {
    return absl::UnavailableError(
        absl::StrCat("cannot serve metrics on ", address, ": ", listener.status().message()));
  }
  const int wake = eventfd(0, EFD_CLOEXEC);
  return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(*listener, wake, PortOf(*listener), metrics));
}

MetricsEndpoint::MetricsEndpoint(int listener, int wake, int port, const Metrics& metrics)
    : listener_(listener), wake_(wake), port_(port), metrics_(metrics), thread_([this] { Serve(); }) {}

MetricsEndpoint::~MetricsEndpoint() {
  eventfd_write(wake_, 1);
  thread_.join();
  close(listener_);
  close(wake_);
}

void MetricsEndpoint::Serve() {
  pollfd events[] = {{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
  while (true) {
    if (poll(events, 2, -1) < 0) continue;  // a signal
    if (events[1].revents != 0) return;
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) continue;
    const Connection connection(socket, wake_);
    const std::string request = connection.ReadRequest();
    if (!request.empty()) connection.Send(Answer(request, metrics_));
  }
}

}  // namespace trackfit::telemetry
