#include "streaming/stream_resources.h"

namespace trackfit::streaming {

absl::StatusOr<runtime::AdmissionGate::Lease> AdmitStream(const StreamResources& resources,
                                                          const std::string& method) {
  absl::StatusOr<runtime::AdmissionGate::Lease> lease = resources.gate.Admit();
  if (!lease.ok()) CountRefusal(resources, method, lease.status());
  return lease;
}

void CountRefusal(const StreamResources& resources, const std::string& method, const absl::Status& status) {
  telemetry::CallGuard refused(resources.metrics, method, telemetry::StreamBuckets());
  refused.set_code(absl::StatusCodeToString(status.code()));
}

}  // namespace trackfit::streaming
