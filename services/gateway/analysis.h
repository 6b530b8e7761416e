// One analysis: its session, the session's streams to the servers behind, and whichever stream its client
// has.
#ifndef TRACKFIT_SERVICES_GATEWAY_ANALYSIS_H_
#define TRACKFIT_SERVICES_GATEWAY_ANALYSIS_H_

#include <handover/session_state.pb.h>
#include <trackfit/v1/gateway.pb.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "access/gatekeeper.h"
#include "gateway/analysis_session.h"
#include "gateway/client_relay.h"
#include "gateway/gateway_metrics.h"
#include "gateway/resumable_sessions.h"
#include "gateway/stream_age.h"
#include "runtime/byte_budget.h"
#include "runtime/strand.h"
#include "runtime/ticker.h"
#include "streaming/stream_handler.h"
#include "streaming/stream_resources.h"
#include "upstreams.h"

namespace trackfit::gateway_server {

// What all analyses share; outlives them.
struct AnalyzeContext {
  gateway::AnalysisOptions options;
  std::chrono::milliseconds retention{0};  // of a session whose client is away; 0: none is resumable
  size_t kept_bytes = 0;                   // of its latest responses
  size_t max_sessions = 0;                 // that have a stream or wait for their client
  gateway::StreamAgeLimits stream_age;
  const streaming::StreamResources& resources;
  Upstreams& upstreams;
  gateway::GatewayMetrics& metrics;
  gateway::ResumableSessions& sessions;
  runtime::Ticker& ticker;
  access::Gatekeeper* gatekeeper = nullptr;  // null: there are no keys
};

using ClientStream = streaming::StreamSession<v1::AnalyzeResponse>;

// Has a strand of its own, for it may outlive its streams: what comes from elsewhere is posted there. Its
// public methods are thread-safe.
class Analysis final : public gateway::ResumableSession,
                       private gateway::AnalysisObserver,
                       public std::enable_shared_from_this<Analysis> {
 public:
  // For the stream's first request. `caller` is null only where there are no keys. An error when there is no
  // token for a resumable one, or the caller has as many sessions as it may.
  static absl::StatusOr<std::shared_ptr<Analysis>> Begin(const AnalyzeContext& context,
                                                         std::shared_ptr<const ClientStream> stream,
                                                         bool resumable,
                                                         const std::optional<access::Caller>& caller);
  // The analysis goes on, on this stream; where it has another, that one ends. Or the stream ends with an
  // error that says why not. `caller` is of the same tenant as the one who began.
  void Resume(std::shared_ptr<const ClientStream> stream, uint64_t last_number,
              const std::optional<access::Caller>& caller);

  // One that another process handed over; it waits for its client.
  static void Restore(const AnalyzeContext& context, const handover::SessionState& state);

  // For the end of the process: where another one can go on with the session, and `reserve` has room for so
  // many bytes, it stops as it is, and `on_stopped` gets it and its state; GoAway() comes next. Else it stays
  // as it is. Both are called on the strand, and must not block.
  using OnStopped = std::function<void(std::shared_ptr<Analysis> self, handover::SessionState state)>;
  static void HandOver(std::shared_ptr<Analysis> self, std::function<bool(size_t bytes)> reserve,
                       OnStopped on_stopped);
  // Its stream ends with this status. Any thread, which must not be where it dies.
  static void GoAway(std::shared_ptr<Analysis> self, absl::Status status);

  // From the client. What comes from a stream that another has taken over from is ignored.
  void Take(const ClientStream* stream, v1::AnalyzeRequest request, streaming::InFlight in_flight);
  void HalfClose(const ClientStream* stream);
  // Behind this the analysis goes on only where it waits for its client.
  void StreamEnded(const ClientStream* stream, const absl::Status& status);

  // gateway::ResumableSession:
  size_t bytes() const override { return bytes_; }
  std::string owner() const override { return identity_.tenant; }
  void LetGo(std::shared_ptr<gateway::ResumableSession> self) override;

  // Whose it is, and what it is called.
  struct Identity {
    std::string id;
    telemetry::TraceContext trace;
    telemetry::Logger log;
    std::string token;   // empty: not resumable
    std::string tenant;  // empty: there are no keys
    gateway::AnalysisSession::TimePoint deadline;
  };
  // For Begin() and Restore(), which give it its strand.
  Analysis(const AnalyzeContext& context, Identity identity);

 private:
  using Task = absl::AnyInvocable<void(Analysis&)>;
  using SessionEvent = absl::AnyInvocable<void(gateway::AnalysisSession&)>;
  // Posts an event to the session from any thread; ignored when the analysis is over by then.
  using PostEvent = std::function<void(SessionEvent)>;

  // From the client's stream, and not yet passed on to the session.
  struct Arrived {
    v1::AnalyzeRequest request;
    streaming::InFlight in_flight;
    bool counted = false;  // as one that had to wait
  };

  // gateway::AnalysisObserver:
  void OnFrameAnswered(v1::FrameStatus status, const gateway::FrameLedger::Times& times,
                       gateway::FrameLedger::TimePoint now) override;
  void OnAssessment(const v1::Assessment& assessment, const std::string& expected_exercise,
                    std::optional<std::chrono::duration<double>> latency) override;
  void OnUpstreamBroken(gateway::Upstream upstream, const absl::Status& status) override;
  void OnUpstreamAnswered(gateway::Upstream upstream) override;
  void OnPoisoned(gateway::Upstream upstream) override;
  void OnPose(const skeleton::Pose& pose) override;

  // Any thread.
  void Post(Task task);

  // On the strand:
  void MakeStrand();
  // RESOURCE_EXHAUSTED: see access::Quotas.
  absl::Status TakePlace(const access::Caller& caller);
  void Wire();
  // It begins, with its first stream, or goes on where another process was.
  void Open(std::shared_ptr<const ClientStream> stream);
  void Continue(const handover::AnalysisState& state);
  handover::SessionState State() const;
  void Handle(SessionEvent event);
  // What has arrived, as far as the caller's limit of frames allows.
  void PassOn();
  bool MayPass(Arrived& arrived, std::string& dropped);
  void SetStream(std::shared_ptr<const ClientStream> stream);
  void ResumeOn(const std::shared_ptr<const ClientStream>& stream, uint64_t last_number,
                const std::optional<access::Caller>& caller);
  void OnTick();
  // Requests of the stream that is lost are not its any more.
  void LeaveBehind();
  // The client has no stream any more.
  void Leave(const absl::Status& status);
  bool WaitForClient();
  void ReleaseUpstreams();
  void End();
  void Fail(const absl::Status& failed);
  // Its caller may not go on. Any thread.
  void Expel(const absl::Status& reason);
  void CountBytes();

  static ExtractorClientLink::MakeEvents ExtractorEvents(const PostEvent& post);
  static InferencerClientLink::MakeEvents InferencerEvents(const PostEvent& post);

  const AnalyzeContext& context_;
  const Identity identity_;
  std::shared_ptr<runtime::Strand> strand_;
  std::atomic<size_t> bytes_ = 0;

  // On the strand:
  std::shared_ptr<const ClientStream> stream_;  // null: the client is away
  std::optional<gateway::StreamAge> age_;       // the stream's
  gateway::ClientRelay relay_;
  bool over_ = false;                             // for good
  bool handed_over_ = false;                      // to the next process; over here
  std::unique_ptr<access::Quotas::Place> place_;  // of the caller's; null: there are no keys, or over
  bool live_ = false;
  bool told_of_rate_ = false;                              // that it sends more frames than its caller may
  std::deque<Arrived> arrived_;                            // on this stream
  bool half_closing_ = false;                              // the client's half-close has arrived behind them
  std::deque<streaming::InFlight> in_flight_;              // of the latest requests of this stream
  std::optional<runtime::ByteBudget::Lease> left_behind_;  // bytes of requests of streams that were lost
  std::unique_ptr<ExtractorClientLink> extractor_;
  std::unique_ptr<InferencerClientLink> inferencer_;
  std::unique_ptr<gateway::AnalysisSession> session_;  // null once it has finished and its client is away
  std::optional<uint64_t> last_sequence_;              // what that one received last
  std::optional<runtime::Ticker::Subscription> ticks_;
};

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_ANALYSIS_H_
