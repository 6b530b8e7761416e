// What the streams of a process share.
#ifndef TRACKFIT_STREAMING_STREAM_RESOURCES_H_
#define TRACKFIT_STREAMING_STREAM_RESOURCES_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/admission_gate.h"
#include "runtime/byte_budget.h"
#include "runtime/worker_pool.h"
#include "streaming/live_streams.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

namespace trackfit::streaming {

// All of it is thread-safe and outlives the streams.
struct StreamResources {
  runtime::WorkerPool& pool;
  runtime::AdmissionGate& gate;
  runtime::ByteBudget& budget;
  LiveStreams& streams;
  telemetry::Metrics& metrics;
  const telemetry::Logger& log;
  int max_in_flight;          // requests of one stream that are read before the first is answered
  std::size_t session_bytes;  // of requests, from which on a stream reads no further
  // Counts and logs what a task of a stream threw.
  std::function<void(const telemetry::Logger& log, const absl::Status& failed)> report_exception;
};

// A place for one more stream, or why there is none; a refusal is counted as a call of `method`.
absl::StatusOr<runtime::AdmissionGate::Lease> AdmitStream(const StreamResources& resources,
                                                          const std::string& method);

// Counts a call of `method` that was refused.
void CountRefusal(const StreamResources& resources, const std::string& method, const absl::Status& status);

}  // namespace trackfit::streaming

#endif  // TRACKFIT_STREAMING_STREAM_RESOURCES_H_
