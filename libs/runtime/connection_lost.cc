#include "runtime/connection_lost.h"

#include "absl/strings/cord.h"

namespace trackfit::runtime {
namespace {

constexpr char kPayloadUrl[] = "trackfit/connection-lost";

}  // namespace

absl::Status ConnectionLost(absl::Status status) {
  status.SetPayload(kPayloadUrl, absl::Cord());
  return status;
}

bool IsConnectionLost(const absl::Status& status) { return status.GetPayload(kPayloadUrl).has_value(); }

}  // namespace trackfit::runtime
