#include "gateway/analysis_session.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "contract/convert.h"
#include "gateway/config_check.h"
#include "skeleton/validate.h"

namespace trackfit::gateway {
namespace {

// In live delivery the extractor takes the newest of the frames that it has when it is the session's turn, so
// frames go there at once; as many as it reads (its --max-in-flight) before it answers.
constexpr size_t kLiveFramesInFlight = 8;
// What has not reached it when the next frame comes never will.
constexpr size_t kLiveFramesWaiting = 1;
// Dropped frames that live delivery remembers behind one that is not answered yet.
constexpr size_t kLiveLedger = 1024;

constexpr size_t kPosesUnwritten =
    32;  // handed to the inferencer's stream and not yet taken by the transport
// Poses that wait for an inferencer before the session is occupied. A lossless client then waits. A live one
// would drop frames, and with them parts of repetitions, so that is left for when the inferencer has been
// away for half a minute at 30 poses per second; about 2 KB each.
constexpr size_t kPosesUnsent = 64;
constexpr size_t kLivePosesUnsent = 1024;

// An inferencer that has had the poses behind its last assessment for so long does not break because of them:
// it assesses a window in a fraction of a second.
constexpr std::chrono::seconds kHarmlessAfter{10};
// It has dealt with a pose that ends no window after so long.
constexpr std::chrono::seconds kTakenAfter{1};
// An upstream that is connected and owes something may be silent for this long, and for half of its timeout,
// before the client is told.
constexpr std::chrono::seconds kLeastPatience{5};
// An upstream's DEADLINE_EXCEEDED this close to the client's deadline is due to that.
constexpr std::chrono::milliseconds kDeadlineTolerance{500};

std::string Seconds(std::chrono::milliseconds time) {
  return absl::StrCat(std::chrono::duration<double>(time).count(), " s");
}

absl::Status DeadlinePassed() { return absl::DeadlineExceededError("the client's deadline has passed"); }

const char* NameOf(bool is_pose) { return is_pose ? "pose" : "frame"; }

}  // namespace

AnalysisSession::AnalysisSession(std::string session_id, const AnalysisOptions& options, Parts parts)
    : id_(std::move(session_id)), options_(options), parts_(std::move(parts)) {}

void AnalysisSession::OnRequest(v1::AnalyzeRequest request, std::shared_ptr<void> held,
                                const std::string& drop_reason) {
  if (phase_ == Phase::kOver) return;
  if (half_closed_) {
    return Finish(
        absl::InvalidArgumentError("a request came although the client had half-closed the session"));
  }
  const bool configured = phase_ != Phase::kConfig;
  absl::Status status;
  switch (request.request_case()) {
    case v1::AnalyzeRequest::kConfig:
      if (configured) {
        status = absl::InvalidArgumentError("config was sent twice; it comes first, exactly once");
      } else {
        HandleConfig(request.config());
      }
      break;
    case v1::AnalyzeRequest::kFrame:
      status = configured ? HandleFrame(std::move(*request.mutable_frame()), std::move(held), drop_reason)
                          : absl::InvalidArgumentError("config is missing: it comes before the first frame");
      break;
    case v1::AnalyzeRequest::kPose:
      status = configured ? HandlePose(std::move(*request.mutable_pose()), drop_reason)
                          : absl::InvalidArgumentError("config is missing: it comes before the first pose");
      break;
    case v1::AnalyzeRequest::REQUEST_NOT_SET:
      status = absl::InvalidArgumentError("request is empty; it must hold a config, a frame or a pose");
      break;
  }
  if (!status.ok()) return Finish(status);
  if (request.request_case() != v1::AnalyzeRequest::kConfig) orders_.push_back(order_);
  Pump();
}

void AnalysisSession::OnHalfClose() {
  if (phase_ == Phase::kOver || half_closed_) return;
  half_closed_ = true;
  if (rate_) {
    if (auto message = rate_->Finish()) Notify(v1::NOTICE_CODE_IMPLAUSIBLE_RATE, *std::move(message));
  }
  if (phase_ == Phase::kConfig) {
    return Finish(absl::InvalidArgumentError("config is missing: the stream ended without a request"));
  }
  Pump();
}

void AnalysisSession::OnEnd() {
  if (phase_ == Phase::kOver) return;
  phase_ = Phase::kOver;
  parts_.extractor.Disconnect();
  parts_.inferencer.Disconnect();
}

void AnalysisSession::OnFrameWritten(uint64_t attempt) {
  if (phase_ != Phase::kOver && extractor_.IsCurrent(attempt)) extractor_.Reached(parts_.now());
}

void AnalysisSession::OnFrameResult(uint64_t attempt, v1::FrameResult result) {
  if (phase_ == Phase::kOver || !extractor_.IsCurrent(attempt)) return;
  if (extractor_.Answered()) parts_.observer.OnUpstreamAnswered(Upstream::kExtractor);
  extractor_answered_ = true;
  RenumberPeople(result);
  if (const absl::Status status = ledger_.Answer(std::move(result), parts_.now()); !status.ok()) {
    return Finish(absl::InternalError(absl::StrCat("extractor: ", status.message())));
  }
  extractor_.Progressed(parts_.now());
  extractor_poison_.Answered();
  Pump();
}

void AnalysisSession::OnExtractorClosed(uint64_t attempt, const absl::Status& status) {
  if (phase_ == Phase::kOver || !extractor_.IsCurrent(attempt)) return;
  const std::optional<uint64_t> processed = ledger_.ReturnInFlight();
  if (processed && extractor_poison_.Blames(PoisonWatch::Suspects{*processed, *processed}, status)) {
    ledger_.GiveUpOldestWaiting(v1::FRAME_STATUS_INVALID_FRAME,
                                absl::StrCat("the extractor broke twice with this frame: ", Reason(status)));
    extractor_.Progressed(parts_.now());
    parts_.observer.OnPoisoned(Upstream::kExtractor);
  }
  OffsetPeople();
  HandleBroken(Upstream::kExtractor, extractor_, status);
}

void AnalysisSession::OnPoseWritten(uint64_t attempt) {
  if (phase_ == Phase::kOver || !inferencer_.IsCurrent(attempt)) return;
  inferencer_.Reached(parts_.now());
  --unwritten_poses_;
  const uint64_t written = history_->added() - history_->unsent() - unwritten_poses_;
  if (written > furthest_written_) {
    furthest_written_ = written;
    inferencer_.Progressed(parts_.now());
  }
  Pump();
}

void AnalysisSession::OnInferred(uint64_t attempt, v1::InferStreamResponse response) {
  if (phase_ == Phase::kOver || !inferencer_.IsCurrent(attempt)) return;
  if (inferencer_.Answered()) parts_.observer.OnUpstreamAnswered(Upstream::kInferencer);
  if (response.has_assessment()) {
    absl::Status taken = TakeAssessment(std::move(*response.mutable_assessment()));
    if (!taken.ok()) return Finish(std::move(taken));
  }
  for (v1::AnalyzeResponse& news : coach_.Take(response)) {
    inferencer_.Progressed(parts_.now());
    if (news.repetition().complete()) clip_summary_.AddRepetition(news.repetition().exercise());
    parts_.client.Send(std::move(news));
  }
  if (coached_ && response.has_checkpoint()) {
    history_->Checkpoint(coach_.checkpoint()->sequence(), attempt_assessed_);
  }
  Pump();
}

absl::Status AnalysisSession::TakeAssessment(v1::Assessment assessment) {
  const uint64_t last_sequence = assessment.last_sequence();
  inferencer_alive_ = parts_.now();
  attempt_assessed_ = last_sequence;
  if (already_delivered_ && last_sequence <= *already_delivered_) return absl::OkStatus();
  const auto judged = contract::FromProto(assessment);
  if (!judged.ok()) return absl::InternalError(absl::StrCat("inferencer: ", judged.status().message()));
  inferencer_.Progressed(parts_.now());
  inferencer_poison_.Answered();
  last_assessed_ = last_sequence;
  NoteVersion(assessment);
  history_->Delivered(last_sequence);
  clip_summary_.Add(*judged);
  summary_.set_assessments(summary_.assessments() + 1);
  notices_.Remember(assessment);
  const std::optional<TimePoint> received = arrivals_.TakeUpTo(last_sequence);
  parts_.observer.OnAssessment(assessment, expected_of_model_,
                               received ? std::optional(parts_.now() - *received) : std::nullopt);
  v1::AnalyzeResponse response;
  *response.mutable_assessment() = std::move(assessment);
  parts_.client.Send(std::move(response));
  return absl::OkStatus();
}

void AnalysisSession::NoteVersion(const v1::Assessment& assessment) {
  const std::string& version = assessment.model_version();
  if (version.empty() || version == model_version_) return;
  Notify(v1::NOTICE_CODE_MODEL_CHANGED,
         absl::StrCat("from here on version ", version, " of the model assesses; no inferencer has ",
                      model_version_, " any more"));
  model_version_ = version;
  const std::string& expected = config_.expected_exercise();
  const bool knows = std::ranges::any_of(assessment.classes(), [&expected](const v1::ClassScore& score) {
    return score.exercise() == expected;
  });
  expected_of_model_ = knows ? expected : "";
}

void AnalysisSession::OnInferencerClosed(uint64_t attempt, const absl::Status& status) {
  if (phase_ == Phase::kOver || !inferencer_.IsCurrent(attempt)) return;
  if (closing_inferencer_ && status.ok()) {
    inferencer_.Close();
    return DeliverSummary();
  }
  if (inferencer_poison_.Blames(InInferencersHands(), status)) SkipPoses(status);
  history_->Rewind();
  unwritten_poses_ = 0;  // an attempt that is over owes nothing; perhaps no other follows
  closing_inferencer_ = false;
  just_sent_.clear();
  HandleBroken(Upstream::kInferencer, inferencer_, status);
}

std::optional<PoisonWatch::Suspects> AnalysisSession::InInferencersHands() const {
  const std::optional<uint64_t> last = history_->last_sent();
  // In a replay it comes first to windows that were harmless before.
  if (!last || attempt_assessed_ != last_assessed_) return std::nullopt;
  const bool owes_window =
      closing_inferencer_ ||
      history_->Reaches(attempt_assessed_,
                        (attempt_assessed_ ? next_window_us_ : first_window_us_) - window_tolerance_us_);
  std::optional<uint64_t> first;
  if (owes_window && parts_.now() - inferencer_alive_ < kHarmlessAfter) {
    first = last_assessed_ ? *last_assessed_ + 1 : 0;
  } else {
    for (const auto& [sent, sequence] : just_sent_) {
      if (parts_.now() - sent > kTakenAfter || (last_assessed_ && sequence <= *last_assessed_)) continue;
      first = sequence;
      break;
    }
  }
  if (!first || *first > *last) return std::nullopt;
  return PoisonWatch::Suspects{*first, *last};
}

// The poses that the window shares with earlier ones go, too: whichever is to blame, the next window begins
// without it.
void AnalysisSession::SkipPoses(const absl::Status& status) {
  const auto skipped =
      history_->Skip(attempt_assessed_, attempt_assessed_ ? next_window_us_ : first_window_us_);
  if (!skipped) return;
  inferencer_.Progressed(parts_.now());
  parts_.observer.OnPoisoned(Upstream::kInferencer);
  Notify(v1::NOTICE_CODE_POSES_SKIPPED,
         absl::StrCat("the inferencer broke twice with the poses up to ", *skipped, " (", Reason(status),
                      "); they are left out, and the window starts anew behind them"));
}

void AnalysisSession::OnTick() {
  const auto on = [this] { return phase_ == Phase::kModel || phase_ == Phase::kRunning; };
  if (on() && parts_.now() >= parts_.deadline) return Finish(DeadlinePassed());
  if (on()) Pump();
  if (on()) CheckUpstreams();
}

void AnalysisSession::OnNotice(v1::NoticeCode code, std::string message) {
  if (phase_ != Phase::kOver) Notify(code, std::move(message));
}

void AnalysisSession::HandleConfig(const v1::SessionConfig& config) {
  config_ = config;
  phase_ = Phase::kModel;
  inferencer_.SetOwing(true, parts_.now());
}

void AnalysisSession::BeginOnceModelIsKnown() {
  const auto model = parts_.model();
  if (!model.ok()) return inferencer_.Miss(model.status());
  inferencer_.ModelKnown();
  const auto own = ForSession(**model, config_.model(), id_);
  const absl::Status status = own.ok() ? Begin(*own) : own.status();
  if (!status.ok()) Finish(status);
}

absl::Status AnalysisSession::Begin(const ModelInfo& model) {
  if (absl::Status valid = CheckConfig(config_, model); !valid.ok()) return valid;
  if (Knows(model.exercises, config_.expected_exercise())) expected_of_model_ = config_.expected_exercise();
  model_version_ = model.version;
  coached_ = IsCoached(config_, model);
  const auto window = contract::FromProto(config_.window()).Resolve(model.window_frames);
  if (!window.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("config.", window.status().message()));
  }
  *config_.mutable_window() = contract::ToProto(*window);  // the same, whichever model goes on
  SetWindow(*window, model.rate_hz);
  phase_ = Phase::kRunning;

