// Joins one Analyze stream, its analysis session, and the session's streams to the servers behind.
#ifndef TRACKFIT_SERVICES_GATEWAY_ANALYZE_HANDLER_H_
#define TRACKFIT_SERVICES_GATEWAY_ANALYZE_HANDLER_H_

#include <trackfit/v1/gateway.pb.h>

#include <memory>

#include "gateway/analysis_session.h"
#include "gateway/gateway_metrics.h"
#include "runtime/ticker.h"
#include "streaming/stream_handler.h"
#include "upstreams.h"

namespace trackfit::gateway_server {

// What all handlers share; outlives them.
struct AnalyzeContext {
  gateway::AnalysisOptions options;
  Upstreams& upstreams;
  gateway::GatewayMetrics& metrics;
  runtime::Ticker& ticker;
};

// To be made on the stream's strand, like every call to it.
std::unique_ptr<streaming::StreamHandler<v1::AnalyzeRequest>> MakeAnalyzeHandler(
    const AnalyzeContext& context, streaming::StreamSession<v1::AnalyzeResponse> stream);

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_ANALYZE_HANDLER_H_
