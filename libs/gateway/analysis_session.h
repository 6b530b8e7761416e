// One client's analysis: frames or poses in; frame results, assessments, what the coach says and a summary
// out. Joins the extractor and the inferencer and survives the loss of either. Knows no transport.
#ifndef TRACKFIT_GATEWAY_ANALYSIS_SESSION_H_
#define TRACKFIT_GATEWAY_ANALYSIS_SESSION_H_

#include <handover/session_state.pb.h>
#include <trackfit/v1/common.pb.h>
#include <trackfit/v1/gateway.pb.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assessment/clip_summary.h"
#include "assessment/window_session.h"
#include "gateway/coach_relay.h"
#include "gateway/frame_ledger.h"
#include "gateway/frame_rate_check.h"
#include "gateway/model_info.h"
#include "gateway/orientation_check.h"
#include "gateway/poison_watch.h"
#include "gateway/pose_arrivals.h"
#include "gateway/pose_history.h"
#include "gateway/primary_person.h"
#include "gateway/session_notices.h"
#include "gateway/upstream.h"
#include "skeleton/validate.h"

namespace trackfit::gateway {

// Limits of one session.
struct AnalysisOptions {
  size_t max_frame_bytes = 4 << 20;       // of one image file; a larger one is an INVALID_FRAME; at least 1
  size_t max_raw_frame_bytes = 12 << 20;  // the same for uncompressed pixels
  std::chrono::milliseconds upstream_timeout{20'000};  // for an upstream that owes something; at least 1 s
  std::string extractor;                               // host:port, for what people are told
  std::string inferencer;                              // the same
};

// The session's client. Its calls must neither block nor call the session back from within.
class AnalysisClient {
 public:
  virtual ~AnalysisClient() = default;
  virtual void Send(v1::AnalyzeResponse response) = 0;
  // The end: what was sent is delivered, then the status.
  virtual void Finish(absl::Status status) = 0;
};

// What a session tells about itself, for metrics and logs. Must not block.
class AnalysisObserver {
 public:
  virtual ~AnalysisObserver() = default;
  virtual void OnFrameAnswered(v1::FrameStatus status, const FrameLedger::Times& times,
                               FrameLedger::TimePoint now) = 0;
  // Of the person who is assessed.
  virtual void OnPose(const skeleton::Pose& pose) = 0;
  // `expected_exercise` is empty when the client did not name one that the model knows. `latency` is the time
  // from the arrival of the last frame in the window; nullopt when nobody remembers that.
  virtual void OnAssessment(const v1::Assessment& assessment, const std::string& expected_exercise,
                            std::optional<std::chrono::duration<double>> latency) = 0;
  virtual void OnUpstreamBroken(Upstream upstream, const absl::Status& status) = 0;
  // It answers, for the first time in the session or since it was lost.
  virtual void OnUpstreamAnswered(Upstream upstream) = 0;
  // A frame, or a window of poses, was given up because the upstream broke twice with it.
  virtual void OnPoisoned(Upstream upstream) = 0;
};

// Not thread-safe: all calls come from one strand.
//
// Order: SessionStarted; one FrameResult for every frame and pose, in the order in which they came; each
// assessment, repetition, advice and hint somewhere behind the result of its last frame; after a half-close
// SessionSummary and OK. When an upstream's stream breaks, a new one is opened and what the old one owed is
// sent again; nothing is delivered twice. A new inferencer's coach goes on from the last checkpoint, so that
// no repetition is lost or renumbered. A session sends either frames or poses; poses need no extractor.
//
// What is wrong with one frame or pose, its timestamp included, is said in its result (INVALID_FRAME) and the
// session goes on. So it does when upstreams break twice with the same frame in hand, which becomes an
// INVALID_FRAME, or with the same window of poses, which is left out.
//
// Notices tell of what the client should know: timestamps that imply an implausible rate, people who stand on
// their heads, an upstream that is away or back, poses left out, another version of the model. They may come
// before SessionStarted.
//
// A session asks all its inferencers for the version of the model that its client was told. One that no
// longer has it uses another, and the session goes on: no exercise and no window that was accepted is refused
// then.
//
// Of several people the primary one is assessed. After the loss of an extractor a single person keeps the
// person_id; several get new ones, because the next extractor may count them otherwise.
//
// Ends with INVALID_ARGUMENT naming the field when the configuration is broken, requests come in the wrong
// order or an upstream says so; with UNAVAILABLE when an upstream owes something and makes no progress for
// `upstream_timeout`; with DEADLINE_EXCEEDED when the client's deadline has passed.
class AnalysisSession {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  struct Parts {
    AnalysisClient& client;
    ExtractorLink& extractor;
    InferencerLink& inferencer;
    AnalysisObserver& observer;
    // While no model is known, an error that says why.
    std::function<absl::StatusOr<std::shared_ptr<const ModelInfo>>()> model;
    std::function<TimePoint()> now;
    TimePoint deadline = TimePoint::max();  // the client's
  };