  v1::AnalyzeResponse response;
  v1::SessionStarted& started = *response.mutable_started();
  started.set_session_id(id_);
  started.set_model_version(model.version);
  started.mutable_exercises()->Assign(model.exercises.begin(), model.exercises.end());
  started.mutable_coached_exercises()->Assign(model.coached_exercises.begin(), model.coached_exercises.end());
  started.mutable_references()->Assign(model.references.begin(), model.references.end());
  if (coached_) started.set_language(LanguageOf(config_.coach()));
  parts_.client.Send(std::move(response));
  return absl::OkStatus();
}

absl::Status AnalysisSession::HandleFrame(v1::Frame frame, std::shared_ptr<void> held,
                                          const std::string& drop_reason) {
  if (absl::Status status = TakeOrder(Kind::kFrame, frame.sequence()); !status.ok()) return status;
  absl::Status time = TakeTimestamp(frame.timestamp_us());
  if (!time.ok()) return AnswerInvalid(frame.sequence(), time);
  if (!drop_reason.empty()) return Answer(frame.sequence(), v1::FRAME_STATUS_DROPPED, drop_reason);
  const size_t bytes = ImageBytes(frame);
  const size_t limit = frame.has_raw() ? options_.max_raw_frame_bytes : options_.max_frame_bytes;
  if (bytes <= limit) {
    ledger_.AddFrame(std::move(frame), parts_.now(), std::move(held));
    return absl::OkStatus();
  }
  return AnswerInvalid(frame.sequence(), absl::InvalidArgumentError(absl::StrCat(
                                             frame.has_raw() ? "frame.raw.data" : "frame.encoded", " has ",
                                             bytes, " bytes; at most ", limit, " are accepted")));
}

