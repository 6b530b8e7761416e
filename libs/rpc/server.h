// A gRPC server with what operators expect: health, reflection, /metrics, limits, a graceful end.
#ifndef TRACKFIT_RPC_SERVER_H_
#define TRACKFIT_RPC_SERVER_H_

#include <grpcpp/server.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "rpc/runtime.h"
#include "rpc/termination_signal.h"
#include "telemetry/metrics_endpoint.h"

namespace trackfit::rpc {

// Serves one service. Runtime and service must outlive it.
class Server {
 public:
  // Listens; the health service says SERVING from now on, so the service must be warm, or, where `is_ready`
  // is given, from the first UpdateHealth() that finds it true. `name` is the service's full name in the
  // contract. UNAVAILABLE, naming the address, when a port cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Runtime& runtime, grpc::Service& service,
                                                       const std::string& name,
                                                       std::function<bool()> is_ready = nullptr);
  // As Drain().
  ~Server();

  int port() const { return port_; }
  int metrics_port() const { return metrics_ == nullptr ? 0 : metrics_->port(); }  // 0 = not served

  // To be called several times a second until ready.
  void UpdateHealth();
  bool ready() const { return is_ready_ == nullptr; }

  // Ends streams whose client has been idle for too long; to be called about once a second.
  void AbortIdleStreams();

  // NOT_SERVING at once, no new streams; running ones get the grace period, then they end with UNAVAILABLE.
  // Returns when all calls and all work are over.
  void Drain();

 private:
  Server(Runtime& runtime, const std::string& name) : runtime_(runtime), name_(name) {}

  absl::Status Listen(grpc::Service& service);
  absl::Status ServeMetrics();
  absl::Status WritePortFile() const;
  void SetServing(bool serving);

  Runtime& runtime_;
  const std::string name_;
  std::function<bool()> is_ready_;  // empty once it was true
  int port_ = 0;
  std::unique_ptr<telemetry::MetricsEndpoint> metrics_;  // null: not served
  std::unique_ptr<grpc::Server> server_;
};

// Serves until the signal, then drains; at once where it has come already. The process's exit status: 0, or 1
// (with a log line) when it cannot listen.
int ServeUntilSignal(TerminationSignal& signal, Runtime& runtime, grpc::Service& service,
                     const std::string& name, std::function<bool()> is_ready = nullptr);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_SERVER_H_
