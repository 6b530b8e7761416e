#include "client/session_record.h"

#include <algorithm>

#include "client/sets.h"

namespace trackfit::client {

void SessionRecord::Add(const v1::AnalyzeResponse& response) {
  AddNotices(response.notices());
  switch (response.response_case()) {
    case v1::AnalyzeResponse::kFrameResult: {
      const v1::FrameResult& result = response.frame_result();
      ++counts_[result.status()];
      if (result.status() == v1::FRAME_STATUS_INVALID_FRAME && invalid_reason_.empty()) {
        invalid_reason_ = result.detail();
      }
      if (keep_results_) results_[result.sequence()] = result;
      break;
    }
    case v1::AnalyzeResponse::kAssessment:
      assessments_.push_back(response.assessment());
      AddNotices(response.assessment().notices());
      break;
    case v1::AnalyzeResponse::kSummary:
      summary_ = response.summary();
      AddNotices(response.summary().notices());
      break;
    case v1::AnalyzeResponse::kRepetition:
      repetitions_.push_back(response.repetition());
      break;
    case v1::AnalyzeResponse::kAdvice:
      advice_.push_back(response.advice());
      break;
    case v1::AnalyzeResponse::kHint:
      hints_.push_back(response.hint());
      break;
    case v1::AnalyzeResponse::kStarted:
      language_ = response.started().language();
      break;
    case v1::AnalyzeResponse::kResumed:  // tells of a connection, not of the session
    case v1::AnalyzeResponse::RESPONSE_NOT_SET:
      break;
  }
}

void SessionRecord::AddNotices(const google::protobuf::RepeatedPtrField<v1::Notice>& notices) {
  for (const v1::Notice& notice : notices) {
    const auto same = [&](const v1::Notice& other) { return other.code() == notice.code(); };
    if (std::none_of(notices_.begin(), notices_.end(), same)) notices_.push_back(notice);
  }
}

int64_t SessionRecord::Count(v1::FrameStatus status) const {
  const auto found = counts_.find(status);
  return found == counts_.end() ? 0 : found->second;
}

int64_t SessionRecord::frames() const {
  int64_t frames = 0;
  for (const auto& [status, count] : counts_) frames += count;
  return frames;
}

const v1::Assessment* SessionRecord::overall() const {
  return summary_.has_value() && summary_->has_overall() ? &summary_->overall() : nullptr;
}

std::vector<v1::SetSummary> SessionRecord::sets() const {
  if (summary_.has_value() && summary_->sets_size() > 0)
    return {summary_->sets().begin(), summary_->sets().end()};
  return SetsOf(repetitions_);
}

std::pair<uint64_t, uint64_t> SessionRecord::KeptSequences() const {
  if (results_.empty()) return {0, 0};
  return {results_.begin()->first, results_.rbegin()->first};
}

const v1::FrameResult* SessionRecord::Result(uint64_t sequence) const {
  const auto found = results_.find(sequence);
  return found == results_.end() ? nullptr : &found->second;
}

}  // namespace trackfit::client
