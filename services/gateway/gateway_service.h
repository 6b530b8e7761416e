// The contract's GatewayService.
#ifndef TRACKFIT_SERVICES_GATEWAY_GATEWAY_SERVICE_H_
#define TRACKFIT_SERVICES_GATEWAY_GATEWAY_SERVICE_H_

#include <trackfit/v1/gateway.grpc.pb.h>

#include <memory>

#include "absl/status/status.h"
#include "access/gatekeeper.h"
#include "analysis.h"
#include "gateway_options.h"
#include "rpc/runtime.h"
#include "session_handover.h"
#include "streaming/stream_handler.h"

namespace trackfit::gateway_server {

// Thread-safe. The runtime, the upstreams and the ticker outlive it.
class GatewayService final : public v1::GatewayService::CallbackService {
 public:
  GatewayService(rpc::Runtime& runtime, const GatewayOptions& options, Upstreams& upstreams,
                 runtime::Ticker& ticker);

  // The server ends: sessions whose client is away are let go, and none waits any more. With --handover,
  // those that can be resumed are first left for the next process; blocks while they are written.
  void Drain();

  // Null: there are no keys, and all may analyse.
  access::Gatekeeper* gatekeeper() const { return gatekeeper_.get(); }

  // Makes the handler of one analysis, whatever carries its stream.
  const streaming::StreamHandlerFactory<v1::AnalyzeRequest, v1::AnalyzeResponse>& analyze() const {
    return analyze_;
  }

  // INVALID_ARGUMENT where a session would refuse this configuration, as far as it is known what the
  // inferencer serves.
  absl::Status Check(const v1::SessionConfig& config) const;

  grpc::ServerBidiReactor<v1::AnalyzeRequest, v1::AnalyzeResponse>* Analyze(
      grpc::CallbackServerContext* context) override;

 private:
  rpc::Runtime& runtime_;
  gateway::GatewayMetrics metrics_;
  const std::unique_ptr<access::Gatekeeper> gatekeeper_;  // outlives the sessions
  gateway::ResumableSessions sessions_;
  const AnalyzeContext context_;
  std::unique_ptr<SessionHandover> handover_;  // null: none
  const streaming::StreamHandlerFactory<v1::AnalyzeRequest, v1::AnalyzeResponse> analyze_;
  const runtime::Ticker::Subscription ticks_;
};

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_GATEWAY_SERVICE_H_