absl::Status AnalysisSession::HandlePose(v1::Pose pose, const std::string& drop_reason) {
  if (absl::Status status = TakeOrder(Kind::kPose, pose.sequence()); !status.ok()) return status;
  absl::Status valid = TakeTimestamp(pose.timestamp_us());
  if (valid.ok()) valid = contract::FromProto(pose).status();
  if (!valid.ok()) return AnswerInvalid(pose.sequence(), valid);
  if (!drop_reason.empty()) return Answer(pose.sequence(), v1::FRAME_STATUS_DROPPED, drop_reason);
  v1::FrameResult result;
  result.set_sequence(pose.sequence());
  result.set_status(v1::FRAME_STATUS_POSE);
  *result.mutable_pose() = std::move(pose);
  ledger_.AddAnswered(std::move(result), parts_.now());
  return absl::OkStatus();
}

absl::Status AnalysisSession::TakeOrder(Kind kind, uint64_t sequence) {
  if (!kind_) SetKind(kind);
  if (kind != *kind_) {
    return absl::InvalidArgumentError(absl::StrCat(
        kind == Kind::kPose ? "pose: this session sends frames" : "frame: this session sends poses",
        "; a session sends either frames or poses"));
  }
  return order_.TakeSequence(NameOf(kind == Kind::kPose), sequence);
}

