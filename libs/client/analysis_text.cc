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
#include "client/columns.h"
#include "client/words.h"

namespace trackfit::client {
namespace {

constexpr size_t kWorstJoints = 3;

std::string JointList(const std::vector<v1::JointError>& joints, const Labels& labels) {
  return absl::StrJoin(joints, ", ", [&](std::string* out, const v1::JointError& joint) {
    absl::StrAppendFormat(out, "%s %.0f", labels(JointWords(joint.name())), joint.percentile());
  });
}

std::string ExerciseText(const v1::Assessment& assessment, const Labels& labels) {
  if (assessment.known()) return ExerciseTitle(assessment);
  return labels("{exercise} (nearest: {nearest})",
                {{"exercise", labels("Not a known exercise")}, {"nearest", ExerciseTitle(assessment)}});
}

std::string QualityText(const v1::Assessment& assessment, const Labels& labels) {
  const std::string& judged = assessment.judged_exercise();
  const bool as_another = judged != assessment.exercise() && !judged.empty();
  return labels(as_another ? "{level}, {n} of 100 as {exercise}" : "{level}, {n} of 100",
                {{"level", labels(LevelWord(assessment.quality().level()))},
                 {"n", absl::StrFormat("%.0f", assessment.quality().score())},
                 {"exercise", ExerciseWords(judged)}});
}

std::string FramesText(const SessionRecord& record, const Labels& labels) {
  std::vector<std::string> parts;
  const auto add = [&](v1::FrameStatus status, const char* words) {
    if (const int64_t count = record.Count(status); count > 0)
      parts.push_back(labels(words, {{"n", absl::StrCat(count)}}));
  };
  add(v1::FRAME_STATUS_POSE, "{n} with a person");
  add(v1::FRAME_STATUS_NO_POSE, "{n} without");
  add(v1::FRAME_STATUS_DROPPED, "{n} dropped");
  add(v1::FRAME_STATUS_INVALID_FRAME, "{n} unusable");
  std::string text = absl::StrCat(record.frames());
  if (!parts.empty()) absl::StrAppend(&text, ": ", absl::StrJoin(parts, ", "));
  if (!record.invalid_reason().empty()) absl::StrAppend(&text, " (", record.invalid_reason(), ")");
  return text;
}

std::string WatchText(const v1::Assessment& overall, const Labels& labels) {
  const std::vector<v1::JointError> joints = WorstJoints(overall, kWorstJoints, kRareMeanPercentile);
  return joints.empty() ? labels("nothing stands out") : JointList(joints, labels);
}

bool AnyJointJudged(const v1::Assessment& assessment) {
  return std::any_of(assessment.joint_errors().begin(), assessment.joint_errors().end(),
                     [](const v1::JointError& joint) { return joint.judged(); });
}

// The number of assessments behind the overall one: those with a notice are left out unless all have one.
std::string CountText(const std::vector<v1::Assessment>& all, const Labels& labels) {
  const auto used = std::count_if(all.begin(), all.end(),
                                  [](const v1::Assessment& window) { return window.notices().empty(); });
  const std::string of_all = labels.Counted("1 assessment", "{n} assessments", std::ssize(all));
  const bool some_left_out = used > 0 && used < std::ssize(all);
  return some_left_out
             ? labels("{used} of {assessments}", {{"used", absl::StrCat(used)}, {"assessments", of_all}})
             : of_all;
}

std::string OverallText(const v1::Assessment& overall, const std::vector<v1::Assessment>& all,
                        const Labels& labels) {
  std::string text =
      SummaryRow(labels("Exercise"), labels("{exercise}, {n} % sure over {assessments}",
                                            {{"exercise", ExerciseText(overall, labels)},
                                             {"n", absl::StrFormat("%.0f", overall.confidence() * 100)},
                                             {"assessments", CountText(all, labels)}}));
  if (!IsJudged(overall)) return text;
  absl::StrAppend(&text, SummaryRow(labels("Quality"), QualityText(overall, labels)));
  if (!AnyJointJudged(overall))
    return absl::StrCat(text, SummaryRow(labels("Watch"), labels("no joint was seen well enough")));
  absl::StrAppend(&text, SummaryRow(labels("Watch"), WatchText(overall, labels)));
  if (const std::vector<std::string> parts = PartsNotJudged(overall); !parts.empty()) {
    const auto word = [&](std::string* out, const std::string& part) { absl::StrAppend(out, labels(part)); };
    absl::StrAppend(&text, SummaryRow(labels("Not judged"), absl::StrJoin(parts, ", ", word)));
  }
  return text;
}

std::string SpeedText(const SessionRecord& record, const Pace& pace, const Labels& labels) {
  const double fps =
      pace.processing_seconds > 0 ? static_cast<double>(record.frames()) / pace.processing_seconds : 0;
  const auto number = [](double value) { return absl::StrFormat("%.1f", value); };
  return labels("{fps} frames/s ({footage} s of footage in {time} s)",
                {{"fps", number(fps)},
                 {"footage", number(pace.footage_seconds)},
                 {"time", number(pace.processing_seconds)}});
}

}  // namespace

std::string AssessmentLine(const v1::Assessment& assessment, int64_t first_us, int64_t last_us,
                           const Labels& labels) {
  const std::string exercise =
      assessment.known() ? ExerciseTitle(assessment) : labels("Not a known exercise");
  std::string line =
      absl::StrFormat("%7s - %-7s %s %s", ClockTime(first_us), ClockTime(last_us), LeftAligned(exercise, 20),
                      labels("{n} %", {{"n", absl::StrFormat("%3.0f", assessment.confidence() * 100)}}));
  if (!assessment.known())
    return absl::StrCat(line, "  ", labels("nearest: {exercise}", {{"exercise", ExerciseTitle(assessment)}}));
  if (!IsJudged(assessment)) return absl::StrCat(line, "  ", labels("form not judged"));
  absl::StrAppendFormat(&line, "  %s %3.0f", LeftAligned(labels(LevelWord(assessment.quality().level())), 9),
                        assessment.quality().score());
  const std::vector<v1::JointError> worst = WorstJoints(assessment, kWorstJoints, kNotablePercentile);
  if (!worst.empty())
    absl::StrAppend(&line, "  ", labels("most off: {joints}", {{"joints", JointList(worst, labels)}}));
  return line;
}

bool AssessmentNews::IsNew(const v1::Assessment& assessment) {
  const std::string now = absl::StrCat(assessment.known() ? "" : "?", assessment.exercise());
  return std::exchange(last_, now) != now;
}

std::string NoticeLine(const v1::Notice& notice, const Labels& labels) {
  return SummaryRow(labels("Notice"), notice.message());
}

std::string NoticeLines::Of(const v1::AnalyzeResponse& response, const Labels& labels) {
  std::string lines;
  for (const v1::Notice& notice : response.notices()) {
    if (said_.insert(notice.message()).second) absl::StrAppend(&lines, NoticeLine(notice, labels));
  }
  for (const v1::Notice& notice : response.assessment().notices()) {
    if (said_of_assessments_.insert(notice.code()).second)
      absl::StrAppend(&lines, NoticeLine(notice, labels));
  }
  return lines;
}

std::string CoachLines(const v1::AnalyzeResponse& response, const Labels& labels) {
  if (response.has_repetition()) {
    const v1::Repetition& repetition = response.repetition();
    return absl::StrFormat("%7s - %-7s %s\n", ClockTime(repetition.start_us()),
                           ClockTime(repetition.end_us()), RepetitionLine(repetition, labels));
  }
  if (response.has_advice()) return absl::StrFormat("%18s%s\n", "", AdviceLine(response.advice(), labels));
  if (response.has_hint()) return absl::StrFormat("%18s%s\n", "", HintLine(response.hint(), labels));
  return "";
}

std::string SummaryText(const SessionRecord& record, const Pace& pace) {
  const Labels labels(record.language());
  std::string text = "\n";
  if (const std::string tables = SetTables(record); !tables.empty()) absl::StrAppend(&text, tables, "\n");
  if (record.overall() != nullptr) {
    absl::StrAppend(&text, OverallText(*record.overall(), record.assessments(), labels));
  } else {
    absl::StrAppend(
        &text, SummaryRow(labels("Exercise"),
                          labels(record.assessments().empty() ? "no assessment" : "cut short; see above")));
  }
  absl::StrAppend(&text, SummaryRow(labels("Frames"), FramesText(record, labels)),
                  SummaryRow(labels("Speed"), SpeedText(record, pace, labels)));
  for (const v1::Notice& notice : record.notices()) absl::StrAppend(&text, NoticeLine(notice, labels));
  return text;
}

}  // namespace trackfit::client
