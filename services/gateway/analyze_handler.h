// Joins one Analyze stream and its analysis: a new one, or one that it resumes.
#ifndef TRACKFIT_SERVICES_GATEWAY_ANALYZE_HANDLER_H_
#define TRACKFIT_SERVICES_GATEWAY_ANALYZE_HANDLER_H_

#include <trackfit/v1/gateway.pb.h>

#include <memory>

#include "absl/status/statusor.h"
#include "analysis.h"
#include "streaming/stream_handler.h"

namespace trackfit::gateway_server {

// To be made on the stream's strand, like every call to it. The error with which the gatekeeper, if there is
// one, refuses the client at once; where its key must be checked first, what the client sends waits.
absl::StatusOr<std::unique_ptr<streaming::StreamHandler<v1::AnalyzeRequest>>> MakeAnalyzeHandler(
    const AnalyzeContext& context, ClientStream stream);

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_ANALYZE_HANDLER_H_
