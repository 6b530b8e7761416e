#include "assessment/clip_summary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

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
  window.known_score = 0.9F;
  window.known = true;
  window.background = "other";
  window.duration_us = static_cast<int64_t>(last + 1 - first) * 1'000'000 / 30;
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
  window.known_score = 0.3F;
  window.known = false;
  ClipSummary summary;
  summary.Add(window);
  const Assessment overall = summary.Overall().value();
  EXPECT_EQ(overall.exercise, "squat");
  EXPECT_FALSE(overall.known);
}

// Squats in windows one after the other, each with this probability of being any exercise.
ClipSummary Squats(const std::vector<float>& known_scores, bool counted = false) {
  ClipSummary summary;
  uint64_t first = 0;
  for (const float known_score : known_scores) {
    Assessment window = Window("squat", 0, 40, first, first + 89);  // 3 s
    window.classes = {
        {"squat", known_score * 0.75F}, {"push_up", known_score * 0.25F}, {"other", 1 - known_score}};
    window.known_score = known_score;
    window.known = known_score >= window.known_threshold;
    window.counted = counted;
    summary.Add(window);
    first += 90;
  }
  return summary;
}

TEST(ClipSummary, CallsTheExerciseAsTheWindowsDo) {
  ClipSummary summary;
  Assessment squat = Window("squat", 0, 40, 0, 89), push_up = Window("push_up", 0, 40, 90, 179);
  squat.exercise_title = "스쿼트";
  push_up.exercise_title = "푸시업";
  squat.classes = push_up.classes = {{"push_up", 0.75F}, {"squat", 0.25F}};
  summary.Add(squat);
  summary.Add(push_up);
  EXPECT_EQ(summary.Overall()->exercise, "push_up");
  EXPECT_EQ(summary.Overall()->exercise_title, "푸시업");
}

TEST(ClipSummary, OneWindowThatIsSureDoesNotOutweighTheOthers) {
  EXPECT_FALSE(Squats({0.9999F, 0.2F, 0.2F, 0.2F}).Overall()->known);
  EXPECT_TRUE(Squats({0.0001F, 0.8F, 0.8F, 0.8F}).Overall()->known);
}

TEST(ClipSummary, ProbabilitiesFollowTheKnownScore) {
  const Assessment overall = *Squats({0.6F, 0.6F, 0.6F}, true).Overall();
  float exercises = 0;
  for (const ClassScore& score : overall.classes) {
    if (score.exercise != "other") exercises += score.probability;
  }
  EXPECT_LT(overall.known_score, 0.2F) << "nine seconds without a repetition";
  EXPECT_NEAR(exercises, overall.known_score, 1e-6);
  EXPECT_EQ(overall.classes.front().exercise, "other");
  EXPECT_NEAR(overall.classes.front().probability, 1 - overall.known_score, 1e-6);
  EXPECT_NEAR(overall.confidence / overall.known_score, 0.75F, 1e-6) << "which exercise is another question";
}

TEST(ClipSummary, KnowsNoExerciseWhoseRepetitionsAreCountedInVain) {
  const Assessment overall = *Squats({0.8F, 0.8F, 0.8F}, true).Overall();
  EXPECT_EQ(overall.exercise, "squat");
  EXPECT_FALSE(overall.known);
  ASSERT_EQ(overall.notices.size(), 1U);
  EXPECT_EQ(overall.notices[0].code, NoticeCode::kNoRepetition);
  EXPECT_EQ(overall.notices[0].message,
            "It looks like the exercise squat, but in 9 s of such movement no repetition was counted, so no "
            "exercise is known");
}

TEST(ClipSummary, ExpectsNoRepetitionsOfWhatNobodyCounts) {
  EXPECT_TRUE(Squats({0.8F, 0.8F, 0.8F}).Overall()->known);
}

