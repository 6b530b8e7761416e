#include "analyze_handler.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gateway/config_check.h"

namespace trackfit::gateway_server {
namespace {

using streaming::InFlight;

class AnalyzeHandler final : public streaming::StreamHandler<v1::AnalyzeRequest> {
 public:
  AnalyzeHandler(const AnalyzeContext& context, ClientStream stream)
      : context_(context), stream_(std::make_shared<const ClientStream>(std::move(stream))) {}

  void OnRequest(v1::AnalyzeRequest request, InFlight in_flight, int /*worker*/) override {
    if (analysis_ == nullptr && request.config().has_resume()) return Resume(request.config());
    if (Begun(request.config().resumable())) {
      analysis_->Take(stream_.get(), std::move(request), std::move(in_flight));
    }
  }
  void OnHalfClose(int /*worker*/) override {
    if (Begun(false)) analysis_->HalfClose(stream_.get());
  }
  void OnEnd(const absl::Status& status) override {
    if (analysis_) analysis_->StreamEnded(stream_.get(), status);
  }

 private:
  bool Begun(bool resumable) {
    if (analysis_) return true;
    auto begun = Analysis::Begin(context_, stream_, resumable);
    if (!begun.ok()) {
      Finish(begun.status());
      return false;
    }
    analysis_ = *std::move(begun);
    return true;
  }

  void Resume(const v1::SessionConfig& config) {
    if (absl::Status valid = gateway::CheckResume(config); !valid.ok()) return Finish(std::move(valid));
    auto found = context_.sessions.Find(config.resume().token());
    if (!found.ok()) {
      context_.metrics.CountResumption(gateway::Resumption::kNotFound);
      return Finish(found.status());
    }
    analysis_ = std::static_pointer_cast<Analysis>(*std::move(found));  // there are no others
    analysis_->Resume(stream_, config.resume().last_number());
  }

  void Finish(absl::Status status) { stream_->responses->Finish(std::move(status)); }

  const AnalyzeContext& context_;
  const std::shared_ptr<const ClientStream> stream_;
  std::shared_ptr<Analysis> analysis_;  // null before the first request
};

}  // namespace

std::unique_ptr<streaming::StreamHandler<v1::AnalyzeRequest>> MakeAnalyzeHandler(
    const AnalyzeContext& context, ClientStream stream) {
  return std::make_unique<AnalyzeHandler>(context, std::move(stream));
}

}  // namespace trackfit::gateway_server
