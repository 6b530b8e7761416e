#include "client/analysis_text.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/coach_text.h"
#include "client/words.h"

namespace trackfit::client {
namespace {

constexpr size_t kWorstJoints = 3;

std::string Row(const std::string& label, const std::string& text) {
  return absl::StrFormat("  %-10s %s\n", label, text);
}

std::string JointList(const std::vector<v1::JointError>& joints) {
  return absl::StrJoin(joints, ", ", [](std::string* out, const v1::JointError& joint) {
    absl::StrAppendFormat(out, "%s %.0f", JointWords(joint.name()), joint.percentile());
  });
}

std::string ExerciseText(const v1::Assessment& assessment) {
  if (assessment.known()) return ExerciseWords(assessment.exercise());
  return absl::StrCat("Not a known exercise (nearest: ", ExerciseWords(assessment.exercise()), ")");
}

std::string QualityText(const v1::Assessment& assessment) {
  std::string text = absl::StrFormat("%s, %.0f of 100", LevelWord(assessment.quality().level()),
                                     assessment.quality().score());
  if (assessment.judged_exercise() != assessment.exercise() && !assessment.judged_exercise().empty()) {
    absl::StrAppend(&text, " as ", ExerciseWords(assessment.judged_exercise()));
  }
  return text;
}

std::string FramesText(const SessionRecord& record) {
  std::vector<std::string> parts;
  const auto add = [&](v1::FrameStatus status, const char* words) {
    if (const int64_t count = record.Count(status); count > 0)
      parts.push_back(absl::StrCat(count, " ", words));
  };
  add(v1::FRAME_STATUS_POSE, "with a person");
  add(v1::FRAME_STATUS_NO_POSE, "without");
  add(v1::FRAME_STATUS_DROPPED, "dropped");
  add(v1::FRAME_STATUS_INVALID_FRAME, "unusable");
  std::string text = absl::StrCat(record.frames());
  if (!parts.empty()) absl::StrAppend(&text, ": ", absl::StrJoin(parts, ", "));
  if (!record.invalid_reason().empty()) absl::StrAppend(&text, " (", record.invalid_reason(), ")");
  return text;
}

std::string WatchText(const v1::Assessment& overall) {
  const std::vector<v1::JointError> joints = WorstJoints(overall, kWorstJoints, kRareMeanPercentile);
  return joints.empty() ? "nothing stands out" : JointList(joints);
}

bool AnyJointJudged(const v1::Assessment& assessment) {
  return std::any_of(assessment.joint_errors().begin(), assessment.joint_errors().end(),
                     [](const v1::JointError& joint) { return joint.judged(); });
}

// The number of assessments behind the overall one: those with a notice are left out unless all have one.
std::string CountText(const std::vector<v1::Assessment>& all) {
  const auto used = std::count_if(all.begin(), all.end(),
                                  [](const v1::Assessment& window) { return window.notices().empty(); });
  const std::string of_all = absl::StrCat(all.size(), all.size() == 1 ? " assessment" : " assessments");
  const bool some_left_out = used > 0 && used < std::ssize(all);
  return some_left_out ? absl::StrCat(used, " of ", of_all) : of_all;
}

std::string OverallText(const v1::Assessment& overall, const std::vector<v1::Assessment>& all) {
  std::string text = Row("Exercise", absl::StrFormat("%s, %.0f %% sure over %s", ExerciseText(overall),
                                                     overall.confidence() * 100, CountText(all)));
  if (!IsJudged(overall)) return text;
  absl::StrAppend(&text, Row("Quality", QualityText(overall)));
  if (!AnyJointJudged(overall)) return absl::StrCat(text, Row("Watch", "no joint was seen well enough"));
  absl::StrAppend(&text, Row("Watch", WatchText(overall)));
  if (const std::vector<std::string> parts = PartsNotJudged(overall); !parts.empty())
    absl::StrAppend(&text, Row("Not judged", absl::StrJoin(parts, ", ")));
  return text;
}

std::string SpeedText(const SessionRecord& record, const Pace& pace) {
  const double fps =
      pace.processing_seconds > 0 ? static_cast<double>(record.frames()) / pace.processing_seconds : 0;
  return absl::StrFormat("%.1f frames/s (%.1f s of footage in %.1f s)", fps, pace.footage_seconds,
                         pace.processing_seconds);
}

}  // namespace

std::string AssessmentLine(const v1::Assessment& assessment, int64_t first_us, int64_t last_us) {
  std::string line =
      absl::StrFormat("%7s - %-7s %-20s %3.0f %%", ClockTime(first_us), ClockTime(last_us),
                      assessment.known() ? ExerciseWords(assessment.exercise()) : "Not a known exercise",
                      assessment.confidence() * 100);
  if (!assessment.known()) return absl::StrCat(line, "  nearest: ", ExerciseWords(assessment.exercise()));
  if (!IsJudged(assessment)) return absl::StrCat(line, "  form not judged");
  absl::StrAppendFormat(&line, "  %-9s %3.0f", LevelWord(assessment.quality().level()),
                        assessment.quality().score());
  const std::vector<v1::JointError> worst = WorstJoints(assessment, kWorstJoints, kNotablePercentile);
  if (!worst.empty()) absl::StrAppend(&line, "  most off: ", JointList(worst));
  return line;
}

bool AssessmentNews::IsNew(const v1::Assessment& assessment) {
  const std::string now = absl::StrCat(assessment.known() ? "" : "?", assessment.exercise());
  return std::exchange(last_, now) != now;
}

std::string NoticeLine(const v1::Notice& notice) { return Row("Notice", notice.message()); }

std::string NoticeLines::Of(const v1::AnalyzeResponse& response) {
  std::string lines;
  for (const v1::Notice& notice : response.notices()) {
    if (said_.insert(notice.message()).second) absl::StrAppend(&lines, NoticeLine(notice));
  }
  for (const v1::Notice& notice : response.assessment().notices()) {
    if (said_of_assessments_.insert(notice.code()).second) absl::StrAppend(&lines, NoticeLine(notice));
  }
  return lines;
}

std::string CoachLines(const v1::AnalyzeResponse& response) {
  if (response.has_repetition()) {
    const v1::Repetition& repetition = response.repetition();
    return absl::StrFormat("%7s - %-7s %s\n", ClockTime(repetition.start_us()),
                           ClockTime(repetition.end_us()), RepetitionLine(repetition));
  }
  if (response.has_advice()) return absl::StrFormat("%18s%s\n", "", AdviceLine(response.advice()));
  if (response.has_hint()) return absl::StrFormat("%18s%s\n", "", HintLine(response.hint()));
  return "";
}

std::string SummaryText(const SessionRecord& record, const Pace& pace) {
  std::string text = "\n";
  if (const std::string tables = SetTables(record); !tables.empty()) absl::StrAppend(&text, tables, "\n");
  if (record.overall() != nullptr) {
    absl::StrAppend(&text, OverallText(*record.overall(), record.assessments()));
  } else {
    absl::StrAppend(&text,
                    Row("Exercise", record.assessments().empty() ? "no assessment" : "cut short; see above"));
  }
  absl::StrAppend(&text, Row("Frames", FramesText(record)), Row("Speed", SpeedText(record, pace)));
  for (const v1::Notice& notice : record.notices()) absl::StrAppend(&text, NoticeLine(notice));
  return text;
}

}  // namespace trackfit::client
