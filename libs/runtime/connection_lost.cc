#include "runtime/connection_lost.h"

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace trackfit::runtime {
namespace {

constexpr char kPayloadUrl[] = "trackfit/connection-lost";

}  // namespace

absl::Status ConnectionLost(absl::Status status, std::string_view server) {
  status.SetPayload(kPayloadUrl, absl::Cord(absl::string_view(server.data(), server.size())));
  return status;
}

bool IsConnectionLost(const absl::Status& status) { return status.GetPayload(kPayloadUrl).has_value(); }

std::string LostServer(const absl::Status& status) {
  return std::string(status.GetPayload(kPayloadUrl).value_or(absl::Cord()));
}

}  // namespace trackfit::runtime
