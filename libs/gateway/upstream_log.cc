#include "gateway/upstream_log.h"

namespace trackfit::gateway {

UpstreamLog::UpstreamLog(const std::string& name, const std::string& address, const telemetry::Logger& log)
    : log_(log.With({{"upstream", name}, {"address", address}})) {}

void UpstreamLog::Broken(const absl::Status& status) {
  if (status.ok() || absl::IsDeadlineExceeded(status) || absl::IsInvalidArgument(status)) return;
  const std::lock_guard lock(mutex_);
  if (troubles_.empty()) since_ = std::chrono::steady_clock::now();
  if (!troubles_.insert(status.code()).second) return;
  log_.Warning(absl::IsUnavailable(status) ? "upstream away" : "upstream stream broken",
               {{"code", absl::StatusCodeToString(status.code())}, {"message", status.message()}});
}

void UpstreamLog::StreamAnswered() {
  const std::lock_guard lock(mutex_);
  if (troubles_.empty()) return;
  troubles_.clear();
  LogIfBack();
}

void UpstreamLog::CallAnswered() {
  const std::lock_guard lock(mutex_);
  if (troubles_.erase(absl::StatusCode::kUnavailable) > 0) LogIfBack();
}

void UpstreamLog::LogIfBack() {
  if (!troubles_.empty()) return;
  const std::chrono::duration<double> away = std::chrono::steady_clock::now() - since_;
  log_.Info("upstream back", {{"seconds", away.count()}});
}

}  // namespace trackfit::gateway
