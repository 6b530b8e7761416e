// The text output of `trackfit analyze`: a line per assessment and repetition, then a summary. Labels are
// those of the session's language.
#ifndef TRACKFIT_CLIENT_ANALYSIS_TEXT_H_
#define TRACKFIT_CLIENT_ANALYSIS_TEXT_H_

#include <cstdint>
#include <set>
#include <string>

#include "client/labels.h"
#include "client/session_record.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::client {

// One line without line break: times of the window, exercise, confidence, quality, and the three joints that
// are most off.
std::string AssessmentLine(const v1::Assessment& assessment, int64_t first_us, int64_t last_us,
                           const Labels& labels = Labels());

// Whether a window is of another exercise than the one before it, or newly known or not. Not thread-safe.
class AssessmentNews {
 public:
  bool IsNew(const v1::Assessment& assessment);

 private:
  std::string last_;
};

// One line with line break, as in the summary.
std::string NoticeLine(const v1::Notice& notice, const Labels& labels = Labels());

// Prints each notice of a session once, when its first response arrives. Notices of assessments are
// identified by their code, because their text contains numbers of the window; those of responses by their
// text. Not thread-safe.
class NoticeLines {
 public:
  // Lines for the notices that are new in this response; usually empty.
  std::string Of(const v1::AnalyzeResponse& response, const Labels& labels = Labels());

 private:
  std::set<std::string> said_;
  std::set<v1::NoticeCode> said_of_assessments_;
};

struct Pace {
  double footage_seconds = 0;     // from the first frame to the last, by the source's timestamps
  double processing_seconds = 0;  // wall time
};

// Lines, each with line break, for a repetition, a sentence of the coach, or a hint in this response; usually
// empty.
std::string CoachLines(const v1::AnalyzeResponse& response, const Labels& labels = Labels());

// Several lines, each with line break, in the session's language, about the whole session: the coach's sets,
// exercise, quality, joints to watch, parts of the body that were not judged, counts, notices.
std::string SummaryText(const SessionRecord& record, const Pace& pace);

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_ANALYSIS_TEXT_H_
