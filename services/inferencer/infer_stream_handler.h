// One InferStream: the configuration, then poses and frames without anybody.
#ifndef TRACKFIT_SERVICES_INFERENCER_INFER_STREAM_HANDLER_H_
#define TRACKFIT_SERVICES_INFERENCER_INFER_STREAM_HANDLER_H_

#include <trackfit/v1/inferencer.pb.h>

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pose_session.h"
#include "streaming/stream_handler.h"
#include "telemetry/metrics.h"

namespace trackfit::inferencer_server {

class InferStreamHandler : public streaming::StreamHandler<v1::InferStreamRequest> {
 public:
  // The metrics must outlive it.
  InferStreamHandler(streaming::StreamSession<v1::InferStreamResponse> stream, PoseSession::Shared shared,
                     telemetry::Metrics& metrics);

  void OnRequest(v1::InferStreamRequest request, streaming::InFlight in_flight, int worker) override;
  bool newest_only() const override { return newest_only_; }
  // The coach sees every pose, but no window is assessed that a newer one follows at once.
  void OnSuperseded(v1::InferStreamRequest request, streaming::InFlight in_flight) override;
  // Assesses what no window has covered yet, and sums up the coach's last set.
  void OnHalfClose(int worker) override;

 private:
  absl::Status Handle(const v1::InferStreamRequest& request, assessment::Due due);
  absl::Status Configure(const v1::InferStreamConfig& config);
  absl::Status FinishSession();
  // A checkpoint goes with the last of them, so that either both arrive or neither.
  absl::Status Send(absl::StatusOr<PoseSession::Results> results);

  streaming::StreamSession<v1::InferStreamResponse> stream_;
  const PoseSession::Shared shared_;
  prometheus::Counter& poses_;
  std::optional<PoseSession> session_;  // once it is configured
  bool newest_only_ = false;
};

}  // namespace trackfit::inferencer_server

#endif  // TRACKFIT_SERVICES_INFERENCER_INFER_STREAM_HANDLER_H_
