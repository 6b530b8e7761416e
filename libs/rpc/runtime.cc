#include "rpc/runtime.h"

#include "net/descriptors.h"
#include "rpc/steady_waits.h"
#include "streaming/session_id.h"

namespace trackfit::rpc {
namespace {

// Unary calls that may wait for each worker.
constexpr std::size_t kQueuedPerWorker = 16;
// Sessions that can fill the budget for requests.
constexpr std::size_t kSessionShares = 8;

}  // namespace

absl::StatusOr<std::unique_ptr<Runtime>> Runtime::Create(const std::string& service,
                                                         const ServerOptions& options) {
  if (absl::Status valid = options.Validate(); !valid.ok()) return valid;
  std::unique_ptr<Runtime> runtime(new Runtime(service, options, *telemetry::ParseLogLevel(options.log_level),
                                               *telemetry::ParseLogFormat(options.log_format)));
  if (!options.tls.enabled()) return runtime;
  auto tls = runtime->credentials_.Add("grpc", options.tls.Files());
  if (!tls.ok()) return tls.status();
  runtime->tls_ = *std::move(tls);
  return runtime;
}

Runtime::Runtime(const std::string& service, const ServerOptions& options, telemetry::LogLevel level,
                 telemetry::LogFormat format)
    : options_(options),
      log_(service, level, format),
      instance_(streaming::NewSessionId()),
      descriptor_limit_(net::RaiseDescriptorLimit()),
      metrics_(service, TRACKFIT_VERSION),
      credentials_(log_, metrics_),
      exceptions_(metrics_.Counter("trackfit_task_exceptions_total",
                                   "Tasks that threw; each ended its stream or call.")),
      gate_(GateConfig()),
      budget_(BudgetConfig()),
      pool_(PoolConfig()),
      stream_resources_(StreamResources()) {
  KeepWaitsSteady();
  metrics_.Gauge("trackfit_workers", "Threads that do the work.").Set(options_.WorkerCount());
  metrics_.Gauge("trackfit_sessions_limit", "Streams and calls that are admitted at a time.")
      .Set(options_.max_sessions);
}

runtime::AdmissionGateConfig Runtime::GateConfig() {
  runtime::AdmissionGateConfig config;
  config.max_sessions = options_.max_sessions;
  config.on_change =
      [&active = metrics_.Gauge("trackfit_sessions_active", "Streams and calls that are open.")](int count) {
        active.Set(count);
      };
  return config;
}

void Runtime::ReportException(const telemetry::Logger& log, const absl::Status& failed) {
  exceptions_.Increment();
  log.Error("exception in a task", {{"reason", failed.message()}});
}

runtime::ByteBudgetConfig Runtime::BudgetConfig() {
  runtime::ByteBudgetConfig config;
  config.limit = options_.QueuedBytes();
  config.on_change =
      [&used = metrics_.Gauge("trackfit_queued_bytes", "Requests that are read and not yet answered.")](
          std::size_t bytes) { used.Set(static_cast<double>(bytes)); };
  return config;
}

runtime::WorkerPoolConfig Runtime::PoolConfig() {
  runtime::WorkerPoolConfig config;
  config.workers = options_.WorkerCount();
  config.max_queued = kQueuedPerWorker * static_cast<std::size_t>(config.workers);
  config.on_wait = [&wait = metrics_.Histogram("trackfit_queue_wait_seconds",
                                               "Time that tasks waited for a worker.")](double seconds) {
    wait.Observe(seconds);
  };
  config.on_queue_size = [&size = metrics_.Gauge("trackfit_queue_size", "Tasks that wait for a worker.")](
                             std::size_t queued) { size.Set(static_cast<double>(queued)); };
  config.on_exception = [this](const absl::Status& failed) { ReportException(log_, failed); };
  return config;
}

streaming::StreamResources Runtime::StreamResources() {
  return {pool_,
          gate_,
          budget_,
          streams_,
          metrics_,
          log_,
          options_.max_in_flight,
          options_.QueuedBytes() / kSessionShares,
          [this](const telemetry::Logger& log, const absl::Status& failed) { ReportException(log, failed); }};
}

}  // namespace trackfit::rpc