  // The parts outlive the session; `options` are valid.
  AnalysisSession(std::string session_id, const AnalysisOptions& options, Parts parts);
  AnalysisSession(const AnalysisSession&) = delete;
  AnalysisSession& operator=(const AnalysisSession&) = delete;

  // What another process needs to go on: Restore() there, of a session with the same id, is its first call
  // and brings it where this one is, but for two things. Frames that are not answered yet are not part of it:
  // their client sends them again. And streams to the servers behind begin anew, as after the loss of both.
  // nullopt where it has not begun, or is over.
  std::optional<handover::AnalysisState> State() const;
  // INVALID_ARGUMENT naming what is wrong with the state.
  absl::Status Restore(const handover::AnalysisState& state);

  // From the client. `held` lives as long as the session keeps the image in the request. A frame or pose for
  // which there is a reason to drop it is answered so.
  void OnRequest(v1::AnalyzeRequest request, std::shared_ptr<void> held = nullptr,
                 const std::string& drop_reason = "");
  void OnHalfClose();
  // The client's stream has ended. The upstreams are let go; no part is used any more.
  void OnEnd();

  // From the extractor's stream. `attempt` is the number that Connect gave; what comes from an older one is
  // ignored. OnFrameWritten says that the transport took a request, at least once in an attempt.
  void OnFrameWritten(uint64_t attempt);
  void OnFrameResult(uint64_t attempt, v1::FrameResult result);
  void OnExtractorClosed(uint64_t attempt, const absl::Status& status);

  // From the inferencer's stream. OnPoseWritten confirms each Send, the configuration's included.
  void OnPoseWritten(uint64_t attempt);
  void OnInferred(uint64_t attempt, v1::InferStreamResponse response);
  void OnInferencerClosed(uint64_t attempt, const absl::Status& status);

  // Time passes: to be called several times a second.
  void OnTick();

  // The client should know something that others have noticed.
  void OnNotice(v1::NoticeCode code, std::string message);

  // What the client sent last, in a session that it resumes.
  std::optional<uint64_t> last_sequence() const { return order_.last_sequence(); }
  bool half_closed() const { return half_closed_; }

  // Of the images of frames that are not answered yet.
  size_t unanswered_bytes() const { return ledger_.bytes(); }

  // How many of the latest requests still occupy the session; by reading only while that is below a limit the
  // caller bounds the session's memory and slows its client down. In LOSSLESS delivery these are the
  // unanswered ones; in LIVE delivery none, because there waiting frames are dropped instead. As good as
  // infinite while the inferencer lags behind.
  size_t occupancy() const;

 private:
  static constexpr size_t kPosesKept = 2048;  // for a replay

  enum class Phase { kConfig, kModel, kRunning, kOver };
  enum class Kind { kFrame, kPose };

  void HandleConfig(const v1::SessionConfig& config);
  void BeginOnceModelIsKnown();
  absl::Status Begin(const ModelInfo& model);
  // The session's windows, and with them the history that a replay needs.
  void SetWindow(const assessment::WindowConfig& window, double rate_hz);
  void SetKind(Kind kind);
  // What those of the next extractor's stream are counted from.
  void OffsetPeople();
  absl::Status HandleFrame(v1::Frame frame, std::shared_ptr<void> held, const std::string& drop_reason);
  absl::Status HandlePose(v1::Pose pose, const std::string& drop_reason);
  // A session sends either frames or poses, in the order of their sequences.
  absl::Status TakeOrder(Kind kind, uint64_t sequence);
  // INVALID_ARGUMENT: the frame or pose is not usable.
  absl::Status TakeTimestamp(int64_t timestamp_us);
  // Always OK.
  absl::Status Answer(uint64_t sequence, v1::FrameStatus status, std::string detail);
  absl::Status AnswerInvalid(uint64_t sequence, const absl::Status& reason);

