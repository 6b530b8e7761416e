#include "infer_stream_handler.h"

#include <utility>
#include <vector>

#include "contract/coaching_convert.h"
#include "contract/convert.h"

namespace trackfit::inferencer_server {

InferStreamHandler::InferStreamHandler(streaming::StreamSession<v1::InferStreamResponse> stream,
                                       PoseSession::Shared shared, telemetry::Metrics& metrics)
    : stream_(std::move(stream)),
      shared_(std::move(shared)),
      poses_(metrics.Counter("trackfit_poses_total", "Poses taken.")) {}

void InferStreamHandler::OnRequest(v1::InferStreamRequest request, streaming::InFlight, int) {
  absl::Status handled = Handle(request, assessment::Due::kNow);
  if (!handled.ok()) stream_.responses->Finish(std::move(handled));
}

void InferStreamHandler::OnSuperseded(v1::InferStreamRequest request, streaming::InFlight) {
  absl::Status handled = Handle(request, assessment::Due::kPutOff);
  if (!handled.ok()) stream_.responses->Finish(std::move(handled));
}

void InferStreamHandler::OnHalfClose(int) { stream_.responses->Finish(FinishSession()); }

absl::Status InferStreamHandler::Handle(const v1::InferStreamRequest& request, assessment::Due due) {
  using Request = v1::InferStreamRequest;
  if (request.has_config()) return Configure(request.config());
  if (request.request_case() == Request::REQUEST_NOT_SET) {
    return absl::InvalidArgumentError("request is empty; config or pose is required");
  }
  if (!session_) return absl::InvalidArgumentError("config is missing; it must come before the first pose");
  if (request.has_no_pose()) return Send(session_->PushNobody(request.no_pose()));
  absl::Status sent = Send(session_->Push(request.pose(), request.people(), due));
  if (sent.ok()) poses_.Increment();
  return sent;
}

absl::Status InferStreamHandler::Configure(const v1::InferStreamConfig& config) {
  if (session_) return absl::InvalidArgumentError("config came twice; exactly one is required");
  auto session = PoseSession::Create(shared_, config, stream_.id);
  if (!session.ok()) return session.status();
  session_ = *std::move(session);
  newest_only_ = config.newest_only();
  return absl::OkStatus();
}

absl::Status InferStreamHandler::FinishSession() {
  if (!session_) return absl::InvalidArgumentError("config is missing; it must come first");
  return Send(session_->Finish());
}

absl::Status InferStreamHandler::Send(absl::StatusOr<PoseSession::Results> results) {
  if (!results.ok()) return results.status();
  std::vector<v1::InferStreamResponse> responses;
  for (const assessment::Assessment& assessment : results->assessments) {
    *responses.emplace_back().mutable_assessment() = contract::ToProto(assessment);
  }
  for (const coaching::Event& event : results->events) responses.push_back(contract::ToProto(event));
  if (const auto checkpoint = session_->TakeCheckpoint()) {
    if (responses.empty()) responses.emplace_back();
    *responses.back().mutable_checkpoint() = contract::ToProto(*checkpoint);
  }
  for (v1::InferStreamResponse& response : responses) stream_.responses->Write(std::move(response));
  return absl::OkStatus();
}

}  // namespace trackfit::inferencer_server