absl::Status AnalysisSession::TakeTimestamp(int64_t timestamp_us) {
  if (auto message = rate_->Add(timestamp_us)) {
    Notify(v1::NOTICE_CODE_IMPLAUSIBLE_RATE, *std::move(message));
  }
  return order_.TakeTimestamp(NameOf(*kind_ == Kind::kPose), timestamp_us);
}

absl::Status AnalysisSession::Answer(uint64_t sequence, v1::FrameStatus status, std::string detail) {
  v1::FrameResult result;
  result.set_sequence(sequence);
  result.set_status(status);
  result.set_detail(std::move(detail));
  ledger_.AddAnswered(std::move(result), parts_.now());
  return absl::OkStatus();
}

absl::Status AnalysisSession::AnswerInvalid(uint64_t sequence, const absl::Status& reason) {
  return Answer(sequence, v1::FRAME_STATUS_INVALID_FRAME, std::string(reason.message()));
}

void AnalysisSession::Pump() {
  if (phase_ == Phase::kModel) BeginOnceModelIsKnown();
  while (live() && ledger_.waiting() > kLiveFramesWaiting) {
    ledger_.GiveUpOldestWaiting(v1::FRAME_STATUS_DROPPED, "a newer frame was waiting");
  }
  if (phase_ != Phase::kRunning) return;
  FeedExtractor();
  DeliverAnswers();
  FeedInferencer();
  if (EverythingIsAnswered() && history_->added() == 0) return DeliverSummary();

  const TimePoint now = parts_.now();
  extractor_.SetOwing(ExtractorOwes(), now);
  inferencer_.SetOwing(InferencerOwes(), now);
}