  // Moves on whatever can move: answers out, frames and poses on their way.
  void Pump();
  void DeliverAnswers();
  void TakePose(const v1::Pose& pose, uint32_t people, TimePoint received);
  void FeedExtractor();
  void ConnectExtractor();
  // Makes people of this attempt different from those whom earlier attempts saw.
  void RenumberPeople(v1::FrameResult& result);
  void FeedInferencer();
  void ConnectInferencer();
  // INTERNAL: it is none that the contract allows.
  void NoteVersion(const v1::Assessment& assessment);
  absl::Status TakeAssessment(v1::Assessment assessment);
  // What the inferencer may have been at when its stream broke: poses of a window that it owed, or those that
  // it had just been given.
  std::optional<PoisonWatch::Suspects> InInferencersHands() const;
  // The inferencers broke twice with the poses behind the last assessment.
  void SkipPoses(const absl::Status& status);
  void DeliverSummary();
  void CheckUpstreams();
  void TellPresence(Upstream upstream, UpstreamState& state, const std::string& address);
  void Notify(v1::NoticeCode code, std::string message);
  // The stream of an upstream ended before its time: try again, or give up with it.
  void HandleBroken(Upstream upstream, UpstreamState& state, const absl::Status& status);
  void Finish(absl::Status status);

  bool live() const { return config_.delivery() == v1::DELIVERY_MODE_LIVE; }
  uint32_t max_people() const { return std::max(config_.max_people(), 1U); }
  bool ExtractorOwes() const { return ledger_.waiting() + ledger_.in_flight() > 0; }
  bool InferencerOwes() const;
  bool EverythingIsAnswered() const { return half_closed_ && ledger_.empty(); }

  const std::string id_;
  const AnalysisOptions options_;
  const Parts parts_;

  Phase phase_ = Phase::kConfig;
  v1::SessionConfig config_;
  std::string model_version_;      // that the client knows of
  std::string expected_of_model_;  // config_.expected_exercise() if the model knows it
  bool half_closed_ = false;

  std::optional<Kind> kind_;  // of what came first
  skeleton::StreamOrder order_;
  std::deque<skeleton::StreamOrder> orders_;  // behind each request in the ledger
  skeleton::StreamOrder answered_order_;      // behind the last that was answered
  std::optional<FrameRateCheck> rate_;        // from the first frame or pose on
  SessionNotices notices_;

  FrameLedger ledger_;
  PoseArrivals arrivals_{kPosesKept};
  UpstreamState extractor_;
  bool extractor_answered_ = false;  // in this attempt
  PoisonWatch extractor_poison_;
  uint32_t highest_person_ = 0;  // person_id so far
  uint32_t person_offset_ = 0;   // added to the ids of the extractor's current stream

  PrimaryPerson primary_;               // of several people
  std::optional<PoseHistory> history_;  // from Begin on
  bool coached_ = false;                // the inferencer has a coach, and it has work
  CoachRelay coach_;
  OrientationCheck orientation_;
  UpstreamState inferencer_;
  PoisonWatch inferencer_poison_;
  std::deque<std::pair<TimePoint, uint64_t>> just_sent_;  // poses of this attempt: when, and which
  TimePoint inferencer_alive_{};               // when this attempt began or last brought an assessment
  double rate_hz_ = 0;                         // the model's
  int64_t first_window_us_ = 0;                // from a stream's first pose to the end of its first window
  int64_t next_window_us_ = 0;                 // from the end of a window to that of the next
  int64_t window_tolerance_us_ = 0;            // a window may end so much before
  size_t unwritten_poses_ = 0;                 // sent in this attempt and not yet confirmed
  uint64_t furthest_written_ = 0;              // poses that the transport took, over all attempts
  bool closing_inferencer_ = false;            // nothing more is sent in this attempt
  std::optional<uint64_t> last_assessed_;      // last_sequence of the last delivered assessment
  std::optional<uint64_t> attempt_assessed_;   // the same of the current attempt, delivered or not
  std::optional<uint64_t> already_delivered_;  // a replay's assessments up to this sequence are known

  v1::SessionSummary summary_;
  assessment::ClipSummary clip_summary_;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_ANALYSIS_SESSION_H_
