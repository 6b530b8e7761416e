#include "contract/coaching_convert.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "skeleton/joint.h"
#include "spelling/edit_distance.h"

namespace trackfit::contract {
namespace {

const repetitions::Condition* FindCondition(const repetitions::Catalogue& catalogue,
                                            const std::string& code) {
  for (const repetitions::Exercise& exercise : catalogue.exercises()) {
    const auto found = std::ranges::find(exercise.conditions, code, &repetitions::Condition::code);
    if (found != exercise.conditions.end()) return &*found;
  }
  return nullptr;
}

absl::Status CheckEnd(const std::string& field, bool is_set, float value) {
  if (!is_set || std::isfinite(value)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, "; it must be finite, or not set for the exercise's own"));
}

std::vector<std::string> CodesOf(const repetitions::Catalogue& catalogue) {
  std::vector<std::string> codes;
  for (const repetitions::Exercise& exercise : catalogue.exercises()) {
    for (const repetitions::Condition& condition : exercise.conditions) codes.push_back(condition.code);
  }
  return codes;
}

absl::StatusOr<repetitions::Range> RangeOf(const std::string& field, const v1::CoachTarget& target,
                                           const repetitions::Catalogue& catalogue) {
  const repetitions::Condition* condition = FindCondition(catalogue, target.code());
  if (condition == nullptr) {
    const std::string meant = spelling::NearestName(target.code(), CodesOf(catalogue));
    return absl::InvalidArgumentError(
        absl::StrCat(field, ".code is \"", target.code(), "\"; no exercise has such a condition",
                     meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?")));
  }
  absl::Status finite = CheckEnd(field + ".good_low", target.has_good_low(), target.good_low());
  if (finite.ok()) finite = CheckEnd(field + ".good_high", target.has_good_high(), target.good_high());
  if (!finite.ok()) return finite;
  repetitions::Range range = condition->good;
  if (target.has_good_low()) range.low = target.good_low();
  if (target.has_good_high()) range.high = target.good_high();
  if (range.low <= range.high) return range;
  return absl::InvalidArgumentError(absl::StrCat(field, ": the good range of \"", target.code(), "\", from ",
                                                 range.low, " to ", range.high, ", is empty"));
}

std::string JointName(skeleton::Joint joint) {
  return std::string(skeleton::JointNames()[static_cast<size_t>(joint)]);
}

v1::FindingLevel ToProto(repetitions::FindingLevel level) {
  switch (level) {
    case repetitions::FindingLevel::kGood:
      return v1::FINDING_LEVEL_GOOD;
    case repetitions::FindingLevel::kSlightly:
      return v1::FINDING_LEVEL_SLIGHTLY;
    case repetitions::FindingLevel::kClearly:
      return v1::FINDING_LEVEL_CLEARLY;
    case repetitions::FindingLevel::kNotJudged:
      return v1::FINDING_LEVEL_NOT_JUDGED;
  }
  return v1::FINDING_LEVEL_UNSPECIFIED;
}

}  // namespace

absl::StatusOr<coaching::CoachConfig> FromProto(const v1::CoachConfig& config,
                                                const repetitions::Catalogue& catalogue) {
  coaching::CoachConfig result;
  result.off = config.off();
  result.voice = config.voice();
  result.language = config.language();
  result.advice = !config.advice_off();
  for (int i = 0; i < config.targets_size(); ++i) {
    const std::string field = absl::StrCat("config.coach.targets[", i, "]");
    const auto range = RangeOf(field, config.targets(i), catalogue);
    if (!range.ok()) return range.status();
    result.targets[config.targets(i).code()] = *range;
  }
  return result;
}

coaching::Checkpoint FromProto(const v1::CoachCheckpoint& checkpoint) {
  return {checkpoint.sequence(), checkpoint.state()};
}

v1::CoachCheckpoint ToProto(const coaching::Checkpoint& checkpoint) {
  v1::CoachCheckpoint result;
  result.set_sequence(checkpoint.sequence);
  result.set_state(checkpoint.state);
  return result;
}

v1::Finding ToProto(const repetitions::Finding& finding) {
  v1::Finding result;
  result.set_code(finding.code);
  result.set_level(ToProto(finding.level));
  result.set_measured(finding.level == repetitions::FindingLevel::kNotJudged ? 0 : finding.measured);
  result.set_good_low(finding.good_low);
  result.set_good_high(finding.good_high);
  result.set_unit(finding.unit);
  for (const skeleton::Joint joint : finding.joints) result.add_joints(JointName(joint));
  result.set_sequence(finding.sequence);
  return result;
}

v1::SetSummary ToProto(const coaching::EndedSet& ended) {
  const repetitions::SetSummary& set = ended.summary;
  v1::SetSummary result;
  result.set_set(set.set);
  result.set_exercise(set.exercise);
  result.set_repetitions(set.repetitions);
  result.set_partial(set.partial);
  result.set_correct(set.correct);
  result.set_score(set.score);
  result.set_start_us(set.start_us);
  result.set_end_us(set.end_us);
  result.set_rest_us(set.rest_us);
  result.set_under_tension_us(set.under_tension_us);
  result.set_tempo_drift(set.tempo_drift);
  result.set_range_lost(set.range_lost);
  for (size_t i = 0; i < set.findings.size(); ++i) {
    const repetitions::FindingCount& count = set.findings[i];
    v1::FindingCount* out = result.add_findings();
    if (i < ended.finding_titles.size()) out->set_title(ended.finding_titles[i]);
    out->set_code(count.code);
    out->set_judged(count.judged);
    out->set_slightly(count.slightly);
    out->set_clearly(count.clearly);
  }
  result.set_held_us(set.held_us);
  result.set_exercise_title(ended.exercise_title);
  return result;
}

v1::ReferenceMatch ToProto(const reference::Match& match) {
  v1::ReferenceMatch result;
  result.set_name(match.name);
  result.set_similarity(match.similarity);
  for (const reference::PartMatch& part : match.parts) {
    v1::ReferencePart* out = result.add_parts();
    out->set_part(std::string(reference::PartName(part.part)));
    out->set_similarity(part.similarity);
  }
  result.set_tempo_ratio(match.tempo_ratio);
  for (const reference::Deviation& deviation : match.deviations) {
    v1::ReferenceDeviation* out = result.add_deviations();
    out->set_joint(JointName(deviation.joint));
    out->set_phase(deviation.phase);
    out->set_degrees(deviation.degrees);
    out->set_sequence(deviation.sequence);
  }
  result.set_failure(match.failure);
  return result;
}

v1::Repetition ToProto(const coaching::CountedRepetition& counted) {
  const repetitions::Repetition& repetition = counted.repetition;
  v1::Repetition result;
  result.set_number(repetition.number);
  result.set_exercise(repetition.exercise);
  result.set_first_sequence(repetition.first_sequence);
  result.set_last_sequence(repetition.last_sequence);
  result.set_start_us(repetition.start_us);
  result.set_end_us(repetition.end_us);
  result.set_complete(repetition.complete);
  result.set_correct(repetition.correct);
  result.set_score(repetition.score);
  result.set_range_of_motion(repetition.range_of_motion);
  result.set_lowering_us(repetition.lowering_us);
  result.set_pause_us(repetition.pause_us);
  result.set_lifting_us(repetition.lifting_us);
  for (size_t i = 0; i < repetition.findings.size(); ++i) {
    v1::Finding* out = result.add_findings();
    *out = ToProto(repetition.findings[i]);
    if (i >= counted.finding_words.size()) continue;
    out->set_title(counted.finding_words[i].title);
    out->set_text(counted.finding_words[i].text);
  }
  result.set_exercise_title(counted.exercise_title);
  if (counted.reference) *result.mutable_reference() = ToProto(*counted.reference);
  result.set_set(repetition.set);
  result.set_range_degrees(repetition.range_degrees);
  result.set_left_right_degrees(repetition.left_right_degrees);
  result.set_peak_speed(repetition.peak_speed);
  result.set_path_ratio(repetition.path_ratio);
  result.set_sway(repetition.sway);
  result.set_held_us(repetition.held_us);
  return result;
}

v1::Advice ToProto(const coaching::Advice& advice) {
  v1::Advice result;
  result.set_text(advice.text);
  for (const std::string& code : advice.codes) result.add_codes(code);
  result.set_sequence(advice.sequence);
  return result;
}

v1::Hint ToProto(const coaching::Hint& hint) {
  v1::Hint result;
  result.set_code(hint.code);
  result.set_text(hint.text);
  result.set_withdrawn(hint.withdrawn);
  result.set_sequence(hint.sequence);
  return result;
}

v1::InferStreamResponse ToProto(const coaching::Event& event) {
  v1::InferStreamResponse response;
  if (const auto* counted = std::get_if<coaching::CountedRepetition>(&event)) {
    *response.mutable_repetition() = ToProto(*counted);
  } else if (const auto* advice = std::get_if<coaching::Advice>(&event)) {
    *response.mutable_advice() = ToProto(*advice);
  } else if (const auto* hint = std::get_if<coaching::Hint>(&event)) {
    *response.mutable_hint() = ToProto(*hint);
  } else if (const auto* set = std::get_if<coaching::EndedSet>(&event)) {
    *response.mutable_set() = ToProto(*set);
  }
  return response;
}

}  // namespace trackfit::contract