void AnalysisSession::FeedExtractor() {
  if (!ExtractorOwes()) {
    if (half_closed_ && extractor_.open()) {
      parts_.extractor.CloseSending();
      extractor_.Close();
    }
    return;
  }
  if (extractor_.MayConnect(parts_.now())) ConnectExtractor();
  if (!extractor_.open()) return;
  // One until it answers: should it break, then with that one and no other in hand.
  const size_t most_live = extractor_answered_ ? kLiveFramesInFlight : 1;
  while (ledger_.waiting() > 0 && (!live() || ledger_.in_flight() < most_live)) {
    parts_.extractor.Send(ledger_.NextToSend(parts_.now()));
  }
}

void AnalysisSession::ConnectExtractor() {
  parts_.extractor.Connect(extractor_.Open());
  extractor_answered_ = false;
  auto request = std::make_shared<v1::ExtractStreamRequest>();
  request->mutable_config()->set_max_people(max_people());
  request->mutable_config()->set_newest_only(live());
  request->mutable_config()->set_pose_model(config_.pose_model());
  parts_.extractor.Send(std::move(request));
}

void AnalysisSession::RenumberPeople(v1::FrameResult& result) {
  const auto renumber = [this](v1::Pose& pose) {
    if (pose.person_id() == 0) return;
    pose.set_person_id(pose.person_id() + person_offset_);
    highest_person_ = std::max(highest_person_, pose.person_id());
  };
  if (result.has_pose()) renumber(*result.mutable_pose());
  for (v1::Pose& pose : *result.mutable_other_poses()) renumber(pose);
}

