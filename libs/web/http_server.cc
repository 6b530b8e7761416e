#include "web/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <exception>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "net/acceptor.h"
#include "net/asio.h"
#include "net/listen.h"
#include "net/probe.h"
#include "tls/client_hello.h"
#include "web/connections.h"
#include "web/http_shared.h"

namespace trackfit::web {
namespace {

// A client that is gone, or that takes nothing for so long, is noticed while something is on its way to it.
constexpr int kUserTimeoutMs = 60'000;

void SetOptions(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs, sizeof(kUserTimeoutMs));
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerConfig config, std::unique_ptr<net::asio::io_context> io,
       std::vector<net::tcp::acceptor> listening)
      : config_(std::move(config)),
        certificate_(config_.tls == nullptr ? nullptr : std::make_unique<TlsCertificate>(config_.tls)),
        shared_{config_, {config_.web_socket_limits}},
        io_(std::move(io)),
        acceptor_(*io_, std::move(listening), MakeAcceptorConfig()),
        thread_([this] { net::RunForever(*io_, [this](const std::exception& e) { Report(e); }); }) {}

  ~Impl() {
    io_->stop();
    thread_.join();
  }

  const net::Acceptor& acceptor() const { return acceptor_; }
  // What a client sends first.
  const std::string& greeting() const { return greeting_; }

  void StopListening() {
    std::promise<void> closed;
    net::asio::post(*io_, [this, &closed] {
      shared_.draining = true;
      acceptor_.Close();
      closed.set_value();
    });
    closed.get_future().wait();
  }

 private:
  net::AcceptorConfig MakeAcceptorConfig() {
    const auto or_all = [this](int limit) { return limit > 0 ? limit : config_.max_connections; };
    net::AcceptorConfig config;
    config.max_connections = config_.max_connections;
    config.max_per_peer = or_all(config_.max_connections_per_peer);
    config.max_silent = or_all(config_.max_silent);
    config.first_byte_timeout = config_.timeout;
    config.on_connection = [this](net::tcp::socket socket) {
      SetOptions(socket.native_handle());
      if (certificate_ == nullptr) return StartPlainConnection(std::move(socket), shared_);
      certificate_->StartConnection(std::move(socket), shared_);
    };
    config.on_refused = config_.on_refused;
    config.on_count = config_.on_count;
    return config;
  }
  void Report(const std::exception& exception) const {
    if (config_.on_exception) config_.on_exception(exception.what());
  }

  const HttpServerConfig config_;
  const std::unique_ptr<TlsCertificate> certificate_;  // null: plain HTTP
  const std::string greeting_ = config_.tls == nullptr ? "HEAD / HTTP/1.0\r\n\r\n" : tls::ClientHello();
  HttpShared shared_;
  const std::unique_ptr<net::asio::io_context> io_;  // its handlers own the connections
  net::Acceptor acceptor_;
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const std::string& address,
                                                              HttpServerConfig config) try {
  auto io = std::make_unique<net::asio::io_context>(1);
  auto listening = net::Listen(*io, address);
  if (!listening.ok()) return listening.status();
  return std::unique_ptr<HttpServer>(
      new HttpServer(std::make_unique<Impl>(std::move(config), std::move(io), *std::move(listening))));
} catch (const std::exception& exception) {
  return absl::UnavailableError(exception.what());  // no descriptors, no threads
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

int HttpServer::port() const { return impl_->acceptor().port(); }

net::ProbeResult HttpServer::Probe(std::chrono::milliseconds limit) const {
  return net::Probe(impl_->acceptor().endpoints(), impl_->greeting(), limit);
}

void HttpServer::StopListening() { impl_->StopListening(); }

}  // namespace trackfit::web
