// Which model the inferencer serves, by asking it again and again.
#ifndef TRACKFIT_GATEWAY_MODEL_WATCH_H_
#define TRACKFIT_GATEWAY_MODEL_WATCH_H_

#include <trackfit/v1/inferencer.pb.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/model_info.h"
#include "telemetry/log.h"

namespace trackfit::gateway {

// When to ask, and what the answers come to. Logs when the version changes. Thread-safe.
class ModelWatch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit ModelWatch(telemetry::Logger log) : log_(std::move(log)) {}

  // True when the caller is to send a GetModel now: no other is under way, and the last succeeded more than
  // 1 s ago, or failed more than 200 ms ago. Its end must be reported by Answered() or Failed().
  bool ShouldAsk(TimePoint now);

  // An answer that no model can have is ignored.
  void Answered(const v1::GetModelResponse& answer, TimePoint now);
  // The last known model is kept.
  void Failed(const absl::Status& status, TimePoint now);

  // The newest model. Until the first answer, UNAVAILABLE, or why the last GetModel failed.
  absl::StatusOr<std::shared_ptr<const ModelInfo>> model() const;

 private:
  const telemetry::Logger log_;
  mutable std::mutex mutex_;
  bool asking_ = false;
  TimePoint next_{};
  absl::Status error_ = absl::UnavailableError("it has not answered yet");  // of the last call that failed
  std::shared_ptr<const ModelInfo> model_;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_MODEL_WATCH_H_
