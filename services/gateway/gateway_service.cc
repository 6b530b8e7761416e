#include "gateway_service.h"

#include <utility>

#include "gateway/config_check.h"
#include "gateway/model_info.h"
#include "rpc/stream_reactor.h"

namespace trackfit::gateway_server {

GatewayService::GatewayService(rpc::Runtime& runtime, const gateway::AnalysisOptions& options,
                               Upstreams& upstreams, runtime::Ticker& ticker)
    : runtime_(runtime),
      metrics_(runtime.metrics()),
      context_{options, upstreams, metrics_, ticker},
      analyze_([this](streaming::StreamSession<v1::AnalyzeResponse> stream)
                   -> absl::StatusOr<std::unique_ptr<streaming::StreamHandler<v1::AnalyzeRequest>>> {
        return MakeAnalyzeHandler(context_, std::move(stream));
      }) {}

absl::Status GatewayService::Check(const v1::SessionConfig& config) const {
  const auto model = context_.upstreams.model();
  if (!model.ok()) return absl::OkStatus();
  const auto own = gateway::ForSession(**model, config.model(), "");  // its session has no id yet
  return own.ok() ? gateway::CheckConfig(config, *own) : own.status();
}

grpc::ServerBidiReactor<v1::AnalyzeRequest, v1::AnalyzeResponse>* GatewayService::Analyze(
    grpc::CallbackServerContext* context) {
  return rpc::OpenStream<v1::AnalyzeRequest, v1::AnalyzeResponse>(runtime_, context, "Analyze", analyze_);
}

}  // namespace trackfit::gateway_server
