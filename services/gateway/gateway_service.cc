#include "gateway_service.h"

#include <chrono>
#include <utility>

#include "analyze_handler.h"
#include "caller.h"
#include "gateway/config_check.h"
#include "gateway/model_info.h"
#include "rpc/authorization.h"
#include "rpc/stream_reactor.h"

namespace trackfit::gateway_server {
namespace {

std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

gateway::ResumableSessionsConfig SessionsConfig(const ResumeOptions& options,
                                                gateway::GatewayMetrics& metrics) {
  return {
      .retention = Milliseconds(options.seconds),
      .most_sessions = static_cast<size_t>(options.max),
      .most_bytes = static_cast<size_t>(options.total_mb) << 20,
      .on_waiting = [&metrics](int sessions) { metrics.SetWaiting(sessions); },
      .on_outcome = [&metrics](gateway::Resumption outcome) { metrics.CountResumption(outcome); },
  };
}

std::unique_ptr<access::Gatekeeper> MakeGatekeeper(rpc::Runtime& runtime, const GatewayOptions& options) {
  if (!options.api_keys.empty()) {
    return std::make_unique<access::Gatekeeper>(access::GatekeeperConfig{.file = options.api_keys},
                                                runtime.log(), runtime.metrics());
  }
  if (options.IsForOthers()) {
    runtime.log().Warning("anybody who reaches this gateway may use it; --api-keys asks for keys");
  }
  return nullptr;
}

}  // namespace

GatewayService::GatewayService(rpc::Runtime& runtime, const GatewayOptions& options, Upstreams& upstreams,
                               runtime::Ticker& ticker)
    : runtime_(runtime),
      metrics_(runtime.metrics()),
      gatekeeper_(MakeGatekeeper(runtime, options)),
      sessions_(SessionsConfig(options.resume, metrics_)),
      context_{.options = options.Analysis(),
               .retention = Milliseconds(options.resume.seconds),
               .kept_bytes = static_cast<size_t>(options.resume.kb) << 10,
               .max_sessions = static_cast<size_t>(options.server.max_sessions),
               .stream_age = {Milliseconds(options.max_stream_age), Milliseconds(options.server.drain_grace)},
               .resources = runtime.stream_resources(),
               .upstreams = upstreams,
               .metrics = metrics_,
               .sessions = sessions_,
               .ticker = ticker,
               .gatekeeper = gatekeeper_.get()},
      analyze_([this](ClientStream stream)
                   -> absl::StatusOr<std::unique_ptr<streaming::StreamHandler<v1::AnalyzeRequest>>> {
        return MakeAnalyzeHandler(context_, std::move(stream));
      }),
      ticks_(ticker.Subscribe([this] {
        const auto now = std::chrono::steady_clock::now();
        sessions_.OnTick(now);
        if (gatekeeper_) gatekeeper_->OnTick(now);
      })) {
  if (options.handover.empty()) return;
  handover_ = std::make_unique<SessionHandover>(options, runtime);
  handover_->TakeOver(context_);
}

void GatewayService::Drain() {
  if (handover_) handover_->HandOver(sessions_.All());
  sessions_.Close();
}

absl::Status GatewayService::Check(const v1::SessionConfig& config) const {
  const auto model = context_.upstreams.model();
  if (!model.ok()) return absl::OkStatus();
  const auto own = gateway::ForSession(**model, config.model(), "");  // its session has no id yet
  return own.ok() ? gateway::CheckConfig(config, *own) : own.status();
}

grpc::ServerBidiReactor<v1::AnalyzeRequest, v1::AnalyzeResponse>* GatewayService::Analyze(
    grpc::CallbackServerContext* context) {
  const absl::Status welcome = Precheck(gatekeeper_.get(), rpc::AuthorizationOf(*context), context->peer());
  if (!welcome.ok()) {
    return rpc::RefuseStream<v1::AnalyzeRequest, v1::AnalyzeResponse>(runtime_, context, "Analyze", welcome);
  }
  return rpc::OpenStream<v1::AnalyzeRequest, v1::AnalyzeResponse>(runtime_, context, "Analyze", analyze_);
}

}  // namespace trackfit::gateway_server
