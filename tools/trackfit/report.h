// What `trackfit analyze` tells people: a line per assessment, then a summary.
#ifndef TRACKFIT_TOOLS_REPORT_H_
#define TRACKFIT_TOOLS_REPORT_H_

#include <cstdint>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "client/session_record.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::tools {

// One line without its end: times of the window, exercise, confidence, quality, and the three joints that are
// most off.
std::string AssessmentLine(const v1::Assessment& assessment, int64_t first_us, int64_t last_us);

// One line with its end, as the summary has it.
std::string NoticeLine(const v1::Notice& notice);

// The notices of a session as its responses bring them, each once: those of assessments by their code,
// because they give numbers of their window, those of responses by what they say. Not thread-safe.
class NoticeLines {
 public:
  // The lines of the notices that no response before brought; mostly empty.
  std::string Of(const v1::AnalyzeResponse& response);

 private:
  std::set<std::string> said_;
  std::set<v1::NoticeCode> said_of_assessments_;
};

struct Pace {
  double footage_seconds = 0;     // from the first frame to the last, by the source's own clock
  double processing_seconds = 0;  // by the wall clock
};

// Several lines, each with its end: of the whole session, the joints to watch among them, the parts of the
// body that were not judged, and the notices.
std::string SummaryText(const client::SessionRecord& record, const Pace& pace);

// One line without its end: the response as protobuf JSON with the contract's field names and all scalar
// fields. INTERNAL when it cannot be printed.
absl::StatusOr<std::string> JsonLine(const v1::AnalyzeResponse& response);

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_REPORT_H_
