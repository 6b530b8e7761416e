#include "rpc/runtime.h"

namespace trackfit::rpc {
namespace {

// Unary calls that may wait for each worker.
constexpr std::size_t kQueuedPerWorker = 16;

}  // namespace

absl::StatusOr<std::unique_ptr<Runtime>> Runtime::Create(const std::string& service,
                                                         const ServerOptions& options) {
  if (absl::Status valid = options.Validate(); !valid.ok()) return valid;
  return std::unique_ptr<Runtime>(new Runtime(service, options, *telemetry::ParseLogLevel(options.log_level),
                                              *telemetry::ParseLogFormat(options.log_format)));
}

Runtime::Runtime(const std::string& service, const ServerOptions& options, telemetry::LogLevel level,
                 telemetry::LogFormat format)
    : options_(options),
      log_(service, level, format),
      metrics_(service, TRACKFIT_VERSION),
      gate_(GateConfig()),
      pool_(PoolConfig()) {
  metrics_.Gauge("trackfit_workers", "Threads that do the work.").Set(options_.WorkerCount());
  metrics_.Gauge("trackfit_sessions_limit", "Streams that are admitted at a time.")
      .Set(options_.max_sessions);
}

serving::AdmissionGateConfig Runtime::GateConfig() {
  serving::AdmissionGateConfig config;
  config.max_sessions = options_.max_sessions;
  config.on_change = [&active = metrics_.Gauge("trackfit_sessions_active", "Streams that are open.")](
                         int count) { active.Set(count); };
  return config;
}

serving::WorkerPoolConfig Runtime::PoolConfig() {
  serving::WorkerPoolConfig config;
  config.workers = options_.WorkerCount();
  config.max_queued = kQueuedPerWorker * static_cast<std::size_t>(config.workers);
  config.on_wait = [&wait = metrics_.Histogram("trackfit_queue_wait_seconds",
                                               "Time that tasks waited for a worker.")](double seconds) {
    wait.Observe(seconds);
  };
  config.on_queue_size = [&size = metrics_.Gauge("trackfit_queue_size", "Tasks that wait for a worker.")](
                             std::size_t queued) { size.Set(static_cast<double>(queued)); };
  return config;
}

}  // namespace trackfit::rpc