void AnalysisSession::DeliverAnswers() {
  while (auto answered = ledger_.PopAnswered()) {
    answered_order_ = orders_.front();
    orders_.pop_front();
    v1::FrameResult& result = answered->result;
    summary_.set_frames(summary_.frames() + 1);
    switch (result.status()) {
      case v1::FRAME_STATUS_POSE:
        summary_.set_poses(summary_.poses() + 1);
        if (max_people() == 1) {
          TakePose(result.pose(), 0, answered->times.received);
        } else if (const v1::Pose* pose = primary_.In(result)) {
          TakePose(*pose, 1 + static_cast<uint32_t>(result.other_poses_size()), answered->times.received);
        }
        break;
      case v1::FRAME_STATUS_NO_POSE:
        summary_.set_no_pose(summary_.no_pose() + 1);
        if (coached_) history_->AddNobody(result.sequence(), answered->timestamp_us);
        break;
      case v1::FRAME_STATUS_DROPPED:
        summary_.set_dropped(summary_.dropped() + 1);
        break;
      default:
        summary_.set_invalid(summary_.invalid() + 1);
        break;
    }
    parts_.observer.OnFrameAnswered(result.status(), answered->times, parts_.now());
    v1::AnalyzeResponse response;
    *response.mutable_frame_result() = std::move(result);
    parts_.client.Send(std::move(response));
  }
}

void AnalysisSession::TakePose(const v1::Pose& pose, uint32_t people, TimePoint received) {
  arrivals_.Add(pose.sequence(), received);
  history_->Add(pose, coached_ ? people : 0);
  auto seen = contract::FromProto(pose);
  if (!seen.ok()) return;  // the inferencer says so
  parts_.observer.OnPose(*seen);
  skeleton::MarkAbsentJoints(*seen);
  if (auto message = orientation_.Add(*seen)) Notify(v1::NOTICE_CODE_UPSIDE_DOWN, *std::move(message));
}

void AnalysisSession::FeedInferencer() {
  const bool finishing = EverythingIsAnswered() && history_->added() > 0;
  if (!inferencer_.open()) {
    const bool wanted = history_->unsent() > 0 || finishing;
    if (!wanted || !inferencer_.MayConnect(parts_.now())) return;
    ConnectInferencer();
  }
  while (history_->unsent() > 0 && unwritten_poses_ < kPosesUnwritten) {
    parts_.inferencer.Send(history_->NextToSend());
    ++unwritten_poses_;
    just_sent_.emplace_back(parts_.now(), *history_->last_sent());
    while (parts_.now() - just_sent_.front().first > kTakenAfter) just_sent_.pop_front();
  }
  if (finishing && history_->unsent() == 0 && !closing_inferencer_) {
    closing_inferencer_ = true;
    parts_.inferencer.CloseSending();
  }
}

void AnalysisSession::ConnectInferencer() {
  already_delivered_ = last_assessed_;
  attempt_assessed_.reset();
  coach_.BeginAttempt();
  inferencer_alive_ = parts_.now();
  parts_.inferencer.Connect(inferencer_.Open());

  auto request = std::make_shared<v1::InferStreamRequest>();
  v1::InferStreamConfig& config = *request->mutable_config();
  config.set_expected_exercise(config_.expected_exercise());
  *config.mutable_window() = config_.window();
  config.set_model(config_.model());
  config.set_model_version(model_version_);
  if (config_.has_coach()) *config.mutable_coach() = config_.coach();
  config.set_reference(config_.reference());
  config.set_reference_data(config_.reference_data());
  config.set_newest_only(live());
  if (coach_.checkpoint() != nullptr) *config.mutable_checkpoint() = *coach_.checkpoint();
  parts_.inferencer.Send(std::move(request));
  unwritten_poses_ = 1;
}

