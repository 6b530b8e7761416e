#include "gateway/pose_history.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

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

TEST(PoseHistory, KnowsHowFarTheSentPosesReach) {
  PoseHistory history = Sent(1'000'000, 100, 50);
  EXPECT_EQ(history.last_sent(), 49U);
  EXPECT_TRUE(history.Reaches(std::nullopt, 49 * kFrameUs));
  EXPECT_FALSE(history.Reaches(std::nullopt, 49 * kFrameUs + 1));
  EXPECT_TRUE(history.Reaches(40, 9 * kFrameUs));
  EXPECT_FALSE(history.Reaches(40, 10 * kFrameUs));
  history.Rewind();
  EXPECT_EQ(history.last_sent(), std::nullopt);
  EXPECT_FALSE(history.Reaches(std::nullopt, 0));
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

// The same with a coach. Windows end with poses 10, 15, 20, ...
PoseHistory Coached(uint64_t count) {
  PoseHistory history(10 * kFrameUs, 100, true);
  for (uint64_t i = 0; i < count; ++i) {
    history.Add(PoseNumber(i, static_cast<int64_t>(i) * kFrameUs));
    history.NextToSend();
    if (i >= 10 && i % 5 == 0) history.Delivered(i);
  }
  return history;
}

TEST(PoseHistory, KeepsAllPosesBeforeTheFirstCheckpoint) { EXPECT_EQ(Coached(80).kept(), 80U); }

TEST(PoseHistory, KeepsWhatTheCoachStillNeedsInStepWithTheWindows) {
  PoseHistory history = Coached(50);
  history.Checkpoint(22, 45);
  history.Rewind();
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 20U) << "from 23 on windows would end otherwhere";
}

TEST(PoseHistory, KeepsWhatTheWindowsNeedThatTheCoachHasNotSeen) {
  PoseHistory history = Coached(50);
  history.Checkpoint(44, 30);
  history.Rewind();
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 20U);
}

TEST(PoseHistory, ForgetsNothingForAnOlderCheckpoint) {
  PoseHistory history = Coached(50);
  history.Checkpoint(30, 45);
  const size_t kept = history.kept();
  history.Checkpoint(10, 45);
  EXPECT_EQ(history.kept(), kept);
  history.Checkpoint(49, 45);
  EXPECT_EQ(history.kept(), 15U);
}

// Poses 0 to 9, nobody in 10 to 29, poses 30 to 49, all sent.
PoseHistory WithAbsence(int64_t replay_us) {
  PoseHistory history(replay_us, 100);
  for (uint64_t i = 0; i < 50; ++i) {
    const int64_t time_us = static_cast<int64_t>(i) * kFrameUs;
    if (i >= 10 && i < 30) {
      history.AddNobody(i, time_us);
    } else {
      history.Add(PoseNumber(i, time_us), 2);
    }
    history.NextToSend();
  }
  return history;
}

TEST(PoseHistory, SendsFramesWithoutAnybodyInTheirPlace) {
  PoseHistory history = WithAbsence(1'000'000);
  history.Rewind();
  const PoseHistory::Request first = history.NextToSend();
  EXPECT_EQ(first->pose().sequence(), 0U);
  EXPECT_EQ(first->people(), 2U);
  for (int i = 1; i < 10; ++i) history.NextToSend();
  const PoseHistory::Request nobody = history.NextToSend();
  EXPECT_EQ(nobody->no_pose().sequence(), 10U);
  EXPECT_EQ(nobody->no_pose().timestamp_us(), 10 * kFrameUs);
}

TEST(PoseHistory, StartsAReplayWithAPoseAndNotWithNobody) {
  PoseHistory history = WithAbsence(25 * kFrameUs);
  history.Delivered(40);  // 25 frames before it, in 15, nobody is seen; 9 is nearer to that than 30 is
  history.Rewind();
  EXPECT_EQ(history.NextToSend()->pose().sequence(), 9U);

  PoseHistory later = WithAbsence(15 * kFrameUs);
  later.Delivered(40);
  later.Rewind();
  EXPECT_EQ(later.NextToSend()->pose().sequence(), 30U);
}

TEST(PoseHistory, ForgetsFramesWithoutAnybodyBeforeTheFirstAssessment) {
  PoseHistory history(1'000'000, 100, true);
  for (uint64_t i = 0; i < 10; ++i) history.AddNobody(i, static_cast<int64_t>(i));
  history.Add(PoseNumber(10, 10));
  history.AddNobody(11, 11);
  while (history.NextToSend() != nullptr) continue;
  history.Checkpoint(6, std::nullopt);
  EXPECT_EQ(history.kept(), 5U);
  history.Checkpoint(11, std::nullopt);
  EXPECT_EQ(history.kept(), 2U) << "the first window needs the pose";
}

TEST(PoseHistory, SkipsAWindowOfPosesAndNotTheAbsenceBeforeIt) {
  PoseHistory history(1'000'000, 100);
  for (uint64_t i = 0; i < 30; ++i) history.AddNobody(i, static_cast<int64_t>(i) * kFrameUs);
  for (uint64_t i = 30; i < 60; ++i) history.Add(PoseNumber(i, static_cast<int64_t>(i) * kFrameUs));
  while (history.NextToSend() != nullptr) continue;
  EXPECT_EQ(history.Skip(std::nullopt, 10 * kFrameUs), 40U);
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

TEST(PoseHistory, ReplaysTheSameInAnotherProcess) {
  PoseHistory here(1'000'000, 100);
  for (uint64_t i = 0; i < 70; ++i) {
    if (i % 9 == 4) {
      here.AddNobody(i, static_cast<int64_t>(i) * kFrameUs);
    } else {
      here.Add(PoseNumber(i, static_cast<int64_t>(i) * kFrameUs), 2);
    }
    if (i < 65) here.NextToSend();
  }
  here.Delivered(50);
  handover::PoseHistoryState state;
  ASSERT_TRUE(state.ParseFromString(here.State().SerializeAsString()));
  PoseHistory there(1'000'000, 100);
  there.Restore(state);
  here.Rewind();
  EXPECT_EQ(there.added(), here.added());
  ASSERT_EQ(there.unsent(), here.unsent());
  while (here.unsent() > 0)
    EXPECT_EQ(there.NextToSend()->SerializeAsString(), here.NextToSend()->SerializeAsString());
  here.Delivered(65);
  there.Delivered(65);
  EXPECT_EQ(there.kept(), here.kept());
}

TEST(PoseHistory, CountsAtLeastWhatItIsGiven) {
  handover::PoseHistoryState state;
  state.add_requests();
  PoseHistory history(1'000'000, 100);
  history.Restore(state);
  EXPECT_EQ(history.added(), 1U);
}

}  // namespace
}  // namespace trackfit::gateway
