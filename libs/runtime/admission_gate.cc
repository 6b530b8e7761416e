#include "runtime/admission_gate.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "runtime/shutting_down.h"

namespace trackfit::runtime {
namespace {

constexpr char kRetryAfterPayload[] = "trackfit/retry-after-ms";

}  // namespace

absl::Status WithRetryAfter(absl::Status status, std::chrono::milliseconds delay) {
  status.SetPayload(kRetryAfterPayload, absl::Cord(absl::StrCat(delay.count())));
  return status;
}

std::optional<std::chrono::milliseconds> RetryAfter(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kRetryAfterPayload);
  int64_t milliseconds = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &milliseconds)) return std::nullopt;
  return std::chrono::milliseconds(milliseconds);
}

AdmissionGate::AdmissionGate(AdmissionGateConfig config) : config_(std::move(config)) {}

absl::StatusOr<AdmissionGate::Lease> AdmissionGate::Admit() {
  std::lock_guard lock(mutex_);
  if (closed_) return ShuttingDown();
  if (active_ >= config_.max_sessions) {
    return WithRetryAfter(absl::ResourceExhaustedError(absl::StrCat("all ", config_.max_sessions,
                                                                    " sessions are in use; try again in ",
                                                                    config_.retry_after.count(), " ms")),
                          config_.retry_after);
  }
  ++active_;
  if (config_.on_change) config_.on_change(active_);
  return Lease(this);
}

void AdmissionGate::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
}

int AdmissionGate::active() const {
  std::lock_guard lock(mutex_);
  return active_;
}

void AdmissionGate::Leave() {
  std::lock_guard lock(mutex_);
  --active_;
  if (config_.on_change) config_.on_change(active_);
}

}  // namespace trackfit::runtime
