#include "analyze_handler.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"

namespace trackfit::gateway_server {
namespace {

using gateway::AnalysisSession;
using gateway::Upstream;
using streaming::InFlight;

// Used on the stream's strand only; events from elsewhere are posted there.
class Analysis final : public gateway::AnalysisClient, public gateway::AnalysisObserver {
 public:
  static std::shared_ptr<Analysis> Create(const AnalyzeContext& context,
                                          streaming::StreamSession<v1::AnalyzeResponse> stream) {
    auto analysis = std::make_shared<Analysis>(context, std::move(stream));
    analysis->Wire(context, analysis);
    return analysis;
  }

  // For Create().
  Analysis(const AnalyzeContext& context, streaming::StreamSession<v1::AnalyzeResponse> stream)
      : stream_(std::move(stream)), metrics_(context.metrics), upstreams_(context.upstreams) {}

  // Does something with the session, then lets the client send as much as the session has room for.
  template <class Event>
  void Handle(Event&& event) {
    event(*session_);
    const size_t occupancy = session_->occupancy();
    while (in_flight_.size() > occupancy) in_flight_.pop_front();
  }

  void Take(v1::AnalyzeRequest request, InFlight in_flight) {
    in_flight_.push_back(std::move(in_flight));
    Handle([&request, bytes = in_flight_.back().bytes()](AnalysisSession& session) mutable {
      session.OnRequest(std::move(request), std::move(bytes));
    });
  }

  // gateway::AnalysisClient:
  void Send(v1::AnalyzeResponse response) override { stream_.responses->Write(std::move(response)); }
  void Finish(absl::Status status) override { stream_.responses->Finish(std::move(status)); }

  // gateway::AnalysisObserver:
  void OnFrameAnswered(v1::FrameStatus status, const gateway::FrameLedger::Times& times,
                       gateway::FrameLedger::TimePoint now) override {
    metrics_.CountFrame(status, times, now);
  }
  void OnAssessment(const v1::Assessment& assessment, const std::string& expected_exercise,
                    std::optional<std::chrono::duration<double>> latency) override {
    metrics_.CountAssessment(assessment, expected_exercise, latency);
  }
  void OnUpstreamBroken(Upstream upstream, const absl::Status& status) override {
    metrics_.CountBreak(upstream);
    upstreams_.NoteBroken(upstream, status);
    stream_.log.Debug("upstream stream broken", {{"upstream", gateway::Name(upstream)},
                                                 {"code", absl::StatusCodeToString(status.code())},
                                                 {"message", std::string(status.message())}});
  }
  void OnUpstreamAnswered(Upstream upstream) override { upstreams_.NoteAnswered(upstream); }
  void OnPoisoned(Upstream upstream) override {
    metrics_.CountPoisoned(upstream);
    stream_.log.Warning("gave up what an upstream broke twice with", {{"upstream", gateway::Name(upstream)}});
  }

 private:
  using SessionEvent = absl::AnyInvocable<void(AnalysisSession&)>;
  // Posts an event to the session from any thread; ignored when the analysis is over by then.
  using Post = std::function<void(SessionEvent)>;

  void Wire(const AnalyzeContext& context, const std::weak_ptr<Analysis>& self) {
    const Post post = [self, strand = stream_.strand](SessionEvent event) {
      strand->Post([self, event = std::move(event)](int) mutable {
        if (const auto analysis = self.lock()) analysis->Handle(event);
      });
    };
    const Upstreams::OnBehalf of{stream_.id, stream_.trace, stream_.deadline};
    extractor_ = context.upstreams.LinkToExtractor(of, ExtractorEvents(post));
    inferencer_ = context.upstreams.LinkToInferencer(of, InferencerEvents(post));
    session_ = std::make_unique<AnalysisSession>(
        stream_.id, context.options,
        AnalysisSession::Parts{*this, *extractor_, *inferencer_, *this,
                               [&upstreams = context.upstreams] { return upstreams.model(); },
                               [] { return std::chrono::steady_clock::now(); }, Deadline()});
    ticks_ = context.ticker.Subscribe([post] { post([](AnalysisSession& session) { session.OnTick(); }); });
  }

