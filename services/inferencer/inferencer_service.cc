#include "inferencer_service.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "assessment/clip_summary.h"
#include "coaching/movement_session.h"
#include "contract/coaching_convert.h"
#include "contract/convert.h"
#include "infer_stream_handler.h"
#include "rpc/session_id.h"
#include "rpc/stream_reactor.h"
#include "rpc/unary_call.h"

namespace trackfit::inferencer_server {
namespace {

constexpr int kMaxClipPoses = 36000;
constexpr std::chrono::milliseconds kPart{200};

// Infer, part by part.
class ClipCall {
 public:
  ClipCall(PoseSession::Shared shared, std::string session_id, const v1::InferRequest& request,
           v1::InferResponse& response)
      : shared_(std::move(shared)),
        session_id_(std::move(session_id)),
        request_(request),
        response_(response) {}

  absl::StatusOr<rpc::Progress> DoPart() {
    if (!session_) {
      if (absl::Status started = Start(); !started.ok()) return started;
    }
    const auto end = std::chrono::steady_clock::now() + kPart;
    for (; next_ < request_.poses_size() && std::chrono::steady_clock::now() < end; ++next_) {
      if (absl::Status pushed = Take(session_->Push(request_.poses(next_), 0)); !pushed.ok()) {
        return InPose(pushed);
      }
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
    v1::InferStreamConfig config;
    config.set_expected_exercise(request_.expected_exercise());
    *config.mutable_coach() = request_.coach();
    config.set_reference(request_.reference());
    config.set_reference_data(request_.reference_data());
    config.set_model(request_.model());
    auto session = PoseSession::Create(shared_, config, session_id_);
    if (!session.ok()) {  // names a field of the request, which has no message `config`
      return absl::Status(session.status().code(), absl::StripPrefix(session.status().message(), "config."));
    }
    session_ = *std::move(session);
    return absl::OkStatus();
  }

  absl::Status Take(absl::StatusOr<PoseSession::Results> results) {
    if (!results.ok()) return results.status();
    coaching::AddTo(summary_, *results);
    for (const assessment::Assessment& window : results->assessments) {
      *response_.add_windows() = contract::ToProto(window);
    }
    for (const coaching::Event& event : results->events) Add(contract::ToProto(event));
    return absl::OkStatus();
  }

  void Add(v1::InferStreamResponse event) {
    if (event.has_repetition()) response_.add_repetitions()->Swap(event.mutable_repetition());
    if (event.has_advice()) response_.add_advice()->Swap(event.mutable_advice());
    if (event.has_hint()) response_.add_hints()->Swap(event.mutable_hint());
    if (event.has_set()) response_.add_sets()->Swap(event.mutable_set());
  }

  absl::Status InPose(const absl::Status& status) const {
    return absl::Status(status.code(), absl::StrCat("poses[", next_, "]: ", status.message()));
  }

  absl::StatusOr<rpc::Progress> Finish() {
    if (absl::Status finished = Take(session_->Finish()); !finished.ok()) return finished;
    const auto overall = summary_.Overall();
    if (!overall) {
      return absl::InvalidArgumentError("poses span less than half a second; nothing can be assessed");
    }
    *response_.mutable_overall() = contract::ToProto(*overall);
    return rpc::Progress::kDone;
  }

  const PoseSession::Shared shared_;
  const std::string session_id_;
  const v1::InferRequest& request_;
  v1::InferResponse& response_;
  std::optional<PoseSession> session_;
  assessment::ClipSummary summary_;
  int next_ = 0;
};

// Into a GetModelResponse or a ServedModel.
template <class Message>
void Describe(const assessment::Assessor& model, Message& message) {
  message.set_version(model.model_version());
  for (const std::string& exercise : model.exercises()) message.add_exercises(exercise);
  message.set_layout(model.layout());
  message.set_rate_hz(model.rate_hz());
  message.set_window_frames(static_cast<uint32_t>(model.window_frames()));
}

}  // namespace

InferencerService::InferencerService(rpc::Runtime& runtime,
                                     std::shared_ptr<const model_store::ServedModels> models,
                                     std::shared_ptr<const coaching::Knowledge> knowledge)
    : runtime_(runtime),
      coach_metrics_(runtime.metrics(), knowledge->catalogue()),
      shared_{std::move(models), std::move(knowledge), coach_metrics_} {}

grpc::ServerBidiReactor<v1::InferStreamRequest, v1::InferStreamResponse>* InferencerService::InferStream(
    grpc::CallbackServerContext* context) {
  return rpc::OpenStream<v1::InferStreamRequest, v1::InferStreamResponse>(
      runtime_, context, "InferStream", [this](auto stream) {
        return std::make_unique<InferStreamHandler>(std::move(stream), shared_, runtime_.metrics());
      });
}

grpc::ServerUnaryReactor* InferencerService::Infer(grpc::CallbackServerContext* context,
                                                   const v1::InferRequest* request,
                                                   v1::InferResponse* response) {
  const auto call = std::make_shared<ClipCall>(shared_, rpc::SessionIdOf(*context), *request, *response);
  return rpc::RunUnary(runtime_, context, "Infer", request->ByteSizeLong(),
                       [call](int) { return call->DoPart(); });
}

// Answered without a worker: a gateway that starts must learn the model however busy they are.
grpc::ServerUnaryReactor* InferencerService::GetModel(grpc::CallbackServerContext* context,
                                                      const v1::GetModelRequest*,
                                                      v1::GetModelResponse* response) {
  telemetry::CallGuard call(runtime_.metrics(), "GetModel", telemetry::WorkBuckets());
  call.set_code("OK");
  for (const model_store::ServedVersion& served : shared_.models->List()) {
    v1::ServedModel& model = *response->add_models();
    model.set_name(served.model);
    Describe(*served.assessor, model);
    model.set_canary(served.is_canary);
    model.set_share(served.share);
    if (response->models_size() == 1) Describe(*served.assessor, *response);
  }
  for (const std::string& exercise : shared_.knowledge->exercises())
    response->add_coached_exercises(exercise);
  for (const std::string& reference : shared_.knowledge->reference_names())
    response->add_references(reference);
  for (const advice::Language& language : shared_.knowledge->phrases()->languages()) {
    v1::CoachLanguage* const out = response->add_languages();
    out->set_language(language.code);
    for (const auto& [voice, sentences] : language.voices) out->add_voices(voice);
  }
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace trackfit::inferencer_server
