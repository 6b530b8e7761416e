#include "rpc/trace.h"

#include <cstdlib>

#include "absl/strings/string_view.h"

namespace trackfit::rpc {

telemetry::TraceContext TraceOf(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(telemetry::kTraceparentKey);
  if (found == metadata.end()) return telemetry::ContinueTrace("");
  return telemetry::ContinueTrace(absl::string_view(found->second.data(), found->second.size()));
}

void AddTrace(const std::string& traceparent, grpc::ClientContext& context) {
  std::string trace = traceparent;
  if (const char* of_environment = std::getenv("TRACEPARENT"); trace.empty() && of_environment != nullptr) {
    trace = of_environment;
  }
  if (telemetry::ParseTraceparent(trace)) context.AddMetadata(telemetry::kTraceparentKey, trace);
}

}  // namespace trackfit::rpc