  // The client's, in the session's clock; one that is more than a year away counts as none.
  AnalysisSession::TimePoint Deadline() const {
    const auto left = stream_.deadline - std::chrono::system_clock::now();
    if (left > std::chrono::hours(24 * 365)) return AnalysisSession::TimePoint::max();
    return std::chrono::steady_clock::now() + left;
  }

  static ExtractorClientLink::MakeEvents ExtractorEvents(const Post& post) {
    return [post](uint64_t attempt) {
      return ExtractorClientLink::Stream::Events{
          .on_response =
              [post, attempt](v1::ExtractStreamResponse response) {
                post([attempt, response = std::move(response)](AnalysisSession& session) mutable {
                  session.OnFrameResult(attempt, std::move(*response.mutable_result()));
                });
              },
          .on_written =
              [post, attempt, told = false]() mutable {
                if (std::exchange(told, true)) return;
                post([attempt](AnalysisSession& session) { session.OnFrameWritten(attempt); });
              },
          .on_closed =
              [post, attempt](const absl::Status& status) {
                post([attempt, status](AnalysisSession& session) {
                  session.OnExtractorClosed(attempt, status);
                });
              },
      };
    };
  }

  static InferencerClientLink::MakeEvents InferencerEvents(const Post& post) {
    return [post](uint64_t attempt) {
      return InferencerClientLink::Stream::Events{
          .on_response =
              [post, attempt](v1::InferStreamResponse response) {
                post([attempt, response = std::move(response)](AnalysisSession& session) mutable {
                  session.OnInferred(attempt, std::move(response));
                });
              },
          .on_written =
              [post, attempt] {
                post([attempt](AnalysisSession& session) { session.OnPoseWritten(attempt); });
              },
          .on_closed =
              [post, attempt](const absl::Status& status) {
                post([attempt, status](AnalysisSession& session) {
                  session.OnInferencerClosed(attempt, status);
                });
              },
      };
    };
  }

  const streaming::StreamSession<v1::AnalyzeResponse> stream_;
  gateway::GatewayMetrics& metrics_;
  Upstreams& upstreams_;
  std::deque<InFlight> in_flight_;  // of the latest requests
  std::unique_ptr<ExtractorClientLink> extractor_;
  std::unique_ptr<InferencerClientLink> inferencer_;
  std::unique_ptr<AnalysisSession> session_;
  std::optional<runtime::Ticker::Subscription> ticks_;
};

// The analysis is shared with events that are on their way; the handler decides when it ends.
class AnalyzeHandler final : public streaming::StreamHandler<v1::AnalyzeRequest> {
 public:
  explicit AnalyzeHandler(std::shared_ptr<Analysis> analysis) : analysis_(std::move(analysis)) {}

  void OnRequest(v1::AnalyzeRequest request, InFlight in_flight, int /*worker*/) override {
    analysis_->Take(std::move(request), std::move(in_flight));
  }
  void OnHalfClose(int /*worker*/) override {
    analysis_->Handle([](AnalysisSession& session) { session.OnHalfClose(); });
  }
  void OnEnd() override {
    analysis_->Handle([](AnalysisSession& session) { session.OnEnd(); });
  }

 private:
  const std::shared_ptr<Analysis> analysis_;
};

}  // namespace

std::unique_ptr<streaming::StreamHandler<v1::AnalyzeRequest>> MakeAnalyzeHandler(
    const AnalyzeContext& context, streaming::StreamSession<v1::AnalyzeResponse> stream) {
  return std::make_unique<AnalyzeHandler>(Analysis::Create(context, std::move(stream)));
}

}  // namespace trackfit::gateway_server
