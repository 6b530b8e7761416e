#include "assessment/clip_summary.h"

#include <gtest/gtest.h>

#include <cmath>

namespace trackfit::assessment {
namespace {

Assessment Window(const std::string& exercise, float probability, float score, uint64_t first,
                  uint64_t last) {
  Assessment window;
  window.first_sequence = first;
  window.last_sequence = last;
  const std::string rest = exercise == "squat" ? "push_up" : "squat";
  window.classes = {{exercise, probability}, {rest, 0.9F - probability}, {"other", 0.1F}};
  window.exercise = window.judged_exercise = exercise;
  window.confidence = probability;
  window.known = true;
  window.quality = {0.5F, score, LevelOf(score)};
  window.joint_errors[3] = {score, score};
  window.model_version = "1";
  return window;
}

TEST(ClipSummary, OfNothingIsEmpty) { EXPECT_FALSE(ClipSummary().Overall().has_value()); }

TEST(ClipSummary, AveragesProbabilitiesSoThatTheyStillSumToOne) {
  ClipSummary summary;
  summary.Add(Window("squat", 0.8F, 40, 0, 99));
  summary.Add(Window("push_up", 0.5F, 90, 15, 114));
  const Assessment overall = summary.Overall().value();
  EXPECT_EQ(overall.exercise, "squat");
  EXPECT_NEAR(overall.confidence, 0.6F, 1e-6);
  float sum = 0;
  for (const ClassScore& score : overall.classes) sum += score.probability;
  EXPECT_NEAR(sum, 1, 1e-6);
  EXPECT_EQ(overall.classes.front().exercise, "squat");
  EXPECT_EQ(overall.first_sequence, 0U);
  EXPECT_EQ(overall.last_sequence, 114U);
}

TEST(ClipSummary, KeepsTheEmbeddingAtUnitLength) {
  ClipSummary summary;
  Assessment window = Window("squat", 0.8F, 40, 0, 99);
  window.embedding = {1, 0};
  summary.Add(window);
  window.embedding = {0, 1};
  summary.Add(window);
  const std::vector<float> embedding = summary.Overall()->embedding;
  ASSERT_EQ(embedding.size(), 2U);
  EXPECT_NEAR(embedding[0], std::sqrt(0.5), 1e-6);
  EXPECT_NEAR(embedding[1], std::sqrt(0.5), 1e-6);
}

TEST(ClipSummary, JudgesQualityByTheWindowsOfTheOverallExercise) {
  ClipSummary summary;
  summary.Add(Window("squat", 0.8F, 40, 0, 99));
  summary.Add(Window("squat", 0.8F, 20, 15, 114));
  summary.Add(Window("push_up", 0.5F, 90, 30, 129));
  const Assessment overall = summary.Overall().value();
  EXPECT_EQ(overall.judged_exercise, "squat");
  EXPECT_FLOAT_EQ(overall.quality.score, 30);
  EXPECT_EQ(overall.quality.level, QualityLevel::kGood);
  EXPECT_FLOAT_EQ(overall.joint_errors[3].percentile, 30);
}

TEST(ClipSummary, AveragesAJointOverTheWindowsThatJudgedIt) {
  ClipSummary summary;
  Assessment blind = Window("squat", 0.8F, 40, 0, 99);
  blind.joint_errors[3] = {.judged = false};
  blind.joint_errors[4] = {.judged = false};
  summary.Add(blind);
  Assessment seen = Window("squat", 0.8F, 20, 15, 114);
  seen.joint_errors[4] = {.judged = false};
  summary.Add(seen);
  const Assessment overall = summary.Overall().value();
  EXPECT_TRUE(overall.joint_errors[3].judged);
  EXPECT_FLOAT_EQ(overall.joint_errors[3].percentile, 20);
  EXPECT_FALSE(overall.joint_errors[4].judged);
}

TEST(ClipSummary, NeverNamesTheBackgroundClassAsTheExercise) {
  Assessment window = Window("squat", 0.2F, 10, 0, 99);
  window.classes = {{"other", 0.7F}, {"squat", 0.2F}, {"push_up", 0.1F}};
  window.known = false;
  ClipSummary summary;
  summary.Add(window);
  const Assessment overall = summary.Overall().value();
  EXPECT_EQ(overall.exercise, "squat");
  EXPECT_FALSE(overall.known);
}

TEST(ClipSummary, KeepsTheExpectedExerciseAsTheJudge) {
  Assessment window = Window("squat", 0.8F, 3, 0, 99);
  window.judged_exercise = "push_up";
  ClipSummary summary;
  summary.Add(window);
  const Assessment overall = summary.Overall().value();
  EXPECT_EQ(overall.exercise, "squat");
  EXPECT_EQ(overall.judged_exercise, "push_up");
  EXPECT_EQ(overall.quality.level, QualityLevel::kPoor);
}

// A window in which the person rests, and which the network takes for a bad push-up.
Assessment Rest(uint64_t last) {
  Assessment window = Window("push_up", 0.8F, 1, last - 99, last);
  window.known = false;
  window.notices = {{NoticeCode::kNoMovement, "hardly anything moves", last}};
  return window;
}

Assessment OfWindows(int squats, int rests) {
  ClipSummary summary;
  for (int i = 0; i < squats; ++i) summary.Add(Window("squat", 0.8F, 40, 0, 99));
  for (int i = 0; i < rests; ++i) summary.Add(Rest(100 + 15 * i));
  return summary.Overall().value();
}

TEST(ClipSummary, KeepsASetKnownWhenThePersonRestsAfterwards) {
  const Assessment overall = OfWindows(10, 20);
  EXPECT_TRUE(overall.known);
  EXPECT_EQ(overall.exercise, "squat");
  EXPECT_NEAR(overall.confidence, 0.8F, 1e-6);
  EXPECT_FLOAT_EQ(overall.quality.score, 40) << "the rest is no squat";
  EXPECT_EQ(overall.last_sequence, 385U) << "the rest belongs to the clip";
  EXPECT_TRUE(overall.notices.empty());
}

TEST(ClipSummary, KeepsASetKnownAmongRestsThatAreMuchLonger) {
  EXPECT_TRUE(OfWindows(10, 190).known);
  EXPECT_FALSE(OfWindows(10, 191).known) << "no more than what noise makes of a person who keeps still";
  EXPECT_FALSE(OfWindows(9, 19).known) << "too few to tell from noise";
}

TEST(ClipSummary, KnowsNothingWhereHardlyAWindowShowsAnything) {
  const Assessment overall = OfWindows(1, 3);
  EXPECT_FALSE(overall.known);
  EXPECT_EQ(overall.exercise, "squat");
  ASSERT_EQ(overall.notices.size(), 1U) << "the first of each kind";
  EXPECT_EQ(overall.notices[0].code, NoticeCode::kNoMovement);
  EXPECT_EQ(overall.notices[0].sequence, 100U);
}

TEST(ClipSummary, StillSaysWhatIsNearestWhereNoWindowShowsAnything) {
  const Assessment overall = OfWindows(0, 3);
  EXPECT_FALSE(overall.known);
  EXPECT_EQ(overall.exercise, "push_up");
  EXPECT_EQ(overall.notices.size(), 1U);
}

TEST(ClipSummary, RatesNothingThatTheModelCouldNotRate) {
  Assessment window = Window("squat", 0.8F, 0, 0, 99);
  window.quality.level = QualityLevel::kUnspecified;
  ClipSummary summary;
  summary.Add(window);
  EXPECT_EQ(summary.Overall().value().quality.level, QualityLevel::kUnspecified);
}

TEST(QualityLevel, FollowsTheDocumentedLimits) {
  EXPECT_EQ(LevelOf(0), QualityLevel::kPoor);
  EXPECT_EQ(LevelOf(5), QualityLevel::kFair);
  EXPECT_EQ(LevelOf(25), QualityLevel::kGood);
  EXPECT_EQ(LevelOf(60), QualityLevel::kExcellent);
  EXPECT_EQ(LevelOf(100), QualityLevel::kExcellent);
}

}  // namespace
}  // namespace trackfit::assessment
