#include "upstreams.h"

#include <map>
#include <utility>

#include "rpc/client_channel.h"
#include "rpc/session_id.h"
#include "rpc/status.h"

namespace trackfit::gateway_server {
namespace {

constexpr std::chrono::seconds kQueryTimeout{5};
constexpr std::chrono::seconds kQueryAgain{5};  // to notice a new model
constexpr std::chrono::milliseconds kQueryAgainAfterFailure{200};

std::map<std::string, std::string> Metadata(const std::string& session_id) {
  return {{rpc::kSessionIdKey, session_id}};
}

}  // namespace

struct Upstreams::ModelQuery {
  rpc::OpenCalls::Ticket ticket;  // outlives the context
  grpc::ClientContext context;
  v1::GetModelRequest request;
  v1::GetModelResponse response;
};

Upstreams::Upstreams(const std::string& extractor, const std::string& inferencer, runtime::Ticker& ticker,
                     telemetry::Logger log)
    : extractor_channel_(rpc::OpenChannel(extractor)),
      extractor_(v1::ExtractorService::NewStub(extractor_channel_)),
      inferencer_(v1::InferencerService::NewStub(rpc::OpenChannel(inferencer))),
      log_(std::move(log)),
      extractor_log_("extractor", extractor, log_),
      inferencer_log_("inferencer", inferencer, log_),
      ticks_(ticker.Subscribe([this] { OnTick(); })) {}

absl::StatusOr<std::shared_ptr<const gateway::ModelInfo>> Upstreams::model() const {
  const std::lock_guard lock(mutex_);
  if (model_ == nullptr) return query_error_;
  return model_;
}

bool Upstreams::reached() const {
  const std::lock_guard lock(mutex_);
  return extractor_reached_ && model_ != nullptr;
}

std::unique_ptr<ExtractorClientLink> Upstreams::LinkToExtractor(
    const std::string& session_id, std::chrono::system_clock::time_point deadline,
    ExtractorClientLink::MakeEvents make_events) {
  return std::make_unique<ExtractorClientLink>(
      [this](auto* context, auto* reactor) { extractor_->async()->ExtractStream(context, reactor); },
      Metadata(session_id), deadline, calls_, std::move(make_events));
}

std::unique_ptr<InferencerClientLink> Upstreams::LinkToInferencer(
    const std::string& session_id, std::chrono::system_clock::time_point deadline,
    InferencerClientLink::MakeEvents make_events) {
  return std::make_unique<InferencerClientLink>(
      [this](auto* context, auto* reactor) { inferencer_->async()->InferStream(context, reactor); },
      Metadata(session_id), deadline, calls_, std::move(make_events));
}

void Upstreams::NoteBroken(gateway::Upstream upstream, const absl::Status& status) {
  (upstream == gateway::Upstream::kExtractor ? extractor_log_ : inferencer_log_).Broken(status);
}

void Upstreams::NoteAnswered(gateway::Upstream upstream) {
  (upstream == gateway::Upstream::kExtractor ? extractor_log_ : inferencer_log_).StreamAnswered();
}

void Upstreams::OnTick() {
  const auto query = std::make_shared<ModelQuery>();
  {
    const std::lock_guard lock(mutex_);
    if (!extractor_reached_) extractor_reached_ = extractor_channel_->GetState(true) == GRPC_CHANNEL_READY;
    if (query_ || std::chrono::steady_clock::now() < next_query_) return;
    query_ = query;
  }
  AskForModel(query);
}

void Upstreams::AskForModel(const std::shared_ptr<ModelQuery>& query) {
  query->ticket = calls_.Add([weak = std::weak_ptr(query)] {
    if (const auto call = weak.lock()) call->context.TryCancel();
  });
  query->context.set_deadline(std::chrono::system_clock::now() + kQueryTimeout);
  inferencer_->async()->GetModel(
      &query->context, &query->request, &query->response,
      [this, query](const grpc::Status& status) { TakeModel(status, query->response); });
}

void Upstreams::TakeModel(const grpc::Status& status, const v1::GetModelResponse& response) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  next_query_ = now + kQueryAgainAfterFailure;
  if (status.ok() && response.rate_hz() > 0 && response.window_frames() > 0) {
    next_query_ = now + kQueryAgain;
    if (model_ == nullptr || model_->version != response.version()) {
      log_.Info("model", {{"version", response.version()}, {"exercises", response.exercises_size()}});
    }
    model_ = std::make_shared<const gateway::ModelInfo>(
        gateway::ModelInfo{response.version(),
                           {response.exercises().begin(), response.exercises().end()},
                           response.rate_hz(),
                           static_cast<int>(response.window_frames())});
  }
  if (status.ok()) {
    inferencer_log_.CallAnswered();
  } else {
    query_error_ = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED
                       ? absl::UnavailableError("it does not answer")
                       : rpc::FromGrpcStatus(status);
    inferencer_log_.Broken(query_error_);
  }
  query_.reset();
}

}  // namespace trackfit::gateway_server
