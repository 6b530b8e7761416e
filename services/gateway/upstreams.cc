#include "upstreams.h"

#include <map>
#include <utility>

#include "rpc/client_channel.h"
#include "rpc/session_id.h"
#include "rpc/status.h"
#include "runtime/guard.h"

namespace trackfit::gateway_server {
namespace {

constexpr std::chrono::seconds kQueryTimeout{5};

std::map<std::string, std::string> Metadata(const Upstreams::OnBehalf& of) {
  return {{rpc::kSessionIdKey, of.session_id}, {telemetry::kTraceparentKey, of.trace.ToTraceparent()}};
}

}  // namespace

struct Upstreams::ModelQuery {
  rpc::OpenCalls::Ticket ticket;  // outlives the context
  grpc::ClientContext context;
  v1::GetModelRequest request;
  v1::GetModelResponse response;
};

Upstreams::Upstreams(const std::string& extractor, const std::string& inferencer, runtime::Ticker& ticker,
                     const telemetry::Logger& log)
    : extractor_channel_(rpc::OpenChannel(extractor)),
      extractor_(v1::ExtractorService::NewStub(extractor_channel_)),
      inferencer_(v1::InferencerService::NewStub(rpc::OpenChannel(inferencer))),
      extractor_log_("extractor", extractor, log),
      inferencer_log_("inferencer", inferencer, log),
      model_(log),
      ticks_(ticker.Subscribe([this] { OnTick(); })) {}

std::unique_ptr<ExtractorClientLink> Upstreams::LinkToExtractor(const OnBehalf& of,
                                                                ExtractorClientLink::MakeEvents make_events) {
  return std::make_unique<ExtractorClientLink>(
      [this](auto* context, auto* reactor) { extractor_->async()->ExtractStream(context, reactor); },
      Metadata(of), of.deadline, calls_, std::move(make_events));
}

std::unique_ptr<InferencerClientLink> Upstreams::LinkToInferencer(
    const OnBehalf& of, InferencerClientLink::MakeEvents make_events) {
  return std::make_unique<InferencerClientLink>(
      [this](auto* context, auto* reactor) { inferencer_->async()->InferStream(context, reactor); },
      Metadata(of), of.deadline, calls_, std::move(make_events));
}

void Upstreams::NoteBroken(gateway::Upstream upstream, const absl::Status& status) {
  (upstream == gateway::Upstream::kExtractor ? extractor_log_ : inferencer_log_).Broken(status);
}

void Upstreams::NoteAnswered(gateway::Upstream upstream) {
  (upstream == gateway::Upstream::kExtractor ? extractor_log_ : inferencer_log_).StreamAnswered();
}

void Upstreams::OnTick() {
  if (!extractor_reached_) extractor_reached_ = extractor_channel_->GetState(true) == GRPC_CHANNEL_READY;
  if (!model_.ShouldAsk(std::chrono::steady_clock::now())) return;
  const absl::Status asked = runtime::Guard([this] { AskForModel(); });
  if (!asked.ok()) model_.Failed(asked, std::chrono::steady_clock::now());
}

void Upstreams::AskForModel() {
  const auto query = std::make_shared<ModelQuery>();
  query->ticket = calls_.Add([weak = std::weak_ptr(query)] {
    if (const auto call = weak.lock()) call->context.TryCancel();
  });
  query->context.set_deadline(std::chrono::system_clock::now() + kQueryTimeout);
  inferencer_->async()->GetModel(
      &query->context, &query->request, &query->response,
      [this, query](const grpc::Status& status) { TakeModel(rpc::FromGrpcStatus(status), query->response); });
}

void Upstreams::TakeModel(const absl::Status& status, const v1::GetModelResponse& response) {
  const auto now = std::chrono::steady_clock::now();
  if (status.ok()) {
    model_.Answered(response, now);
    inferencer_log_.CallAnswered();
    return;
  }
  const absl::Status reason =
      absl::IsDeadlineExceeded(status) ? absl::UnavailableError("it does not answer") : status;
  model_.Failed(reason, now);
  inferencer_log_.Broken(reason);
}

}  // namespace trackfit::gateway_server
