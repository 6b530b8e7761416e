#include "runtime/shutting_down.h"

#include "absl/strings/cord.h"

namespace trackfit::runtime {
namespace {

constexpr char kPayloadUrl[] = "trackfit/shutting-down";

}  // namespace

absl::Status ShuttingDown() {
  absl::Status status = absl::UnavailableError("the server is shutting down");
  status.SetPayload(kPayloadUrl, absl::Cord());
  return status;
}

bool IsShuttingDown(const absl::Status& status) { return status.GetPayload(kPayloadUrl).has_value(); }

}  // namespace trackfit::runtime
