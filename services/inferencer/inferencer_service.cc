#include "inferencer_service.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "assessment/clip_session.h"
#include "contract/convert.h"
#include "infer_stream_handler.h"
#include "rpc/stream_reactor.h"
#include "rpc/unary_call.h"

namespace trackfit::inferencer_server {
namespace {

constexpr int kMaxClipPoses = 36000;
constexpr std::chrono::milliseconds kPart{200};

// Infer, part by part.
class ClipCall {
 public:
  ClipCall(std::shared_ptr<const assessment::Assessor> assessor, const v1::InferRequest& request,
           v1::InferResponse& response)
      : assessor_(std::move(assessor)), request_(request), response_(response) {}

  absl::StatusOr<rpc::Progress> DoPart() {
    if (!session_) {
      if (absl::Status started = Start(); !started.ok()) return started;
    }
    const auto end = std::chrono::steady_clock::now() + kPart;
    for (; next_ < request_.poses_size() && std::chrono::steady_clock::now() < end; ++next_) {
      if (absl::Status pushed = PushNext(); !pushed.ok()) return InPose(pushed);
    }
    if (next_ < request_.poses_size()) return rpc::Progress::kMore;
    return Finish();
  }

 private:
  absl::Status Start() {
    if (request_.poses().empty()) return absl::InvalidArgumentError("poses is empty");
    if (request_.poses_size() > kMaxClipPoses) {
      return absl::InvalidArgumentError(absl::StrCat("poses has ", request_.poses_size(),
                                                     " entries; at most ", kMaxClipPoses, " are allowed"));
    }
    auto session = assessment::ClipSession::Create(assessor_, request_.expected_exercise());
    if (!session.ok()) return session.status();
    session_ = *std::move(session);
    return absl::OkStatus();
  }

  absl::Status PushNext() {
    const auto pose = contract::FromProto(request_.poses(next_));
    return pose.ok() ? session_->Push(*pose) : pose.status();
  }

  absl::Status InPose(const absl::Status& status) const {
    return absl::Status(status.code(), absl::StrCat("poses[", next_, "]: ", status.message()));
  }

  absl::StatusOr<rpc::Progress> Finish() {
    const auto clip = session_->Finish();
    if (!clip.ok()) return clip.status();
    if (!*clip) {
      return absl::InvalidArgumentError("poses span less than half a second; nothing can be assessed");
    }
    *response_.mutable_overall() = contract::ToProto((*clip)->overall);
    for (const assessment::Assessment& window : (*clip)->windows)
      *response_.add_windows() = contract::ToProto(window);
    return rpc::Progress::kDone;
  }

  const std::shared_ptr<const assessment::Assessor> assessor_;
  const v1::InferRequest& request_;
  v1::InferResponse& response_;
  std::optional<assessment::ClipSession> session_;
  int next_ = 0;
};

}  // namespace

InferencerService::InferencerService(rpc::Runtime& runtime,
                                     std::shared_ptr<const assessment::Assessor> assessor)
    : runtime_(runtime), assessor_(std::move(assessor)) {}

grpc::ServerBidiReactor<v1::InferStreamRequest, v1::InferStreamResponse>* InferencerService::InferStream(
    grpc::CallbackServerContext* context) {
  return rpc::OpenStream<v1::InferStreamRequest, v1::InferStreamResponse>(
      runtime_, context, "InferStream", [this](auto stream) {
        return std::make_unique<InferStreamHandler>(std::move(stream), assessor_, runtime_.metrics());
      });
}

grpc::ServerUnaryReactor* InferencerService::Infer(grpc::CallbackServerContext* context,
                                                   const v1::InferRequest* request,
                                                   v1::InferResponse* response) {
  const auto call = std::make_shared<ClipCall>(assessor_, *request, *response);
  return rpc::RunUnary(runtime_, context, "Infer", request->ByteSizeLong(),
                       [call](int) { return call->DoPart(); });
}

// Answered without a worker: a gateway that starts must learn the model however busy they are.
grpc::ServerUnaryReactor* InferencerService::GetModel(grpc::CallbackServerContext* context,
                                                      const v1::GetModelRequest*,
                                                      v1::GetModelResponse* response) {
  telemetry::CallGuard call(runtime_.metrics(), "GetModel", telemetry::WorkBuckets());
  call.set_code("OK");
  response->set_version(assessor_->model_version());
  for (const std::string& exercise : assessor_->exercises()) response->add_exercises(exercise);
  response->set_layout(assessor_->layout());
  response->set_rate_hz(assessor_->rate_hz());
  response->set_window_frames(static_cast<uint32_t>(assessor_->window_frames()));
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace trackfit::inferencer_server
