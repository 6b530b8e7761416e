#include "client/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "exercises/vocabulary.h"
#include "skeleton/joint.h"

namespace trackfit::client {
namespace {

enum BodyPart {
  kHead,
  kLeftShoulderPart,
  kRightShoulderPart,
  kLeftElbowPart,
  kRightElbowPart,
  kLeftHand,
  kRightHand,
  kLeftHipPart,
  kRightHipPart,
  kLeftKneePart,
  kRightKneePart,
  kLeftFoot,
  kRightFoot,
  kBodyPartCount
};

// In BlazePose's order.
constexpr std::array<BodyPart, skeleton::kJointCount> kBodyParts = {kHead,
                                                                    kHead,
                                                                    kHead,
                                                                    kHead,
                                                                    kHead,
                                                                    kHead,
                                                                    kHead,
                                                                    kHead,
                                                                    kHead,
                                                                    kHead,
                                                                    kHead,
                                                                    kLeftShoulderPart,
                                                                    kRightShoulderPart,
                                                                    kLeftElbowPart,
                                                                    kRightElbowPart,
                                                                    kLeftHand,
                                                                    kRightHand,
                                                                    kLeftHand,
                                                                    kRightHand,
                                                                    kLeftHand,
                                                                    kRightHand,
                                                                    kLeftHand,
                                                                    kRightHand,
                                                                    kLeftHipPart,
                                                                    kRightHipPart,
                                                                    kLeftKneePart,
                                                                    kRightKneePart,
                                                                    kLeftFoot,
                                                                    kRightFoot,
                                                                    kLeftFoot,
                                                                    kRightFoot,
                                                                    kLeftFoot,
                                                                    kRightFoot};

struct Pair {
  BodyPart left, right;
  const char* one;
  const char* both;
};

constexpr Pair kPairs[] = {{kLeftShoulderPart, kRightShoulderPart, "shoulder", "shoulders"},
                           {kLeftElbowPart, kRightElbowPart, "elbow", "elbows"},
                           {kLeftHand, kRightHand, "hand", "hands"},
                           {kLeftHipPart, kRightHipPart, "hip", "hips"},
                           {kLeftKneePart, kRightKneePart, "knee", "knees"},
                           {kLeftFoot, kRightFoot, "foot", "feet"}};

// As many digits as tell one value from the next: "121", "0.42".
std::string NumberWords(float value, const std::string& unit) {
  const std::string words = unit == "degrees"   ? absl::StrFormat("%.0f", value)
                            : unit == "seconds" ? absl::StrFormat("%.1f", value)
                                                : absl::StrFormat("%.2f", value);
  const bool zero = words.find_first_not_of("-0.") == std::string::npos;
  return zero && words[0] == '-' ? words.substr(1) : words;
}

// "squat_depth" -> "Squat depth".
std::string ConditionWords(const std::string& code) {
  std::string words = absl::StrReplaceAll(code, {{"_", " "}});
  if (!words.empty()) words[0] = absl::ascii_toupper(static_cast<unsigned char>(words[0]));
  return words;
}

// Over a set, of its tempo or range: smaller changes from its first third to its last say nothing.
constexpr float kNotableDrift = 0.05F;

std::string Seconds(int64_t us) { return absl::StrFormat("%.1f", static_cast<double>(us) / 1e6); }

std::string TitleOr(const std::string& title, const std::string& otherwise) {
  return title.empty() ? otherwise : title;
}

}  // namespace

std::string ExerciseWords(const std::string& exercise) {
  return exercise.empty() ? "Nothing yet" : exercises::Builtin().TitleOf(exercise);
}

std::string JointWords(const std::string& joint) {
  if (joint == "nose" || absl::StrContains(joint, "eye") || absl::StrContains(joint, "ear") ||
      absl::StrContains(joint, "mouth")) {
    return "head";
  }
  return absl::StrReplaceAll(
      joint, {{"foot_index", "toes"}, {"index", "hand"}, {"pinky", "hand"}, {"thumb", "hand"}, {"_", " "}});
}

int JointIndex(const std::string& joint) {
  const auto& names = skeleton::JointNames();
  const auto found = std::find(names.begin(), names.end(), joint);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

std::string LevelWord(v1::QualityLevel level) {
  switch (level) {
    case v1::QUALITY_LEVEL_POOR:
      return "poor";
    case v1::QUALITY_LEVEL_FAIR:
      return "fair";
    case v1::QUALITY_LEVEL_GOOD:
      return "good";
    case v1::QUALITY_LEVEL_EXCELLENT:
      return "excellent";
    default:
      return "not judged";
  }
}

bool IsJudged(const v1::Assessment& assessment) {
  return assessment.known() && assessment.quality().level() != v1::QUALITY_LEVEL_UNSPECIFIED;
}

std::string ClockTime(int64_t time_us) {
  const int64_t tenths = std::max<int64_t>(0, (time_us + 50'000) / 100'000);
  return absl::StrFormat("%d:%02d.%d", tenths / 600, tenths / 10 % 60, tenths % 10);
}

std::vector<v1::JointError> WorstJoints(const v1::Assessment& assessment, size_t limit,
                                        float min_percentile) {
  std::vector<v1::JointError> errors;
  for (const v1::JointError& error : assessment.joint_errors()) {
    if (error.joint() < kBodyParts.size() && error.judged() && error.percentile() >= min_percentile)
      errors.push_back(error);
  }
  std::stable_sort(errors.begin(), errors.end(), [](const v1::JointError& a, const v1::JointError& b) {
    return a.percentile() > b.percentile();
  });
  std::set<BodyPart> seen;
  std::vector<v1::JointError> worst;
  for (const v1::JointError& error : errors) {
    if (worst.size() == limit) break;
    if (seen.insert(kBodyParts[error.joint()]).second) worst.push_back(error);
  }
  return worst;
}

std::vector<std::string> PartsNotJudged(const v1::Assessment& assessment) {
  std::array<bool, kBodyPartCount> named{}, judged{};
  for (const v1::JointError& error : assessment.joint_errors()) {
    if (error.joint() >= kBodyParts.size()) continue;
    const BodyPart part = kBodyParts[error.joint()];
    named[part] = true;
    judged[part] = judged[part] || error.judged();
  }
  const auto unjudged = [&](BodyPart part) { return named[part] && !judged[part]; };
  std::vector<std::string> parts;
  if (unjudged(kHead)) parts.push_back("head");
  for (const Pair& pair : kPairs) {
    const bool left = unjudged(pair.left), right = unjudged(pair.right);
    if (left && right) {
      parts.push_back(pair.both);
    } else if (left || right) {
      parts.push_back(absl::StrCat(left ? "left " : "right ", pair.one));
    }
  }
  return parts;
}

std::string ExerciseTitle(const v1::Repetition& repetition) {
  return TitleOr(repetition.exercise_title(), ExerciseWords(repetition.exercise()));
}

std::string ExerciseTitle(const v1::SetSummary& set) {
  return TitleOr(set.exercise_title(), ExerciseWords(set.exercise()));
}

std::string ExerciseTitle(const v1::Assessment& assessment) {
  return TitleOr(assessment.exercise_title(), ExerciseWords(assessment.exercise()));
}

std::string ConditionTitle(const v1::Finding& finding) {
  return TitleOr(finding.title(), ConditionWords(finding.code()));
}

std::string ConditionTitle(const v1::FindingCount& count) {
  return TitleOr(count.title(), ConditionWords(count.code()));
}

std::string UnitWords(const std::string& unit) {
  if (unit == "ratio") return "";
  return unit == "seconds" ? "s" : absl::StrReplaceAll(unit, {{"_", " "}});
}

std::string MeasuredWords(const v1::Finding& finding, const Labels& labels) {
  const std::string number = MeasuredNumber(finding);
  const std::string unit = UnitWords(finding.unit());
  return unit.empty() ? number : labels(absl::StrCat("{n} ", unit), {{"n", number}});
}

std::string GoodRangeWords(const v1::Finding& finding, const Labels& labels) {
  const Labels::Values ends = {{"low", NumberWords(finding.good_low(), finding.unit())},
                               {"high", NumberWords(finding.good_high(), finding.unit())}};
  const bool low = std::isfinite(finding.good_low()), high = std::isfinite(finding.good_high());
  if (low && high) return labels("{low} to {high}", ends);
  if (low) return labels("at least {low}", ends);
  return high ? labels("at most {high}", ends) : "";
}

std::string GoodRangeInUnits(const v1::Finding& finding, const Labels& labels) {
  const std::string range = GoodRangeWords(finding, labels), unit = UnitWords(finding.unit());
  return range.empty() || unit.empty() ? range : labels(absl::StrCat("{range} ", unit), {{"range", range}});
}

std::string MeasuredNumber(const v1::Finding& finding) {
  return NumberWords(finding.measured(), finding.unit());
}

bool IsOff(const v1::Finding& finding) {
  return finding.level() == v1::FINDING_LEVEL_SLIGHTLY || finding.level() == v1::FINDING_LEVEL_CLEARLY;
}

std::vector<v1::Finding> FindingsOff(const v1::Repetition& repetition) {
  std::vector<v1::Finding> off;
  std::copy_if(repetition.findings().begin(), repetition.findings().end(), std::back_inserter(off), IsOff);
  std::stable_sort(off.begin(), off.end(),
                   [](const v1::Finding& a, const v1::Finding& b) { return a.level() > b.level(); });
  return off;
}

std::string VerdictWord(const v1::Repetition& repetition, const Labels& labels) {
  if (!repetition.complete()) return labels("partial");
  return labels(repetition.correct() ? "correct" : "not correct");
}

std::string OffWords(const std::string& title, uint32_t judged, uint32_t slightly, uint32_t clearly,
                     const Labels& labels) {
  std::string text =
      labels("{title}: off in {off} of {judged}",
             {{"title", title}, {"off", absl::StrCat(slightly + clearly)}, {"judged", absl::StrCat(judged)}});
  if (clearly > 0 && slightly > 0)
    absl::StrAppend(&text, labels(", {n} clearly", {{"n", absl::StrCat(clearly)}}));
  if (clearly == 0) absl::StrAppend(&text, labels(", slightly"));
  return text;
}

bool IsCompared(const v1::Repetition& repetition) {
  return repetition.has_reference() && repetition.reference().failure().empty() && repetition.complete();
}

std::string LikenessNumber(float similarity, const v1::Repetition& repetition) {
  const float most = repetition.correct() ? 100 : 99;  // 100 would say that nothing is wrong
  return absl::StrFormat("%.0f", std::clamp(similarity * 100, 0.0F, most));
}

std::string ReferenceWords(const v1::Repetition& repetition, const Labels& labels) {
  if (!repetition.has_reference()) return "";
  const v1::ReferenceMatch& match = repetition.reference();
  if (!IsCompared(repetition)) {
    const std::string why = match.failure().empty() ? labels("the repetition is partial") : match.failure();
    return labels("not compared with {name}: {why}", {{"name", match.name()}, {"why", why}});
  }
  Labels::Values values = {{"name", match.name()}, {"n", LikenessNumber(match.similarity(), repetition)}};
  const auto least = std::min_element(
      match.parts().begin(), match.parts().end(),
      [](const v1::ReferencePart& a, const v1::ReferencePart& b) { return a.similarity() < b.similarity(); });
  if (repetition.correct() || least == match.parts().end())
    return labels("movement {n} % like {name}", values);
  values.insert(values.end(), {{"part", labels(least->part())},
                               {"least", LikenessNumber(least->similarity(), repetition)}});
  return labels("movement {n} % like {name}, {part} least ({least} %)", values);
}

std::vector<std::string> SetFacts(const v1::SetSummary& set, const Labels& labels) {
  const auto with = [&](const char* label, const std::string& n) { return labels(label, {{"n", n}}); };
  std::vector<std::string> facts;
  if (set.held_us() > 0) {
    facts.push_back(labels.Counted("1 hold", "{n} holds", set.repetitions() + set.partial()));
    facts.push_back(with("longest hold {n} s", Seconds(set.held_us())));
  } else {
    facts.push_back(labels.Counted("1 repetition", "{n} repetitions", set.repetitions()));
    if (set.partial() > 0) facts.push_back(with("{n} partial", absl::StrCat(set.partial())));
  }
  facts.push_back(with("{n} correct", absl::StrCat(set.correct())));
  facts.push_back(with("score {n}", absl::StrFormat("%.0f", set.score())));
  facts.push_back(with("{n} s under tension", Seconds(set.under_tension_us())));
  if (set.rest_us() > 0) facts.push_back(with("after {n} s of rest", Seconds(set.rest_us())));
  return facts;
}

std::vector<std::string> DriftFacts(const v1::SetSummary& set, const Labels& labels) {
  std::vector<std::string> facts;
  if (set.tempo_drift() <= 0) return facts;  // not known
  const auto add = [&](float change, const char* more, const char* less) {
    if (std::abs(change) < kNotableDrift) return;
    facts.push_back(
        labels(change > 0 ? more : less, {{"n", absl::StrFormat("%.0f", std::abs(change) * 100)}}));
  };
  add(set.tempo_drift() - 1, "{n} % slower towards the end", "{n} % faster towards the end");
  add(set.range_lost(), "{n} % of the range lost", "{n} % of the range gained");
  return facts;
}

}  // namespace trackfit::client
