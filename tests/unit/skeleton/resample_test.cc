#include "skeleton/resample.h"

#include <gtest/gtest.h>

#include "support/poses.h"

namespace trackfit::skeleton {
namespace {

constexpr int64_t kSecond = 1'000'000;

std::vector<Pose> Resampled(const std::vector<Pose>& poses, double rate) {
  Resampler resampler(rate, kSecond);
  std::vector<Pose> grid;
  for (const Pose& pose : poses) {
    const auto result = resampler.Push(pose);
    grid.insert(grid.end(), result.poses.begin(), result.poses.end());
  }
  return grid;
}

class FrameRate : public ::testing::TestWithParam<double> {};

TEST_P(FrameRate, DoesNotChangeTheMovement) {
  const auto at_30 = Resampled(testing::WavingPoses(30, 3), 30);
  const auto other = Resampled(testing::WavingPoses(GetParam(), 3), 30);
  ASSERT_NEAR(static_cast<double>(at_30.size()), static_cast<double>(other.size()), 3);
  for (size_t i = 0; i < std::min(at_30.size(), other.size()); ++i) {
    EXPECT_NEAR(at_30[i].landmarks[kLeftWrist].y, other[i].landmarks[kLeftWrist].y, 0.003);
    EXPECT_NEAR(static_cast<double>(at_30[i].timestamp_us), static_cast<double>(other[i].timestamp_us), 2);
  }
}

INSTANTIATE_TEST_SUITE_P(Resampler, FrameRate, ::testing::Values(15.0, 24.0, 29.97, 50.0, 60.0));

TEST(Resampler, KeepsPosesOnTheGrid) {
  const auto poses = testing::WavingPoses(30, 1);
  const auto grid = Resampled(poses, 30);
  ASSERT_EQ(grid.size(), poses.size());
  for (size_t i = 0; i < poses.size(); ++i) EXPECT_EQ(grid[i].sequence, poses[i].sequence);
}

TEST(Resampler, ReportsAGapAndDoesNotInterpolateIt) {
  Resampler resampler(30, kSecond);
  Pose pose = testing::StandingPose();
  EXPECT_FALSE(resampler.Push(pose).gap);
  pose.timestamp_us = 5 * kSecond;
  const auto after = resampler.Push(pose);
  EXPECT_TRUE(after.gap);
  ASSERT_EQ(after.poses.size(), 1U);
  EXPECT_EQ(after.poses[0].timestamp_us, 5 * kSecond);
}

TEST(Resampler, InterpolatesAShortGap) {
  Resampler resampler(30, kSecond);
  Pose pose = testing::StandingPose();
  resampler.Push(pose);
  pose.timestamp_us = kSecond / 2;
  EXPECT_EQ(resampler.Push(pose).poses.size(), 15U);
}

TEST(Interpolate, TakesAnAbsentJointFromTheOtherPose) {
  Pose a = testing::StandingPose();
  Pose b = a;
  b.timestamp_us = 100;
  a.landmarks[kNose].x = NAN;
  b.landmarks[kNose].x = 0.25F;
  EXPECT_FLOAT_EQ(Interpolate(a, b, 30).landmarks[kNose].x, 0.25F);
}

TEST(Stretch, KeepsBothEndsAndTheCount) {
  auto poses = testing::WavingPoses(30, 2);
  const auto stretched = Stretch(poses, 100);
  ASSERT_EQ(stretched.size(), 100U);
  EXPECT_FLOAT_EQ(stretched.front().landmarks[kLeftWrist].y, poses.front().landmarks[kLeftWrist].y);
  EXPECT_FLOAT_EQ(stretched.back().landmarks[kLeftWrist].y, poses.back().landmarks[kLeftWrist].y);
}

TEST(Stretch, TurnsASinglePoseIntoAStillClip) {
  const std::vector<Pose> one = {testing::StandingPose()};
  const auto stretched = Stretch(one, 5);
  ASSERT_EQ(stretched.size(), 5U);
  EXPECT_FLOAT_EQ(stretched[4].landmarks[kNose].x, one[0].landmarks[kNose].x);
}

}  // namespace
}  // namespace trackfit::skeleton
