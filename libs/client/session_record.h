// Collects a session's responses for the summary and for drawing.
#ifndef TRACKFIT_CLIENT_SESSION_RECORD_H_
#define TRACKFIT_CLIENT_SESSION_RECORD_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trackfit/v1/gateway.pb.h"

namespace trackfit::client {

// Not thread-safe.
class SessionRecord {
 public:
  // With `keep_results`, the results of all frames are kept; otherwise they are only counted.
  explicit SessionRecord(bool keep_results) : keep_results_(keep_results) {}

  void Add(const v1::AnalyzeResponse& response);

  // The number of frames with this status.
  int64_t Count(v1::FrameStatus status) const;
  int64_t frames() const;

  const std::vector<v1::Assessment>& assessments() const { return assessments_; }
  // The overall assessment; nullptr when the session was cut short or nothing was assessed.
  const v1::Assessment* overall() const;
  // Nullptr when there is none or results are not kept.
  const v1::FrameResult* Result(uint64_t sequence) const;
  // The sequences of the first and the last frame whose result is kept; {0, 0} when there is none.
  std::pair<uint64_t, uint64_t> KeptSequences() const;

  // What the coach said, in order of arrival.
  const std::vector<v1::Repetition>& repetitions() const { return repetitions_; }
  const std::vector<v1::Advice>& advice() const { return advice_; }
  const std::vector<v1::Hint>& hints() const { return hints_; }  // withdrawals included
  // The summary's; counted from the repetitions (SetsOf) when the session was cut short.
  std::vector<v1::SetSummary> sets() const;

  // Of what the coach says, as the server named it; empty: not known.
  const std::string& language() const { return language_; }

  // Why the first invalid frame was invalid; empty if there was none.
  const std::string& invalid_reason() const { return invalid_reason_; }
  // The first notice of each code from responses, assessments and the summary, in order of arrival.
  const std::vector<v1::Notice>& notices() const { return notices_; }

 private:
  void AddNotices(const google::protobuf::RepeatedPtrField<v1::Notice>& notices);

  bool keep_results_;
  std::optional<v1::SessionSummary> summary_;
  std::vector<v1::Assessment> assessments_;
  std::map<v1::FrameStatus, int64_t> counts_;
  std::map<uint64_t, v1::FrameResult> results_;
  std::string invalid_reason_;
  std::string language_;
  std::vector<v1::Notice> notices_;
  std::vector<v1::Repetition> repetitions_;
  std::vector<v1::Advice> advice_;
  std::vector<v1::Hint> hints_;
};

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_SESSION_RECORD_H_
