#include "streaming/stream_resources.h"

namespace trackfit::streaming {

absl::StatusOr<runtime::AdmissionGate::Lease> AdmitStream(const StreamResources& resources,
                                                          const std::string& method) {
  absl::StatusOr<runtime::AdmissionGate::Lease> lease = resources.gate.Admit();
  if (!lease.ok()) {
    telemetry::CallGuard refused(resources.metrics, method, telemetry::StreamBuckets());
    refused.set_code(absl::StatusCodeToString(lease.status().code()));
  }
  return lease;
}

}  // namespace trackfit::streaming
