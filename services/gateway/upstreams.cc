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

struct Upstreams::Connections {
  std::shared_ptr<const tls::Credentials> credentials;  // null: without TLS
  std::shared_ptr<grpc::Channel> extractor_channel;
  std::unique_ptr<v1::ExtractorService::Stub> extractor;
  std::unique_ptr<v1::InferencerService::Stub> inferencer;
};

Upstreams::Upstreams(const std::string& extractor, const std::string& inferencer, UpstreamSecurity security,
                     runtime::Ticker& ticker, const telemetry::Logger& log)
    : extractor_(extractor),
      inferencer_(inferencer),
      security_(std::move(security)),
      log_(log),
      connections_(Connect()),
      extractor_log_("extractor", extractor, log),
      inferencer_log_("inferencer", inferencer, log),
      model_(log),
      ticks_(ticker.Subscribe([this] { OnTick(); })) {}

std::shared_ptr<const Upstreams::Connections> Upstreams::Connect() const {
  auto connections = std::make_shared<Connections>();
  std::optional<tls::ClientSecurity> security;
  if (security_.credentials != nullptr) {
    connections->credentials = security_.credentials->current();
    security = {*connections->credentials, security_.name};
  }
  connections->extractor_channel = rpc::OpenChannel(extractor_, security);
  connections->extractor = v1::ExtractorService::NewStub(connections->extractor_channel);
  connections->inferencer = v1::InferencerService::NewStub(rpc::OpenChannel(inferencer_, security));
  return connections;
}

std::shared_ptr<const Upstreams::Connections> Upstreams::current() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void Upstreams::Reconnect() {
  if (security_.credentials == nullptr || security_.credentials->current() == current()->credentials) return;
  auto renewed = Connect();
  {
    const std::lock_guard lock(mutex_);
    connections_.swap(renewed);
  }
  log_.Info("new streams to extractor and inferencer use the new certificate");
}

std::unique_ptr<ExtractorClientLink> Upstreams::LinkToExtractor(const OnBehalf& of,
                                                                ExtractorClientLink::MakeEvents make_events) {
  return std::make_unique<ExtractorClientLink>(
      [this](auto* context, auto* reactor) {
        current()->extractor->async()->ExtractStream(context, reactor);
      },
      Metadata(of), of.deadline, calls_, std::move(make_events));
}

std::unique_ptr<InferencerClientLink> Upstreams::LinkToInferencer(
    const OnBehalf& of, InferencerClientLink::MakeEvents make_events) {
  return std::make_unique<InferencerClientLink>(
      [this](auto* context, auto* reactor) { current()->inferencer->async()->InferStream(context, reactor); },
      Metadata(of), of.deadline, calls_, std::move(make_events));
}

void Upstreams::NoteBroken(gateway::Upstream upstream, const absl::Status& status) {
  (upstream == gateway::Upstream::kExtractor ? extractor_log_ : inferencer_log_).Broken(status);
}

void Upstreams::NoteAnswered(gateway::Upstream upstream) {
  (upstream == gateway::Upstream::kExtractor ? extractor_log_ : inferencer_log_).StreamAnswered();
}

void Upstreams::OnTick() {
  const absl::Status reconnected = runtime::Guard([this] { Reconnect(); });
  if (!reconnected.ok()) log_.Error("cannot use the new certificate", {{"reason", reconnected.message()}});
  if (!extractor_reached_)
    extractor_reached_ = current()->extractor_channel->GetState(true) == GRPC_CHANNEL_READY;
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
  current()->inferencer->async()->GetModel(
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
