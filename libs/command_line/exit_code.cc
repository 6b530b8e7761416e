#include "command_line/exit_code.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"

namespace trackfit::command_line {
namespace {

constexpr char kPayloadUrl[] = "trackfit/exit_code";

}  // namespace

absl::Status WithExitCode(absl::Status status, int code) {
  status.SetPayload(kPayloadUrl, absl::Cord(std::to_string(code)));
  return status;
}

absl::Status UsageError(absl::Status status) {
  return status.ok() ? status : WithExitCode(std::move(status), kUsageExitCode);
}

absl::Status UsageError(const std::string& message) {
  return UsageError(absl::InvalidArgumentError(message));
}

int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return 0;
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  int code = 0;
  if (payload.has_value() && absl::SimpleAtoi(std::string(*payload), &code)) return code;
  return absl::IsCancelled(status) ? kInterruptedExitCode : 1;
}

}  // namespace trackfit::command_line
