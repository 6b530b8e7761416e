#include "infer_stream_handler.h"

#include <utility>

#include "contract/convert.h"

namespace trackfit::inferencer_server {

InferStreamHandler::InferStreamHandler(rpc::StreamSession<v1::InferStreamResponse> stream,
                                       std::shared_ptr<const assessment::Assessor> assessor,
                                       telemetry::Metrics& metrics)
    : stream_(std::move(stream)),
      assessor_(std::move(assessor)),
      poses_(metrics.Counter("trackfit_poses_total", "Poses taken.")) {}

void InferStreamHandler::OnRequest(v1::InferStreamRequest request, rpc::InFlight, int) {
  if (absl::Status status = Handle(request); !status.ok()) stream_.responses->Finish(std::move(status));
}

void InferStreamHandler::OnHalfClose(int) { stream_.responses->Finish(FinishSession()); }

absl::Status InferStreamHandler::Handle(const v1::InferStreamRequest& request) {
  switch (request.request_case()) {
    case v1::InferStreamRequest::kConfig:
      return Configure(request.config());
    case v1::InferStreamRequest::kPose:
      return Push(request.pose());
    case v1::InferStreamRequest::REQUEST_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("request is empty; config or pose is required");
}

absl::Status InferStreamHandler::Configure(const v1::InferStreamConfig& config) {
  if (session_) return absl::InvalidArgumentError("config came twice; exactly one is required");
  auto session = assessment::WindowSession::Create(assessor_, contract::FromProto(config.window()),
                                                   config.expected_exercise());
  if (!session.ok()) return session.status();
  session_ = *std::move(session);
  return absl::OkStatus();
}

absl::Status InferStreamHandler::Push(const v1::Pose& message) {
  if (!session_) return absl::InvalidArgumentError("config is missing; it must come before the first pose");
  const auto pose = contract::FromProto(message);
  if (!pose.ok()) return pose.status();
  const auto assessments = session_->Push(*pose);
  if (!assessments.ok()) return assessments.status();
  poses_.Increment();
  for (const assessment::Assessment& assessment : *assessments) Send(assessment);
  return absl::OkStatus();
}

absl::Status InferStreamHandler::FinishSession() {
  if (!session_) return absl::InvalidArgumentError("config is missing; it must come first");
  const auto last = session_->Finish();
  if (!last.ok()) return last.status();
  if (*last) Send(**last);
  return absl::OkStatus();
}

void InferStreamHandler::Send(const assessment::Assessment& assessment) {
  v1::InferStreamResponse response;
  *response.mutable_assessment() = contract::ToProto(assessment);
  stream_.responses->Write(std::move(response));
}

}  // namespace trackfit::inferencer_server