TEST(ClipSummary, ExpectsNoRepetitionWithinTwoSeconds) {
  EXPECT_NEAR(Squats({0.6F}, true).Overall()->known_score, 0.45F, 0.01F) << "one second in vain";
  ClipSummary summary;
  Assessment window = Window("squat", 0.8F, 40, 0, 59);
  window.counted = true;
  summary.Add(window);
  EXPECT_NEAR(summary.Overall()->known_score, 0.9F, 1e-6);
}

TEST(ClipSummary, BelievesASetThatIsCounted) {
  ClipSummary summary = Squats({0.4F, 0.4F, 0.4F, 0.4F}, true);
  EXPECT_FALSE(summary.Overall()->known);
  summary.AddRepetition("push_up");
  summary.AddRepetition("push_up");
  EXPECT_FALSE(summary.Overall()->known) << "of another exercise";
  summary.AddRepetition("squat");
  EXPECT_NEAR(summary.Overall()->known_score, 0.4F, 1e-6) << "one may be chance";
  summary.AddRepetition("squat");
  EXPECT_TRUE(summary.Overall()->known);
  EXPECT_NEAR(summary.Overall()->known_score, 0.524F, 0.001F);
}

TEST(ClipSummary, NamesTheExerciseOfWhichASetWasCounted) {
  ClipSummary summary = Squats({0.9F, 0.9F, 0.9F}, true);
  for (uint64_t i = 3; i < 12; ++i) summary.Add(Window("push_up", 0.8F, 40, i * 90, i * 90 + 89));
  EXPECT_EQ(summary.Overall()->exercise, "push_up");
  summary.AddRepetition("squat");
  summary.AddRepetition("squat");
  EXPECT_EQ(summary.Overall()->exercise, "squat");
  EXPECT_TRUE(summary.Overall()->known);
}

TEST(ClipSummary, KnowsASetAmongMovementsThatAreNone) {
  ClipSummary summary = Squats({0.9F, 0.9F, 0.9F}, true);
  for (uint64_t i = 3; i < 30; ++i) {
    Assessment walk = Window("push_up", 0.01F, 40, i * 90, i * 90 + 89);
    walk.known_score = 0.02F;
    walk.known = false;
    summary.Add(walk);
  }
  EXPECT_FALSE(summary.Overall()->known);
  for (int i = 0; i < 3; ++i) summary.AddRepetition("squat");
  EXPECT_TRUE(summary.Overall()->known);
}

TEST(ClipSummary, ARepetitionAccountsForAWhileOnly) {
  ClipSummary summary = Squats(std::vector<float>(20, 0.8F), true);  // a minute
  summary.AddRepetition("squat");
  const Assessment overall = *summary.Overall();
  EXPECT_FALSE(overall.known);
  ASSERT_EQ(overall.notices.size(), 1U);
  EXPECT_NE(overall.notices[0].message.find("in 60 s of such movement only one repetition was counted"),
            std::string::npos)
      << overall.notices[0].message;
  for (int i = 0; i < 4; ++i) summary.AddRepetition("squat");
  EXPECT_TRUE(summary.Overall()->known);
}

TEST(ClipSummary, TellsOnHowMuchMovementItRests) {
  ClipSummary summary;
  summary.Add(Window("squat", 0.8F, 40, 0, 41));
  ASSERT_EQ(summary.Overall()->notices.size(), 1U);
  EXPECT_EQ(summary.Overall()->notices[0].code, NoticeCode::kLittleEvidence);
  EXPECT_EQ(summary.Overall()->notices[0].message,
            "All this rests on 1.4 s of movement, less than a repetition takes: film longer");
  EXPECT_TRUE(summary.Overall()->known) << "it is said, no more";
  summary.Add(Window("squat", 0.8F, 40, 15, 74));
  EXPECT_NEAR(static_cast<double>(summary.Overall()->duration_us), 2.5e6, 1)
      << "what windows share counts once";
  EXPECT_TRUE(summary.Overall()->notices.empty());
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
