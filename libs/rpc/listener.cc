#include "rpc/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "net/acceptor.h"
#include "net/listen.h"
#include "net/probe.h"
#include "rpc/refusal_log.h"
#include "runtime/guard.h"
#include "tls/client_hello.h"

namespace trackfit::rpc {
namespace {

constexpr int kMostConnections = 1024;  // unless the flag says more
constexpr int kFewestConnections = 8;
// For logs, models, /metrics and connections to other servers.
constexpr int kOtherDescriptors = 96;
// A client that is gone is noticed within the time that gRPC gives one that does not answer its pings.
constexpr int kUserTimeoutMs = 20'000;

// What an HTTP/2 client sends first: the preface and empty SETTINGS.
const std::string kGreeting =
    std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + std::string("\0\0\0\4\0\0\0\0\0", 9);

// gRPC sets these on sockets that it accepts itself.
void SetOptions(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUserTimeoutMs, sizeof(kUserTimeoutMs));
}

}  // namespace

ConnectionLimits LimitsFor(const ServerOptions& options, int descriptors) {
  const int available = std::max(descriptors - kOtherDescriptors, 2 * kFewestConnections);
  ConnectionLimits limits{};
  limits.silent = std::clamp(available / 8, kFewestConnections, 256);
  const int most = available - limits.silent;
  limits.connections =
      std::min(most, options.max_connections > 0 ? options.max_connections : kMostConnections);
  limits.per_peer = options.max_connections_per_peer > 0
                        ? std::min(options.max_connections_per_peer, limits.connections)
                        : std::max(limits.connections / 4, 1);
  return limits;
}

class Listener::Impl {
 public:
  Impl(Runtime& runtime, std::unique_ptr<net::asio::io_context> io, std::vector<net::tcp::acceptor> listening)
      : runtime_(runtime),
        limits_(LimitsFor(runtime.options(), runtime.descriptor_limit())),
        io_(std::move(io)),
        refusals_(runtime),
        open_(runtime.metrics().Gauge("trackfit_connections", "Connections that are open.")),
        acceptor_(std::in_place, *io_, std::move(listening), Accepting()),
        endpoints_(acceptor_->endpoints()),
        greeting_(runtime.tls() == nullptr ? kGreeting : tls::ClientHello()) {}

  ~Impl() { Stop(); }

  int port() const { return endpoints_.front().port(); }
  const ConnectionLimits& limits() const { return limits_; }
  const std::vector<net::tcp::endpoint>& endpoints() const { return endpoints_; }
  // What a client sends first.
  const std::string& greeting() const { return greeting_; }

  void AddTo(grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials) {
    using Builder = grpc::ServerBuilder::experimental_type;
    grpc_ = builder.experimental().AddExternalConnectionAcceptor(Builder::ExternalConnectionType::FROM_FD,
                                                                 std::move(credentials));
  }

  void Start() {
    thread_ = std::thread([this] {
      net::RunForever(*io_, [this](const std::exception& exception) {
        runtime_.ReportException(runtime_.log(), absl::InternalError(exception.what()));
      });
    });
  }

  void Stop() {
    io_->stop();
    if (thread_.joinable()) thread_.join();
    acceptor_.reset();  // closes the listening sockets
  }

 private:
  net::AcceptorConfig Accepting() {
    net::AcceptorConfig accepting;
    accepting.max_connections = limits_.connections;
    accepting.max_per_peer = limits_.per_peer;
    accepting.max_silent = limits_.silent;
    accepting.on_connection = [this](net::tcp::socket socket) { HandOver(std::move(socket)); };
    accepting.on_refused = [this](net::Refusal refusal) { refusals_.Count(refusal); };
    accepting.on_count = [this](int open) { open_.Set(open); };
    return accepting;
  }

  void HandOver(net::tcp::socket socket) {
    SetOptions(socket.native_handle());
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.fd = socket.release();
    grpc_->HandleNewConnection(&connection);
  }

  Runtime& runtime_;
  const ConnectionLimits limits_;
  const std::unique_ptr<net::asio::io_context> io_;
  RefusalLog refusals_;
  prometheus::Gauge& open_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> grpc_;
  std::optional<net::Acceptor> acceptor_;
  const std::vector<net::tcp::endpoint> endpoints_;  // also after Stop()
  const std::string greeting_;
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<Listener>> Listener::Bind(Runtime& runtime) {
  std::unique_ptr<Listener> listener;
  absl::Status bound;
  const absl::Status done = runtime::Guard([&] {
    auto io = std::make_unique<net::asio::io_context>(1);
    auto listening = net::Listen(*io, runtime.options().listen);
    bound = listening.status();
    if (!bound.ok()) return;
    listener.reset(new Listener(std::make_unique<Impl>(runtime, std::move(io), *std::move(listening))));
  });
  if (!done.ok()) return done;
  if (!bound.ok()) return bound;
  return listener;
}

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

std::string Listener::loopback() const {
  std::ostringstream text;
  text << net::LoopbackOf(impl_->endpoints().front());
  return text.str();
}
int Listener::port() const { return impl_->port(); }
const ConnectionLimits& Listener::limits() const { return impl_->limits(); }

void Listener::AddTo(grpc::ServerBuilder& builder, std::shared_ptr<grpc::ServerCredentials> credentials) {
  impl_->AddTo(builder, std::move(credentials));
}

void Listener::Start() { impl_->Start(); }
void Listener::Stop() { impl_->Stop(); }

net::ProbeResult Listener::Probe(std::chrono::milliseconds limit) const {
  return net::Probe(impl_->endpoints(), impl_->greeting(), limit);
}

}  // namespace trackfit::rpc
