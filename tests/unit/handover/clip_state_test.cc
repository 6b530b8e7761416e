#include "handover/clip_state.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace trackfit::handover {
namespace {

using assessment::Assessment;
using assessment::ClipSummary;

// Windows of two exercises; every fourth shows too little.
Assessment Window(int number) {
  Assessment window;
  const std::string exercise = number % 5 == 0 ? "push_up" : "squat";
  const float share = 0.1F * static_cast<float>(number % 7);
  window.first_sequence = static_cast<uint64_t>(number) * 15;
  window.last_sequence = window.first_sequence + 99;
  window.classes = {{exercise, 0.9F - share}, {"other", 0.1F + share}};
  window.exercise = window.judged_exercise = exercise;
  window.exercise_title = "Title of " + exercise;
  window.known_score = 0.9F - share / 2;
  window.known = true;
  window.background = "other";
  window.counted = true;
  window.duration_us = 3'333'333;
  window.quality = {0.5F + share / 3, 40 + 10 * share, assessment::LevelOf(40)};
  window.joint_errors[3] = {share, 30 * share};
  window.joint_errors[4].judged = number % 2 == 0;
  window.embedding = {share, 1 - share};
  window.model_version = "6";
  if (number % 4 == 3) {
    window.known = false;
    window.notices = {{assessment::NoticeCode::kFewPoses, "few", window.last_sequence}};
  }
  return window;
}

void ExpectSame(const Assessment& actual, const Assessment& expected) {
  EXPECT_EQ(actual.first_sequence, expected.first_sequence);
  EXPECT_EQ(actual.last_sequence, expected.last_sequence);
  EXPECT_EQ(actual.exercise, expected.exercise);
  EXPECT_EQ(actual.exercise_title, expected.exercise_title);
  EXPECT_EQ(actual.confidence, expected.confidence);
  EXPECT_EQ(actual.known_score, expected.known_score);
  EXPECT_EQ(actual.known, expected.known);
  EXPECT_EQ(actual.known_threshold, expected.known_threshold);
  EXPECT_EQ(actual.background, expected.background);
  EXPECT_EQ(actual.duration_us, expected.duration_us);
  EXPECT_EQ(actual.counted, expected.counted);
  EXPECT_EQ(actual.judged_exercise, expected.judged_exercise);
  EXPECT_EQ(actual.quality.cosine, expected.quality.cosine);
  EXPECT_EQ(actual.quality.score, expected.quality.score);
  EXPECT_EQ(actual.quality.level, expected.quality.level);
  EXPECT_EQ(actual.embedding, expected.embedding);
  EXPECT_EQ(actual.model_version, expected.model_version);
  ASSERT_EQ(actual.classes.size(), expected.classes.size());
  for (size_t i = 0; i < actual.classes.size(); ++i) {
    EXPECT_EQ(actual.classes[i].exercise, expected.classes[i].exercise);
    EXPECT_EQ(actual.classes[i].probability, expected.classes[i].probability);
  }
  for (size_t joint = 0; joint < actual.joint_errors.size(); ++joint) {
    EXPECT_EQ(actual.joint_errors[joint].error, expected.joint_errors[joint].error);
    EXPECT_EQ(actual.joint_errors[joint].percentile, expected.joint_errors[joint].percentile);
    EXPECT_EQ(actual.joint_errors[joint].judged, expected.joint_errors[joint].judged);
  }
  ASSERT_EQ(actual.notices.size(), expected.notices.size());
  for (size_t i = 0; i < actual.notices.size(); ++i) {
    EXPECT_EQ(actual.notices[i].code, expected.notices[i].code);
    EXPECT_EQ(actual.notices[i].message, expected.notices[i].message);
    EXPECT_EQ(actual.notices[i].sequence, expected.notices[i].sequence);
  }
}

void Continue(ClipSummary& summary, int first, int behind) {
  for (int i = first; i < behind; ++i) {
    summary.Add(Window(i));
    if (i % 6 == 1) summary.AddRepetition("squat");
  }
}

TEST(ClipState, LetsAnotherSummaryGoOnBitByBit) {
  for (const int handed_over : {0, 1, 4, 17, 40}) {
    ClipSummary undisturbed, before, after;
    Continue(undisturbed, 0, 40);
    Continue(before, 0, handed_over);
    ClipState message;
    ASSERT_TRUE(message.ParseFromString(ToProto(before.state()).SerializeAsString()));
    after.Restore(FromProto(message));
    Continue(after, handed_over, 40);
    SCOPED_TRACE(handed_over);
    ExpectSame(after.Overall().value(), undisturbed.Overall().value());
  }
}

TEST(ClipState, KeepsWindowsThatShowTooLittleApart) {
  ClipSummary before, after;
  for (const int number : {3, 7, 11}) before.Add(Window(number));
  after.Restore(FromProto(ToProto(before.state())));
  ExpectSame(after.Overall().value(), before.Overall().value());
  ASSERT_EQ(after.Overall()->notices.size(), 1U);
}

TEST(ClipState, TakesNoHarmOfOneThatNobodyWrote) {
  ClipState message;
  message.mutable_sufficient()->set_windows(3);  // but judged as nothing
  message.mutable_held_back()->set_windows(-1);
  (*message.mutable_held_back()->mutable_judged())["squat"].mutable_error()->Resize(1000, 1);
  ClipSummary summary;
  summary.Restore(FromProto(message));
  EXPECT_FALSE(summary.Overall().has_value());
  message.mutable_held_back()->set_windows(1);
  summary.Restore(FromProto(message));
  EXPECT_TRUE(summary.Overall().has_value());
}

}  // namespace
}  // namespace trackfit::handover