size_t AnalysisSession::occupancy() const {
  const bool inferencer_lags = history_ && history_->unsent() >= (live() ? kLivePosesUnsent : kPosesUnsent);
  const bool live_lags = live() && ledger_.size() >= kLiveLedger;
  if (inferencer_lags || live_lags) return std::numeric_limits<size_t>::max();
  return live() ? 0 : ledger_.size();
}

void AnalysisSession::DeliverSummary() {
  summary_.set_duration_us(order_.duration_us());
  if (const auto overall = clip_summary_.Overall()) {
    *summary_.mutable_overall() = contract::ToProto(*overall);
    notices_.Remember(summary_.overall());
  }
  for (const v1::Notice& notice : notices_.first_of_each()) *summary_.add_notices() = notice;
  coach_.AddTo(summary_);
  v1::AnalyzeResponse response;
  *response.mutable_summary() = std::move(summary_);
  parts_.client.Send(std::move(response));
  Finish(absl::OkStatus());
}

void AnalysisSession::CheckUpstreams() {
  TellPresence(Upstream::kExtractor, extractor_, options_.extractor);
  TellPresence(Upstream::kInferencer, inferencer_, options_.inferencer);
  const auto check = [this](Upstream upstream, const UpstreamState& state, const std::string& address) {
    if (phase_ == Phase::kOver || !state.IsStalled(parts_.now(), options_.upstream_timeout)) return;
    std::string message = absl::StrCat(NameAndAddress(upstream, address), " made no progress for ",
                                       Seconds(options_.upstream_timeout));
    if (!state.last_error().ok()) absl::StrAppend(&message, ": ", Reason(state.last_error()));
    Finish(absl::UnavailableError(message));
  };
  check(Upstream::kExtractor, extractor_, options_.extractor);
  check(Upstream::kInferencer, inferencer_, options_.inferencer);
}

void AnalysisSession::TellPresence(Upstream upstream, UpstreamState& state, const std::string& address) {
  const auto patience = std::max<std::chrono::milliseconds>(kLeastPatience, options_.upstream_timeout / 2);
  const std::optional<Presence> change = state.TakeChange(parts_.now(), patience);
  if (change == Presence::kAway) {
    Notify(v1::NOTICE_CODE_UPSTREAM_AWAY, state.reached()
                                              ? SilentMessage(upstream, address)
                                              : AwayMessage(upstream, address, state.last_error()));
  } else if (change == Presence::kThere) {
    Notify(v1::NOTICE_CODE_UPSTREAM_BACK, BackMessage(upstream, address));
  }
}

void AnalysisSession::Notify(v1::NoticeCode code, std::string message) {
  parts_.client.Send(notices_.Tell(code, std::move(message), order_.last_sequence().value_or(0)));
}

void AnalysisSession::HandleBroken(Upstream upstream, UpstreamState& state, const absl::Status& status) {
  if (absl::IsDeadlineExceeded(status) && parts_.now() + kDeadlineTolerance >= parts_.deadline) {
    return Finish(DeadlinePassed());
  }
  parts_.observer.OnUpstreamBroken(upstream, status);
  if (absl::IsInvalidArgument(status)) return Finish(status);
  if (!IsWorthRetrying(status)) {
    return Finish(absl::InternalError(absl::StrCat(Name(upstream), ": ", status.message())));
  }
  state.Break(status, parts_.now());
  Pump();
}

bool AnalysisSession::InferencerOwes() const {
  return history_->unsent() > 0 || unwritten_poses_ > 0 || closing_inferencer_ || EverythingIsAnswered();
}

void AnalysisSession::Finish(absl::Status status) {
  phase_ = Phase::kOver;
  if (extractor_.open()) parts_.extractor.Disconnect();
  if (inferencer_.open()) parts_.inferencer.Disconnect();
  parts_.client.Finish(std::move(status));
}

}  // namespace trackfit::gateway
