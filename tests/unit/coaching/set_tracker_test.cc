#include "coaching/set_tracker.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace trackfit::coaching {
namespace {

constexpr int64_t kSecond = 1'000'000;

repetitions::Repetition Squat(double start_s, double seconds, bool complete = true) {
  repetitions::Repetition repetition;
  repetition.exercise = "squat";
  repetition.start_us = static_cast<int64_t>(start_s * kSecond);
  repetition.end_us = static_cast<int64_t>((start_s + seconds) * kSecond);
  repetition.complete = repetition.correct = complete;
  repetition.score = complete ? 90 : 30;
  repetition.range_of_motion = complete ? 1 : 0.4F;
  return repetition;
}

repetitions::Finding Depth(repetitions::FindingLevel level) {
  repetitions::Finding finding;
  finding.code = "squat_depth";
  finding.level = level;
  return finding;
}

TEST(SetTracker, NumbersRepetitionsWithinTheirSet) {
  SetTracker sets;
  for (int i = 0; i < 3; ++i) {
    repetitions::Repetition repetition = Squat(10 + 3 * i, 2);
    EXPECT_FALSE(sets.WouldClose("squat", repetition.start_us));
    sets.Add(repetition);
    EXPECT_EQ(repetition.set, 1U);
    EXPECT_EQ(repetition.number, static_cast<uint32_t>(i + 1));
  }
  EXPECT_TRUE(sets.WouldClose("squat", 39 * kSecond)) << "after 21 s of rest";
  EXPECT_FALSE(sets.WouldClose("squat", 37 * kSecond));
  EXPECT_TRUE(sets.WouldClose("lunge", 20 * kSecond)) << "another exercise";
}

TEST(SetTracker, SumsASetUp) {
  SetTracker sets;
  for (int i = 0; i < 6; ++i) {
    repetitions::Repetition repetition = Squat(10 + 5 * i, i < 2 ? 2 : 3, i != 5);
    if (i == 4) repetition.range_of_motion = 0.7F;
    repetition.findings = {Depth(i == 5   ? repetitions::FindingLevel::kClearly
                                 : i == 4 ? repetitions::FindingLevel::kSlightly
                                 : i == 0 ? repetitions::FindingLevel::kNotJudged
                                          : repetitions::FindingLevel::kGood)};
    sets.Add(repetition);
  }
  const repetitions::SetSummary set = sets.Close().value();
  EXPECT_EQ(set.exercise, "squat");
  EXPECT_EQ(set.repetitions, 5U);
  EXPECT_EQ(set.partial, 1U);
  EXPECT_EQ(set.correct, 5U);
  EXPECT_FLOAT_EQ(set.score, 80);
  EXPECT_EQ(set.start_us, 10 * kSecond);
  EXPECT_EQ(set.end_us, 38 * kSecond);
  EXPECT_EQ(set.rest_us, 0);
  EXPECT_EQ(set.under_tension_us, 16 * kSecond);
  EXPECT_FLOAT_EQ(set.tempo_drift, 1.5F);
  EXPECT_FLOAT_EQ(set.range_lost, 0.3F) << "of complete ones";
  ASSERT_EQ(set.findings.size(), 1U);
  EXPECT_EQ(set.findings[0].judged, 5U);
  EXPECT_EQ(set.findings[0].slightly, 1U);
  EXPECT_EQ(set.findings[0].clearly, 1U);
  EXPECT_FALSE(sets.Close()) << "it is closed";
}

TEST(SetTracker, TellsTheRestBeforeTheNextSet) {
  SetTracker sets;
  repetitions::Repetition first = Squat(0, 2);
  sets.Add(first);
  ASSERT_TRUE(sets.Close());
  repetitions::Repetition second = Squat(62, 2);
  sets.Add(second);
  EXPECT_EQ(second.set, 2U);
  EXPECT_EQ(second.number, 1U);
  EXPECT_EQ(sets.Close()->rest_us, 60 * kSecond);
}

TEST(SetTracker, GoesOnFromWhatItSaved) {
  SetTracker sets;
  for (int i = 0; i < 4; ++i) {
    repetitions::Repetition repetition = Squat(3 * i, 2, i != 2);
    repetition.findings = {Depth(repetitions::FindingLevel::kSlightly)};
    sets.Add(repetition);
  }
  SetTracker loaded;
  loaded.Load(nlohmann::json::parse(sets.Save().dump()));
  for (SetTracker* tracker : {&sets, &loaded}) {
    repetitions::Repetition next = Squat(20, 3);
    tracker->Add(next);
    EXPECT_EQ(next.number, 5U);
  }
  const repetitions::SetSummary expected = sets.Close().value();
  const repetitions::SetSummary set = loaded.Close().value();
  EXPECT_EQ(set.partial, expected.partial);
  EXPECT_EQ(set.score, expected.score);
  EXPECT_EQ(set.tempo_drift, expected.tempo_drift);
  EXPECT_EQ(set.findings.at(0).slightly, expected.findings.at(0).slightly);
  EXPECT_EQ(set.under_tension_us, expected.under_tension_us);
}

TEST(SetTracker, RefusesWhatItDidNotSave) {
  SetTracker sets;
  EXPECT_THROW(sets.Load(nlohmann::json::parse(R"({"sets": "many"})")), nlohmann::json::exception);
}

TEST(SetTracker, ClosesASetBeforeItGrowsWithoutBound) {
  SetTracker sets;
  int repetitions = 0;
  while (!sets.WouldClose("squat", 2 * repetitions * kSecond) && repetitions < 5000) {
    repetitions::Repetition repetition = Squat(2 * repetitions++, 1);
    sets.Add(repetition);
  }
  EXPECT_EQ(repetitions, 1000);
}

}  // namespace
}  // namespace trackfit::coaching
