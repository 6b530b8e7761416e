#include "rpc/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "files/partial_file.h"
#include "rpc/grpc_log.h"
#include "rpc/operator_pages.h"
#include "rpc/server_credentials.h"
#include "rpc/service_manager.h"
#include "runtime/shutting_down.h"

namespace trackfit::rpc {
namespace {

// Calls that are still there after their streams were ended get this long before gRPC cancels them.
constexpr std::chrono::seconds kCancelAfter{2};
// For what is on its way to clients when no stream and no call is left.
constexpr std::chrono::milliseconds kLastWords{200};
// What a drain may take beyond the grace period, before the service manager may end the process.
constexpr std::chrono::seconds kSpareAfterDrain{20};
// A connection whose client does not speak HTTP/2 by then is closed.
constexpr int kHandshakeMs = 10'000;

std::chrono::steady_clock::duration Seconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(seconds));
}

absl::Status Naming(const std::string& flag, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("--", flag, ": ", status.message()));
}

// The one place where a server's credentials are decided.
std::shared_ptr<grpc::ServerCredentials> Credentials(const Runtime& runtime) {
  if (runtime.tls() == nullptr) return grpc::InsecureServerCredentials();
  HushHandshakes();
  return TlsServerCredentials(runtime.tls());
}

// gRPC adds the reflection plugin to every server of a process that links it.
class WithoutReflection : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == "proto_reflection"; });
  }
};

void Configure(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.max_message_mb * 1024 * 1024);
  grpc::ResourceQuota quota("server");
  quota.Resize(options.TransportBytes());
  builder.SetResourceQuota(quota);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.StreamsPerConnection());
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
  if (options.idle_timeout > 0) {
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                               std::max(static_cast<int>(options.idle_timeout * 1000), 1));
  }
  // A client looks up names only when a connection ends. Streams keep the old one for as long as they last.
  if (options.max_connection_age > 0) {
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                               std::max(static_cast<int>(options.max_connection_age * 1000), 1));
  }
  // Finds dead clients within 80 s; clients may ping every 10 s, also between calls.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 9'000);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Runtime& runtime, grpc::Service& service,
                                                      const std::string& name, std::function<bool()> is_ready,
                                                      std::vector<SidePort> side_ports,
                                                      std::function<void()> on_drain) {
  std::unique_ptr<Server> server(new Server(runtime, name));
  server->is_ready_ = std::move(is_ready);
  server->side_ports_ = std::move(side_ports);
  server->on_drain_ = std::move(on_drain);
  if (absl::Status pages = server->ServePages(); !pages.ok()) return pages;
  if (absl::Status listening = server->Listen(service); !listening.ok()) return listening;
  server->listener_->Start();
  for (const SidePort& side : server->side_ports_) {
    if (!side.start) continue;
    side.start(server->private_socket_ == nullptr ? server->listener_->loopback()
                                                  : server->private_socket_->address());
  }
  server->StartSelfCheck();
  server->SetServing(server->ready());
  if (absl::Status written = server->WritePortFile(); !written.ok()) return written;
  const ConnectionLimits& limits = server->listener_->limits();
  runtime.log().Info("limits", {{"open_files", runtime.descriptor_limit()},
                                {"connections", limits.connections},
                                {"connections_per_peer", limits.per_peer},
                                {"sessions", runtime.options().max_sessions}});
  runtime.log().Info("transport", {{"tls", runtime.tls() != nullptr},
                                   {"client_certificates", !runtime.options().tls.client_ca.empty()}});
  runtime.log().Info(server->ready() ? "serving" : "listening", {{"name", name},
                                                                 {"grpc_port", server->port()},
                                                                 {"metrics_port", server->metrics_port()},
                                                                 {"workers", runtime.pool().workers()}});
  for (const SidePort& side : server->side_ports_) {
    runtime.log().Info("listening", {{"name", side.name}, {"port", side.port}});
  }
  return server;
}

Server::~Server() { Drain(); }

