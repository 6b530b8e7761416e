// What every server is made of besides its own logic.
#ifndef TRACKFIT_RPC_RUNTIME_H_
#define TRACKFIT_RPC_RUNTIME_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "rpc/credential_watch.h"
#include "rpc/server_options.h"
#include "runtime/admission_gate.h"
#include "runtime/byte_budget.h"
#include "runtime/worker_pool.h"
#include "streaming/live_streams.h"
#include "streaming/stream_resources.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace trackfit::rpc {

// Built once per process from its flags; outlives the services. Its parts are thread-safe.
class Runtime {
 public:
  // `service` is the short name ("extractor"). INVALID_ARGUMENT when a flag is out of its limits.
  static absl::StatusOr<std::unique_ptr<Runtime>> Create(const std::string& service,
                                                         const ServerOptions& options);

  const ServerOptions& options() const { return options_; }
  const telemetry::Logger& log() const { return log_; }
  // Names this process, see kServerInstanceKey.
  const std::string& instance() const { return instance_; }
  telemetry::Metrics& metrics() { return metrics_; }
  streaming::LiveStreams& streams() { return streams_; }
  runtime::AdmissionGate& gate() { return gate_; }
  runtime::ByteBudget& budget() { return budget_; }
  runtime::WorkerPool& pool() { return pool_; }

  const streaming::StreamResources& stream_resources() const { return stream_resources_; }
  // What the server's health says.
  bool serving() const { return serving_; }
  void set_serving(bool serving) { serving_ = serving; }

  // Those of the flags --tls-...; null: no TLS.
  const std::shared_ptr<const tls::LiveCredentials>& tls() const { return tls_; }
  // All that the server uses.
  CredentialWatch& credentials() { return credentials_; }

  // Descriptors that the process may have open.
  int descriptor_limit() const { return descriptor_limit_; }

  // Counts and logs what a task threw.
  void ReportException(const telemetry::Logger& log, const absl::Status& failed);

 private:
  Runtime(const std::string& service, const ServerOptions& options, telemetry::LogLevel level,
          telemetry::LogFormat format);

  runtime::AdmissionGateConfig GateConfig();
  runtime::ByteBudgetConfig BudgetConfig();
  runtime::WorkerPoolConfig PoolConfig();
  streaming::StreamResources StreamResources();

  const ServerOptions options_;
  const telemetry::Logger log_;
  const std::string instance_;
  std::atomic<bool> serving_ = false;
  const int descriptor_limit_;
  telemetry::Metrics metrics_;
  CredentialWatch credentials_;
  std::shared_ptr<const tls::LiveCredentials> tls_;
  prometheus::Counter& exceptions_;
  streaming::LiveStreams streams_;
  runtime::AdmissionGate gate_;
  runtime::ByteBudget budget_;
  runtime::WorkerPool pool_;  // last of these: its tasks use the others
  const streaming::StreamResources stream_resources_;
};

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_RUNTIME_H_
