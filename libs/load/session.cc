#include "load/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/gateway_flags.h"
#include "runtime/admission_gate.h"
#include "runtime/connection_lost.h"

namespace trackfit::load {
namespace {

constexpr int kMostUnwritten = 2;
constexpr std::size_t kFaultsKept = 20;
// Between attempts to connect again.
constexpr std::chrono::milliseconds kFirstPause{100}, kLongestPause{2000};

float Milliseconds(Clock::duration time) { return std::chrono::duration<float, std::milli>(time).count(); }

}  // namespace

void Outcome::AddFault(std::string fault) {
  ++fault_count;
  if (faults.size() < kFaultsKept) faults.push_back(std::move(fault));
}

void Outcome::Add(const Outcome& other) {
  sent += other.sent;
  held_back += other.held_back;
  answered += other.answered;
  with_pose += other.with_pose;
  without_pose += other.without_pose;
  dropped += other.dropped;
  invalid += other.invalid;
  assessments += other.assessments;
  repetitions += other.repetitions;
  notices += other.notices;
  compared += other.compared;
  resumptions += other.resumptions;
  late += other.late;
  most_late_in_a_row = std::max(most_late_in_a_row, other.most_late_in_a_row);
  pauses_ms.insert(pauses_ms.end(), other.pauses_ms.begin(), other.pauses_ms.end());
  latencies_ms.insert(latencies_ms.end(), other.latencies_ms.begin(), other.latencies_ms.end());
  window_latencies_ms.insert(window_latencies_ms.end(), other.window_latencies_ms.begin(),
                             other.window_latencies_ms.end());
  drop_latencies_ms.insert(drop_latencies_ms.end(), other.drop_latencies_ms.begin(),
                           other.drop_latencies_ms.end());
  refusal_latencies_ms.insert(refusal_latencies_ms.end(), other.refusal_latencies_ms.begin(),
                              other.refusal_latencies_ms.end());
  const uint64_t unnamed = other.fault_count - other.faults.size();
  for (const std::string& fault : other.faults) AddFault(fault);
  fault_count += unnamed;
}

Session::Session(std::string name, v1::GatewayService::Stub& stub, rpc::OpenCalls& calls,
                 const Recording& recording, const SessionOptions& options, Clock::time_point start)
    : name_(std::move(name)),
      stub_(stub),
      calls_(calls),
      recording_(recording),
      options_(options),
      live_(options.config.delivery() == v1::DELIVERY_MODE_LIVE),
      start_(start) {
  v1::AnalyzeRequest first;
  *first.mutable_config() = options.config;
  first.mutable_config()->set_resumable(options.resume);
  Open(std::move(first));
}

void Session::Open(v1::AnalyzeRequest first) {
  {
    const std::lock_guard lock(mutex_);
    unwritten_ = 1;
    stream_over_ = false;
    asked_to_reconnect_ = false;
  }
  stream_ = Stream::Open(
      [this](auto* context, auto* reactor) {
        client::AddKey(options_.api_key, *context);
        stub_.async()->Analyze(context, reactor);
      },
      {{"trackfit-session-id", name_}}, std::chrono::steady_clock::time_point::max(), calls_,
      {.on_response = [this](const v1::AnalyzeResponse& response) { Take(response, Clock::now()); },
       .on_written =
           [this] {
             const std::lock_guard lock(mutex_);
             --unwritten_;
           },
       .on_closed = [this](absl::Status status) { TakeEnd(std::move(status)); }});
  stream_->Write(std::make_shared<const v1::AnalyzeRequest>(std::move(first)));
}

Session::~Session() { stream_->Cancel(); }

void Session::SendDue(Clock::time_point now) {
  GoOn(now);
  while (!finishing_ && !cancelled_ && next_due() <= now) {
    {
      const std::lock_guard lock(mutex_);
      if (status_) return;
      if (lost_ || unwritten_ >= kMostUnwritten) {
        if (!live_) return;
        ++outcome_.held_back;
        ++next_;
        continue;
      }
      ++unwritten_;
      ++outcome_.sent;
      unanswered_.push_back(next_);
    }
    stream_->Write(std::make_shared<const v1::AnalyzeRequest>(RequestFor(next_)));
    ++next_;
  }
}

void Session::GoOn(Clock::time_point now) {
  v1::AnalyzeRequest resume;
  std::vector<uint64_t> missing;
  {
    const std::lock_guard lock(mutex_);
    if (!lost_ || status_) return;
    if (missing_from_) {
      missing = TakeMissing();
    } else {
      if (!stream_over_ || now < next_attempt_) return;
      if (now > *lost_ + retention_) {
        status_ = how_lost_;
        return;
      }
      resume.mutable_config()->mutable_resume()->set_token(token_);
      resume.mutable_config()->mutable_resume()->set_last_number(last_number_);
      next_attempt_ = now + std::min(kLongestPause, kFirstPause * (1 << std::min(++attempts_, 10)));
    }
  }
  if (resume.has_config()) return Open(std::move(resume));
  for (const uint64_t sequence : missing)
    stream_->Write(std::make_shared<const v1::AnalyzeRequest>(RequestFor(sequence)));
  if (finishing_) stream_->CloseSending();
}

std::vector<uint64_t> Session::TakeMissing() {
  lost_.reset();
  const auto first = std::lower_bound(unanswered_.begin(), unanswered_.end(), *missing_from_);
  missing_from_.reset();
  std::vector<uint64_t> missing(first, unanswered_.end());
  if (!live_) {
    unwritten_ += static_cast<int>(missing.size());
    return missing;
  }
  unanswered_.erase(first, unanswered_.end());  // there are newer ones
  outcome_.sent -= missing.size();
  outcome_.held_back += missing.size();
  return {};
}

v1::AnalyzeRequest Session::RequestFor(uint64_t sequence) const {
  return options_.poses ? recording_.PoseRequest(sequence) : recording_.FrameRequest(sequence);
}

void Session::Finish() {
  finishing_ = true;
  {
    const std::lock_guard lock(mutex_);
    if (lost_) return;  // behind what is to be sent again
  }
  stream_->CloseSending();
}

void Session::Cancel() {
  cancelled_ = true;
  stream_->Cancel();
  const std::lock_guard lock(mutex_);
  if (!status_) status_ = absl::OkStatus();
}

bool Session::over() const {
  const std::lock_guard lock(mutex_);
  return status_.has_value();
}

bool Session::started() const {
  const std::lock_guard lock(mutex_);
  return started_;
}

absl::Status Session::status() const {
  const std::lock_guard lock(mutex_);
  return status_.value_or(absl::OkStatus());
}

std::optional<std::chrono::milliseconds> Session::retry_after() const {
  const std::lock_guard lock(mutex_);
  return status_ ? runtime::RetryAfter(*status_) : std::nullopt;
}

Outcome Session::TakeOutcome() {
  const std::lock_guard lock(mutex_);
  return std::exchange(outcome_, {});
}

Clock::time_point Session::DueTime(uint64_t sequence) const {
  return start_ + std::chrono::duration_cast<Clock::duration>(
                      std::chrono::duration<double>(static_cast<double>(sequence) / recording_.fps));
}

void Session::Take(const v1::AnalyzeResponse& response, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (response.has_resumed()) return TakeResumption(response.resumed(), now);
  if (!token_.empty() && response.number() != last_number_ + 1) {
    outcome_.AddFault(
        absl::StrCat(name_, ": response ", response.number(), " comes where ", last_number_ + 1, " is due"));
  }
  last_number_ = response.number();
  outcome_.notices += static_cast<uint64_t>(response.notices_size());
  for (const v1::Notice& notice : response.notices()) {
    if (notice.code() == v1::NOTICE_CODE_RECONNECT) asked_to_reconnect_ = true;
  }
  switch (response.response_case()) {
    case v1::AnalyzeResponse::kStarted:
      if (std::exchange(started_, true)) outcome_.AddFault(absl::StrCat(name_, ": started twice"));
      token_ = response.started().resume_token();
      retention_ = std::chrono::duration_cast<Clock::duration>(
          std::chrono::duration<double>(response.started().resume_seconds()));
      break;
    case v1::AnalyzeResponse::kFrameResult:
      TakeResult(response.frame_result(), now);
      break;
    case v1::AnalyzeResponse::kAssessment:
      TakeAssessment(response.assessment(), now);
      break;
    case v1::AnalyzeResponse::kSummary:
      TakeSummary(response.summary());
      break;
    case v1::AnalyzeResponse::kRepetition:
      ++outcome_.repetitions;
      break;
    default:
      break;
  }
}

void Session::TakeResult(const v1::FrameResult& result, Clock::time_point now) {
  if (unanswered_.empty() || unanswered_.front() != result.sequence()) {
    return outcome_.AddFault(absl::StrCat(name_, ": frame ", result.sequence(), " is answered where ",
                                          unanswered_.empty() ? "none" : absl::StrCat(unanswered_.front()),
                                          " is due"));
  }
  unanswered_.pop_front();
  ++answered_;
  ++outcome_.answered;
  const float latency = Milliseconds(now - DueTime(result.sequence()));
  switch (result.status()) {
    case v1::FRAME_STATUS_POSE:
      ++outcome_.with_pose;
      TakeLatency(latency);
      break;
    case v1::FRAME_STATUS_NO_POSE:
      ++outcome_.without_pose;
      TakeLatency(latency);
      break;
    case v1::FRAME_STATUS_DROPPED:
      ++outcome_.dropped;
      outcome_.drop_latencies_ms.push_back(latency);
      break;
    default:
      ++outcome_.invalid;
      outcome_.AddFault(absl::StrCat(name_, ": frame ", result.sequence(), " is answered with ",
                                     v1::FrameStatus_Name(result.status()), " ", result.detail()));
  }
  if (!options_.verify || options_.poses || result.sequence() >= recording_.results.size()) return;
  ++outcome_.compared;
  if (result.SerializeAsString() != recording_.results[result.sequence()]) {
    outcome_.AddFault(
        absl::StrCat(name_, ": frame ", result.sequence(), " is answered otherwise than to one alone"));
  }
}

void Session::TakeLatency(float latency_ms) {
  outcome_.latencies_ms.push_back(latency_ms);
  if (options_.late_ms <= 0) return;
  late_in_a_row_ = latency_ms > options_.late_ms ? late_in_a_row_ + 1 : 0;
  if (late_in_a_row_ > 0) ++outcome_.late;
  outcome_.most_late_in_a_row = std::max(outcome_.most_late_in_a_row, late_in_a_row_);
}

void Session::TakeAssessment(const v1::Assessment& assessment, Clock::time_point now) {
  ++outcome_.assessments;
  outcome_.window_latencies_ms.push_back(Milliseconds(now - DueTime(assessment.last_sequence())));
  if (!unanswered_.empty() && assessment.last_sequence() >= unanswered_.front()) {
    outcome_.AddFault(absl::StrCat(name_, ": a window ends at frame ", assessment.last_sequence(),
                                   ", which is not answered yet"));
  }
  if (!options_.verify || options_.poses) return;
  const auto alone = recording_.assessments.find(assessment.last_sequence());
  if (alone == recording_.assessments.end()) return;
  ++outcome_.compared;
  if (assessment.SerializeAsString() != alone->second) {
    outcome_.AddFault(absl::StrCat(name_, ": the window that ends at frame ", assessment.last_sequence(),
                                   " is assessed otherwise than of one alone"));
  }
}

void Session::TakeSummary(const v1::SessionSummary& summary) {
  if (std::exchange(summarized_, true)) outcome_.AddFault(absl::StrCat(name_, ": two summaries"));
  if (summary.frames() != answered_) {
    outcome_.AddFault(
        absl::StrCat(name_, ": the summary counts ", summary.frames(), " frames of ", answered_));
  }
}

void Session::TakeResumption(const v1::SessionResumed& resumed, Clock::time_point now) {
  if (!lost_ || missing_from_) return outcome_.AddFault(absl::StrCat(name_, ": resumed, and was not lost"));
  ++outcome_.resumptions;
  outcome_.pauses_ms.push_back(Milliseconds(now - *lost_));
  missing_from_ = resumed.next_sequence();
}

// After a broken connection, or where the gateway asked for another; what else it reports ends the session.
bool Session::MayResume(const absl::Status& status) const {
  if (token_.empty()) return false;
  if (absl::IsResourceExhausted(status)) return lost_ && runtime::RetryAfter(status).has_value();
  if (absl::IsCancelled(status))
    return lost_.has_value();  // gRPC, of a stream in the last moment of a server
  return runtime::IsConnectionLost(status) || (absl::IsUnavailable(status) && (lost_ || asked_to_reconnect_));
}

void Session::TakeEnd(absl::Status status) {
  const std::lock_guard lock(mutex_);
  if (status_) return;
  stream_over_ = true;
  if (MayResume(status)) {
    if (lost_ && !missing_from_) return;  // an attempt in vain
    missing_from_.reset();
    lost_ = Clock::now();
    how_lost_ = std::move(status);
    attempts_ = 0;
    next_attempt_ = *lost_ + kFirstPause;
    return;
  }
  // That the gateway does not have it any more says less than how it was lost.
  if (lost_ && absl::IsNotFound(status)) status = how_lost_;
  if (status.ok() && !unanswered_.empty()) {
    outcome_.AddFault(absl::StrCat(name_, ": ended with ", unanswered_.size(), " frames unanswered"));
  }
  if (status.ok() && !summarized_) outcome_.AddFault(absl::StrCat(name_, ": ended without a summary"));
  if (absl::IsResourceExhausted(status) && !started_) {
    outcome_.refusal_latencies_ms.push_back(Milliseconds(Clock::now() - opened_));
    if (!runtime::RetryAfter(status)) {
      outcome_.AddFault(absl::StrCat(name_, ": refused, and not told when to come back"));
    }
  }
  status_ = std::move(status);
}

}  // namespace trackfit::load