absl::Status Server::Listen(grpc::Service& service) {
  const ServerOptions& options = runtime_.options();
  auto listener = Listener::Bind(runtime_);
  if (!listener.ok()) return Naming("listen", listener.status());
  listener_ = *std::move(listener);
  if (absl::Status opened = OpenPrivateSocket(); !opened.ok()) return opened;
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  Configure(options, builder);
  credentials_ = Credentials(runtime_);
  listener_->AddTo(builder, credentials_);
  if (private_socket_ != nullptr)
    builder.AddListeningPort(private_socket_->address(), grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return absl::UnavailableError("gRPC does not start; it says more above");
  SetServing(false);
  return absl::OkStatus();
}

absl::Status Server::OpenPrivateSocket() {
  const bool wanted = std::any_of(side_ports_.begin(), side_ports_.end(),
                                  [](const SidePort& side) { return side.start != nullptr; });
  if (runtime_.tls() == nullptr || !wanted) return absl::OkStatus();
  auto created = PrivateSocket::Create();
  if (!created.ok()) return created.status();
  private_socket_ = *std::move(created);
  return absl::OkStatus();
}

absl::Status Server::ServePages() {
  if (runtime_.options().metrics_listen.empty()) return absl::OkStatus();
  web::HttpServerConfig config;
  config.pages = OperatorPages(runtime_);
  config.on_exception = [this](const std::string& what) {
    runtime_.ReportException(runtime_.log(), absl::InternalError(what));
  };
  auto pages = web::HttpServer::Start(runtime_.options().metrics_listen, std::move(config));
  if (!pages.ok()) return Naming("metrics-listen", pages.status());
  pages_ = *std::move(pages);
  return absl::OkStatus();
}

void Server::StartSelfCheck() {
  const double interval = runtime_.options().self_check_interval;
  if (interval <= 0) return;
  using std::chrono::milliseconds;
  const auto pause = std::max(std::chrono::duration_cast<milliseconds>(Seconds(interval)), milliseconds(10));
  const auto limit = std::clamp(pause, milliseconds(1000), milliseconds(5000));
  self_check_ = std::make_unique<SelfCheck>(
      [this, limit] {
        using net::ProbeResult;
        std::vector<std::pair<int, ProbeResult>> results = {{port(), listener_->Probe(limit)}};
        if (pages_ != nullptr) results.emplace_back(metrics_port(), pages_->Probe(limit));
        for (const SidePort& side : side_ports_) results.emplace_back(side.port, side.probe(limit));
        ProbeResult worst = ProbeResult::kAlive;
        for (const auto& [port, result] : results) {
          if (result == ProbeResult::kNoResponse && !draining_) {
            runtime_.log().Warning("cannot reach the own port", {{"port", port}});
            return result;
          }
          if (worst == ProbeResult::kAlive) worst = result;
        }
        return worst;
      },
      pause);
}

absl::Status Server::WritePortFile() const {
  const std::string& path = runtime_.options().port_file;
  if (path.empty()) return absl::OkStatus();
  nlohmann::json ports = {{"grpc", port()}, {"metrics", metrics_port()}};
  for (const SidePort& side : side_ports_) ports[side.name] = side.port;
  return files::ReplaceFile(path, ports.dump() + "\n");
}

void Server::SetServing(bool serving) {
  runtime_.set_serving(serving);
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  health->SetServingStatus("", serving);
  health->SetServingStatus(name_, serving);
}

void Server::UpdateHealth() {
  if (ready() || !is_ready_()) return;
  is_ready_ = nullptr;
  SetServing(true);
  runtime_.log().Info("serving");
}

void Server::Housekeep() {
  runtime_.budget().CallWaiting();
  runtime_.credentials().LookAgain();
  const double limit = runtime_.options().idle_timeout;
  if (limit > 0) runtime_.streams().AbortIdle(Seconds(limit));
}

void Server::Drain() {
  if (server_ == nullptr) return;
  draining_ = true;
  SetServing(false);
  runtime_.gate().Close();
  if (self_check_) self_check_->Stop();  // what it is asking now may take seconds
  listener_->Stop();
  for (const SidePort& side : side_ports_) side.stop();
  if (on_drain_) on_drain_();
  runtime_.log().Info("draining", {{"streams", runtime_.streams().count()}});
  Shutdown();
  self_check_.reset();
  runtime_.pool().Shutdown();
  server_.reset();
}

void Server::Shutdown() {
  const auto grace = Seconds(runtime_.options().drain_grace);
  // Tells clients at once to go elsewhere, lets what runs go on, and blocks.
  const auto shut_down = std::async(std::launch::async, [this, grace] {
    server_->Shutdown(std::chrono::system_clock::now() +
                      std::chrono::duration_cast<std::chrono::system_clock::duration>(grace + kCancelAfter));
  });
  if (!WaitForStreams(grace)) {
    runtime_.log().Warning("ending streams after the grace period",
                           {{"streams", runtime_.streams().count()}});
    runtime_.streams().AbortAll(runtime::ShuttingDown());
    runtime_.streams().WaitUntilEmpty(kCancelAfter);
  }
  // What is left now are calls without an end of their own, such as Watch of the health service.
  while (shut_down.wait_for(kLastWords) != std::future_status::ready) {
    grpc_server_cancel_all_calls(server_->c_server());
  }
}

bool Server::WaitForStreams(std::chrono::steady_clock::duration limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  const std::chrono::steady_clock::duration slice = std::chrono::seconds(1);
  for (;;) {
    const auto left = end - std::chrono::steady_clock::now();
    if (runtime_.streams().WaitUntilEmpty(std::min(left, slice))) return true;
    if (left <= slice) return false;
    Housekeep();
  }
}

int ServeUntilSignal(TerminationSignal& signal, Runtime& runtime, grpc::Service& service,
                     const std::string& name, std::function<bool()> is_ready,
                     std::vector<SidePort> side_ports, std::function<void()> on_drain) {
  const auto server =
      Server::Start(runtime, service, name, std::move(is_ready), std::move(side_ports), std::move(on_drain));
  if (!server.ok()) {
    runtime.log().Error("cannot serve", {{"reason", server.status().message()}});
    return 1;
  }
  signal.OnLouder([&log = runtime.log()](int steps) { log.SetLevel(telemetry::Louder(log.level(), steps)); });
  ServiceManager manager;
  const auto drain_limit =
      std::chrono::ceil<std::chrono::milliseconds>(Seconds(runtime.options().drain_grace)) + kSpareAfterDrain;
  for (;;) {
    manager.Live((*server)->ready());
    if (signal.Wait((*server)->ready() ? manager.Pace() : std::chrono::milliseconds(100))) break;
    (*server)->UpdateHealth();
    (*server)->Housekeep();
    if ((*server)->reachable()) continue;
    runtime.log().Error("cannot be reached any more; ending, to be started anew");
    manager.Stop(drain_limit);
    (*server)->Drain();
    return 1;
  }
  manager.Stop(drain_limit);
  (*server)->Drain();
  runtime.log().Info("stopped");
  return 0;
}

}  // namespace trackfit::rpc
