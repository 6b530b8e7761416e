// A squat with two conditions, sets of it, and a language that shows what a sentence was made of.
#ifndef TRACKFIT_TESTS_UNIT_ADVICE_SQUATS_H_
#define TRACKFIT_TESTS_UNIT_ADVICE_SQUATS_H_

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "advice/advisor.h"
#include "advice/language.h"

namespace trackfit::advice {

// Words only: "change: Go lower." is the first sentence that tells what to change, "change2: ..." the second.
inline std::string WordsYaml() {
  std::string yaml = R"(language: en
repetitions: {1: one, other: "{n} reps"}
units: {degrees: "{n} deg", torso_lengths: "{n} tl", ratio: "{n}", seconds: "{n} s", percent: "{n} %"}
ranges: {between: "{low}..{high}", least: ">= {low}", most: "<= {high}"}
lists: {separator: ", ", last: " and "}
where: {one: "rep {numbers}", few: "reps {numbers}", many: "{count} of {total}"}
views: {front: front, diagonal: diagonal, side: side}
findings: {below: "Too low: {measured}, {range}.", above: "Too high: {measured}, {range}."}
hints:
)";
  for (const char* code :
       {"nobody", "several_people", "too_near", "too_far", "head_cut_off", "hands_cut_off", "feet_cut_off",
        "camera_tilted", "hard_to_see", "turn_sideways", "turn_diagonally", "turn_to_front"})
    absl::StrAppend(&yaml, "  ", code, ": Hint ", code, "\n");
  absl::StrAppend(&yaml, "voices:\n  neutral:\n");
  const std::pair<const char*, const char*> sentences[] = {
      {"change", "{change}"},
      {"again", "{change}"},
      {"closer", "{change}"},
      {"improved", "{praise}"},
      {"praise", "{streak} {praise}"},
      {"partial", "{share}"},
      {"partial_change", "{share} {change}"},
      {"set_all_correct", "{exercise} {repetitions}"},
      {"set_some_correct", "{exercise} {repetitions} {correct}"},
      {"set_none_correct", "{exercise} {repetitions}"},
      {"set_none_complete", "{exercise}"},
      {"set_held", "{exercise} {seconds}"},
      {"set_partial", "{partial}"},
      {"set_change", "{where} {change}"},
      {"set_praise", "{praise}"},
      {"set_improved", "{praise}"},
      {"set_better", "{before} {now}"},
      {"set_range_lost", "{share}"},
      {"set_slower", "{share}"},
      {"not_seen", "hidden"},
      {"not_seen_from", "{view}"}};
  for (const auto& [key, text] : sentences)
    absl::StrAppend(&yaml, "    ", key, ": [\"", key, ": ", text, "\", \"", key, "2: ", text, "\"]\n");
  return yaml;
}

inline std::shared_ptr<const Phrases> Words() {
  absl::StatusOr<Language> language = Language::Parse("words.yaml", WordsYaml());
  EXPECT_TRUE(language.ok()) << language.status();
  return std::make_shared<const Phrases>(std::vector<Language>{*std::move(language)});
}

inline Advisor MakeAdvisor() {
  absl::StatusOr<Advisor> advisor = Advisor::Create(Words(), "", "");
  EXPECT_TRUE(advisor.ok()) << advisor.status();
  return *std::move(advisor);
}

// Depth (importance 4, seen from the side, good up to 100 degrees, slightly off up to 115) drives the
// repetition; knees (importance 5, seen from the front, good from 0.8) and lean (importance 2, good up to 45)
// do not.
inline repetitions::Exercise Squat() {
  repetitions::Exercise exercise;
  exercise.name = "squat";
  exercise.titles["en"] = "Squat";
  exercise.measures.resize(3);
  exercise.drivers.push_back({.measure = 0});
  const auto add = [&](const char* code, int measure, repetitions::Range good, float slightly, int importance,
                       std::vector<repetitions::View> views, repetitions::ConditionText text) {
    repetitions::Condition condition;
    condition.code = code;
    condition.quantity.measure = measure;
    condition.good = good;
    condition.slightly = slightly;
    condition.importance = importance;
    condition.views = std::move(views);
    condition.texts["en"] = std::move(text);
    exercise.conditions.push_back(std::move(condition));
  };
  using repetitions::kNoLimit;
  using repetitions::View;
  add("depth", 0, {-kNoLimit, 100}, 15, 4, {View::kSide}, {"Depth", "", "Go lower.", "Good depth."});
  add("knees", 1, {0.8F, kNoLimit}, 0.1F, 5, {View::kFront}, {"Knees", "Knees out.", "", "Good knees."});
  add("lean", 2, {-kNoLimit, 45}, 10, 2, {}, {"Lean", "", "Chest up.", "Good chest."});
  return exercise;
}

// A person who does squats, three seconds each, in sets.
class Squats {
 public:
  // NaN: not judged.
  struct Measured {
    float depth = 90;
    float knees = 0.9F;
    float lean = 30;
    bool complete = true;
    float range_of_motion = 1;
  };

  repetitions::Repetition Next(const Measured& measured) {
    repetitions::Repetition repetition;
    repetition.set = set_;
    repetition.number = ++number_;
    repetition.exercise = "squat";
    repetition.start_us = now_us_;
    now_us_ += 3'000'000;
    repetition.end_us = now_us_;
    repetition.complete = measured.complete;
    repetition.correct = measured.complete;
    repetition.range_of_motion = measured.range_of_motion;
    const float values[] = {measured.depth, measured.knees, measured.lean};
    for (size_t i = 0; i < exercise_.conditions.size(); ++i) {
      const repetitions::Condition& condition = exercise_.conditions[i];
      repetitions::Finding finding;
      finding.code = condition.code;
      finding.good_low = condition.good.low;
      finding.good_high = condition.good.high;
      finding.unit = i == 1 ? "ratio" : "degrees";
      const float excess = condition.good.Excess(values[i]);
      if (!std::isnan(values[i])) {
        finding.measured = values[i];
        finding.level = excess <= 0                    ? repetitions::FindingLevel::kGood
                        : excess <= condition.slightly ? repetitions::FindingLevel::kSlightly
                                                       : repetitions::FindingLevel::kClearly;
      }
      repetition.correct = repetition.correct && finding.level != repetitions::FindingLevel::kClearly;
      repetition.findings.push_back(finding);
    }
    summary_.repetitions += repetition.complete;
    summary_.partial += !repetition.complete;
    summary_.correct += repetition.correct;
    return repetition;
  }

  void Rest(double seconds) { now_us_ += static_cast<int64_t>(seconds * 1e6); }

  // Ends the set.
  repetitions::SetSummary Finish() {
    repetitions::SetSummary summary = std::exchange(summary_, {});
    summary.set = set_++;
    summary.exercise = "squat";
    summary.end_us = now_us_;
    number_ = 0;
    return summary;
  }

 private:
  repetitions::Exercise exercise_ = Squat();
  int64_t now_us_ = 0;
  uint32_t set_ = 1;
  uint32_t number_ = 0;
  repetitions::SetSummary summary_;
};

// Their texts.
inline std::vector<std::string> Texts(const std::vector<Advice>& said) {
  std::vector<std::string> texts;
  for (const Advice& advice : said) texts.push_back(advice.text);
  return texts;
}

}  // namespace trackfit::advice

#endif  // TRACKFIT_TESTS_UNIT_ADVICE_SQUATS_H_
