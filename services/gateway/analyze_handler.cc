#include "analyze_handler.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "access/api_key.h"
#include "gateway/config_check.h"
#include "net/network.h"

namespace trackfit::gateway_server {
namespace {

using streaming::InFlight;

class AnalyzeHandler final : public streaming::StreamHandler<v1::AnalyzeRequest> {
 public:
  AnalyzeHandler(const AnalyzeContext& context, ClientStream stream)
      : context_(context), stream_(std::make_shared<const ClientStream>(std::move(stream))) {}

  // An error: who calls may not.
  absl::Status FindOutWhoCalls() {
    if (context_.gatekeeper == nullptr) return absl::OkStatus();
    is_waiting_ = true;
    const auto known = context_.gatekeeper->Check(
        access::BearerKey(stream_->authorization), net::NetworkOfPeer(stream_->peer),
        [self = std::weak_ptr(self_),
         strand = stream_->strand](const absl::StatusOr<access::Caller>& caller) {
          strand->Post([self, caller](int worker) {
            if (const auto handler = self.lock()) (*handler)->OnCaller(caller, worker);
          });
        });
    if (!known) return absl::OkStatus();
    if (known->ok()) TakeCaller(**known);
    return known->status();
  }

  void OnRequest(v1::AnalyzeRequest request, InFlight in_flight, int /*worker*/) override {
    if (is_waiting_) return waiting_.push_back({std::move(request), std::move(in_flight)});
    if (analysis_ == nullptr && request.config().has_resume()) return Resume(request.config());
    if (Begun(request.config().resumable())) {
      analysis_->Take(stream_.get(), std::move(request), std::move(in_flight));
    }
  }
  void OnHalfClose(int /*worker*/) override {
    if (is_waiting_) {
      half_closed_ = true;
    } else if (Begun(false)) {
      analysis_->HalfClose(stream_.get());
    }
  }
  void OnEnd(const absl::Status& status) override {
    if (analysis_) analysis_->StreamEnded(stream_.get(), status);
  }

 private:
  struct Waiting {
    v1::AnalyzeRequest request;
    InFlight in_flight;
  };

  void OnCaller(const absl::StatusOr<access::Caller>& caller, int worker) {
    if (!caller.ok()) return Finish(caller.status());
    TakeCaller(*caller);
    for (Waiting& next : std::exchange(waiting_, {})) {
      OnRequest(std::move(next.request), std::move(next.in_flight), worker);
    }
    if (half_closed_) OnHalfClose(worker);
  }

  void TakeCaller(const access::Caller& caller) {
    is_waiting_ = false;
    caller_ = caller;
    ClientStream stream = *stream_;
    stream.log = stream.log.With({{"tenant", caller.tenant}});
    stream.log.Info("key accepted", {{"key", caller.key}});
    stream_ = std::make_shared<const ClientStream>(std::move(stream));
  }

  bool Begun(bool resumable) {
    if (analysis_) return true;
    auto begun = Analysis::Begin(context_, stream_, resumable, caller_);
    if (!begun.ok()) {
      Finish(begun.status());
      return false;
    }
    analysis_ = *std::move(begun);
    return true;
  }

  void Resume(const v1::SessionConfig& config) {
    if (absl::Status valid = gateway::CheckResume(config); !valid.ok()) return Finish(std::move(valid));
    auto found = context_.sessions.Find(config.resume().token(), caller_ ? caller_->tenant : "");
    if (!found.ok()) {
      context_.metrics.CountResumption(gateway::Resumption::kNotFound);
      return Finish(found.status());
    }
    analysis_ = std::static_pointer_cast<Analysis>(*std::move(found));  // there are no others
    analysis_->Resume(stream_, config.resume().last_number(), caller_);
  }

  void Finish(absl::Status status) { stream_->responses->Finish(std::move(status)); }

  const AnalyzeContext& context_;
  std::shared_ptr<const ClientStream> stream_;
  std::shared_ptr<Analysis> analysis_;  // null before the first request
  // While it is not known who calls:
  bool is_waiting_ = false;
  std::vector<Waiting> waiting_;
  bool half_closed_ = false;
  std::optional<access::Caller> caller_;  // nullopt: there are no keys
  const std::shared_ptr<AnalyzeHandler*> self_ = std::make_shared<AnalyzeHandler*>(this);  // while it lives
};

}  // namespace

absl::StatusOr<std::unique_ptr<streaming::StreamHandler<v1::AnalyzeRequest>>> MakeAnalyzeHandler(
    const AnalyzeContext& context, ClientStream stream) {
  auto handler = std::make_unique<AnalyzeHandler>(context, std::move(stream));
  if (absl::Status welcome = handler->FindOutWhoCalls(); !welcome.ok()) return welcome;
  return handler;
}

}  // namespace trackfit::gateway_server
