#include "rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::rpc {
namespace {

// Calls that are still there after their streams were ended get this long before gRPC cancels them.
constexpr std::chrono::seconds kCancelAfter{2};

std::chrono::steady_clock::duration Seconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(seconds));
}

// The one place where a server's credentials are decided.
std::shared_ptr<grpc::ServerCredentials> Credentials() { return grpc::InsecureServerCredentials(); }

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
  // Two servers must not share a port by mistake.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Finds dead clients within 80 s; clients may ping every 10 s, also between calls.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 9'000);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Runtime& runtime, grpc::Service& service,
                                                      const std::string& name,
                                                      std::function<bool()> is_ready) {
  std::unique_ptr<Server> server(new Server(runtime, name));
  server->is_ready_ = std::move(is_ready);
  if (absl::Status listening = server->Listen(service); !listening.ok()) return listening;
  if (absl::Status metrics = server->ServeMetrics(); !metrics.ok()) return metrics;
  if (absl::Status written = server->WritePortFile(); !written.ok()) return written;
  server->SetServing(server->ready());
  runtime.log().Info(server->ready() ? "serving" : "listening", {{"name", name},
                                                                 {"grpc_port", server->port()},
                                                                 {"metrics_port", server->metrics_port()},
                                                                 {"workers", runtime.pool().workers()}});
  return server;
}

Server::~Server() { Drain(); }

absl::Status Server::Listen(grpc::Service& service) {
  const ServerOptions& options = runtime_.options();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  Configure(options, builder);
  builder.AddListeningPort(options.listen, Credentials(), &port_);
  builder.RegisterService(&service);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port_ == 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", options.listen, "; is the port taken?"));
  }
  SetServing(false);
  return absl::OkStatus();
}

absl::Status Server::ServeMetrics() {
  if (runtime_.options().metrics_listen.empty()) return absl::OkStatus();
  auto endpoint = telemetry::MetricsEndpoint::Start(runtime_.options().metrics_listen, runtime_.metrics());
  if (!endpoint.ok()) return endpoint.status();
  metrics_ = *std::move(endpoint);
  return absl::OkStatus();
}

// Readers see the whole file or none.
absl::Status Server::WritePortFile() const {
  const std::string& path = runtime_.options().port_file;
  if (path.empty()) return absl::OkStatus();
  const std::string partial = path + ".partial";
  std::ofstream file(partial);
  file << nlohmann::json{{"grpc", port()}, {"metrics", metrics_port()}}.dump() << "\n";
  file.close();
  if (!file || std::rename(partial.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot write port-file ", path));
  }
  return absl::OkStatus();
}

void Server::SetServing(bool serving) {
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

void Server::AbortIdleStreams() {
  const double limit = runtime_.options().idle_timeout;
  if (limit > 0) runtime_.streams().AbortIdle(Seconds(limit));
}

void Server::Drain() {
  if (server_ == nullptr) return;
  SetServing(false);
  runtime_.gate().Close();
  runtime_.log().Info("draining", {{"streams", runtime_.streams().count()}});
  if (!runtime_.streams().WaitUntilEmpty(Seconds(runtime_.options().drain_grace))) {
    runtime_.log().Warning("ending streams after the grace period",
                           {{"streams", runtime_.streams().count()}});
    runtime_.streams().AbortAll(absl::UnavailableError("the server is shutting down"));
  }
  server_->Shutdown(std::chrono::system_clock::now() + kCancelAfter);
  runtime_.pool().Shutdown();
  server_.reset();
}

int ServeUntilSignal(TerminationSignal& signal, Runtime& runtime, grpc::Service& service,
                     const std::string& name, std::function<bool()> is_ready) {
  const auto server = Server::Start(runtime, service, name, std::move(is_ready));
  if (!server.ok()) {
    runtime.log().Error("cannot serve", {{"reason", server.status().message()}});
    return 1;
  }
  while (!signal.Wait(std::chrono::milliseconds((*server)->ready() ? 1000 : 100))) {
    (*server)->UpdateHealth();
    (*server)->AbortIdleStreams();
  }
  (*server)->Drain();
  runtime.log().Info("stopped");
  return 0;
}

}  // namespace trackfit::rpc
