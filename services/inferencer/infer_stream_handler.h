// One InferStream: the configuration, then poses.
#ifndef TRACKFIT_SERVICES_INFERENCER_INFER_STREAM_HANDLER_H_
#define TRACKFIT_SERVICES_INFERENCER_INFER_STREAM_HANDLER_H_

#include <trackfit/v1/inferencer.pb.h>

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "assessment/assessor.h"
#include "assessment/window_session.h"
#include "rpc/stream_handler.h"
#include "telemetry/metrics.h"

namespace trackfit::inferencer_server {

class InferStreamHandler : public rpc::StreamHandler<v1::InferStreamRequest> {
 public:
  // The metrics must outlive it.
  InferStreamHandler(rpc::StreamSession<v1::InferStreamResponse> stream,
                     std::shared_ptr<const assessment::Assessor> assessor, telemetry::Metrics& metrics);

  void OnRequest(v1::InferStreamRequest request, rpc::InFlight in_flight, int worker) override;
  // Assesses what no window has covered yet.
  void OnHalfClose(int worker) override;

 private:
  absl::Status Handle(const v1::InferStreamRequest& request);
  absl::Status Configure(const v1::InferStreamConfig& config);
  absl::Status Push(const v1::Pose& pose);
  absl::Status FinishSession();
  void Send(const assessment::Assessment& assessment);

  rpc::StreamSession<v1::InferStreamResponse> stream_;
  const std::shared_ptr<const assessment::Assessor> assessor_;
  prometheus::Counter& poses_;
  std::optional<assessment::WindowSession> session_;  // once it is configured
};

}  // namespace trackfit::inferencer_server

#endif  // TRACKFIT_SERVICES_INFERENCER_INFER_STREAM_HANDLER_H_
