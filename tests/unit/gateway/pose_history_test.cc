#include "gateway/pose_history.h"

#include <gtest/gtest.h>

#include <limits>

namespace trackfit::gateway {
namespace {

constexpr int64_t kFrameUs = 33'333;

v1::Pose PoseNumber(uint64_t sequence, int64_t timestamp_us) {
  v1::Pose pose;
  pose.set_sequence(sequence);
  pose.set_timestamp_us(timestamp_us);
  return pose;
}

// `count` poses at 30 Hz, sequences from 0, all sent.
PoseHistory Sent(int64_t replay_us, size_t capacity, uint64_t count) {
  PoseHistory history(replay_us, capacity);
  for (uint64_t i = 0; i < count; ++i) {
    history.Add(PoseNumber(i, static_cast<int64_t>(i) * kFrameUs));
    history.NextToSend();
  }
  return history;
}

TEST(PoseHistory, SendsEachPoseOnce) {
  PoseHistory history(1'000'000, 100);
  history.Add(PoseNumber(4, 0));
  history.Add(PoseNumber(6, 1));
  EXPECT_EQ(history.unsent(), 2U);
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 4U);
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 6U);
  EXPECT_EQ(history.NextToSend(), nullptr);
  EXPECT_EQ(history.added(), 2U);
}

TEST(PoseHistory, ReplaysEverythingBeforeTheFirstAssessment) {
  PoseHistory history = Sent(1'000'000, 100, 50);
  history.Rewind();
  EXPECT_EQ(history.unsent(), 50U);
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 0U);
}

TEST(PoseHistory, ReplaysFromTheAskedTimeBeforeTheLastAssessment) {
  PoseHistory history = Sent(10 * kFrameUs, 100, 50);
  history.Delivered(40);
  history.Rewind();
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 30U);
  EXPECT_EQ(history.unsent(), 19U);
}

TEST(PoseHistory, StartsAReplayWithThePoseNearestToTheAskedTime) {
  PoseHistory early = Sent(10 * kFrameUs + 10'000, 100, 50);
  early.Delivered(40);
  early.Rewind();
  EXPECT_EQ(early.NextToSend()->pose().sequence(), 30U);

  PoseHistory late = Sent(10 * kFrameUs + 20'000, 100, 50);
  late.Delivered(40);
  late.Rewind();
  EXPECT_EQ(late.NextToSend()->pose().sequence(), 29U);
}

TEST(PoseHistory, NeverForgetsAnUnsentPose) {
  PoseHistory history(0, 10);
  for (uint64_t i = 0; i < 25; ++i) history.Add(PoseNumber(i, static_cast<int64_t>(i)));
  history.Delivered(20);
  EXPECT_EQ(history.unsent(), 25U);
}

TEST(PoseHistory, KeepsABoundedNumberOfSentPoses) {
  PoseHistory history = Sent(std::numeric_limits<int64_t>::max(), 10, 1000);
  EXPECT_EQ(history.kept(), 10U);
  history.Rewind();
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 990U);
}

TEST(PoseHistory, SkipsAWindowFromItsBeginning) {
  PoseHistory history = Sent(1'000'000, 100, 50);
  EXPECT_EQ(history.Skip(std::nullopt, 10 * kFrameUs), 10U);
  history.Rewind();
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 11U);
  EXPECT_EQ(history.added(), 50U);
}

TEST(PoseHistory, SkipsWhatBelongsToTheWindowBehindAnAssessment) {
  PoseHistory history = Sent(1'000'000, 100, 50);
  EXPECT_EQ(history.Skip(20, 10 * kFrameUs), 30U);
  history.Rewind();
  EXPECT_EQ(history.unsent(), 19U);
}

TEST(PoseHistory, SkipsNoPoseThatWasNotSent) {
  PoseHistory history = Sent(1'000'000, 100, 50);
  history.Add(PoseNumber(50, 50 * kFrameUs));
  EXPECT_EQ(history.Skip(45, 10 * kFrameUs), 49U);
  EXPECT_EQ(history.unsent(), 1U);
  history.Rewind();
  EXPECT_EQ(history.Skip(45, 10 * kFrameUs), std::nullopt);
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 50U);
}

TEST(PoseHistory, AcceptsTimestampsAtBothEndsOfTheirRange) {
  PoseHistory history(1'000'000, 10);
  history.Add(PoseNumber(1, std::numeric_limits<int64_t>::min()));
  history.Add(PoseNumber(2, std::numeric_limits<int64_t>::max()));
  history.NextToSend();
  history.NextToSend();
  history.Delivered(2);
  history.Rewind();
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 2U);
}

}  // namespace
}  // namespace trackfit::gateway
