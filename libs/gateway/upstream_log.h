// Says in the log when a server behind the gateway is lost and when it is back: once for all sessions,
// however many of them try to reach it, and however often.
#ifndef TRACKFIT_GATEWAY_UPSTREAM_LOG_H_
#define TRACKFIT_GATEWAY_UPSTREAM_LOG_H_

#include <chrono>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "telemetry/log.h"

namespace trackfit::gateway {

// Thread-safe.
class UpstreamLog {
 public:
  // `name` and `address` become fields of every line.
  UpstreamLog(const std::string& name, const std::string& address, const telemetry::Logger& log);

  // A stream ended before its time, or a call failed. Logged once for each kind of error until the upstream
  // is back; not where a server drains or ends a stream that was idle.
  void Broken(const absl::Status& status);

  // A stream brought an answer.
  void StreamAnswered();
  // A call brought an answer: the server can be reached, which says nothing of its streams.
  void CallAnswered();

 private:
  void LogIfBack();  // under the lock

  const telemetry::Logger log_;
  std::mutex mutex_;
  std::set<absl::StatusCode> troubles_;
  std::chrono::steady_clock::time_point since_{};  // the first of them
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_UPSTREAM_LOG_H_
