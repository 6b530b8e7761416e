#include "evaluation/pose_sequence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "unit/evaluation/scripted_assessor.h"

namespace trackfit::evaluation {
namespace {

TEST(ToPoseSequence, KeepsTheClipsTimeAndLeavesOutFramesWithoutAPerson) {
  dataset::Clip clip = MakeClip("squat", 4);
  clip.fps = 10;
  for (skeleton::Landmark& landmark : clip.poses[2].landmarks) landmark.x = landmark.y = NAN;
  const PoseSequence poses = ToPoseSequence(clip);
  ASSERT_EQ(poses.size(), 3U);
  EXPECT_EQ(poses[1].timestamp_us, 100'000);
  EXPECT_EQ(poses[2].timestamp_us, 300'000);
  EXPECT_EQ(poses[2].sequence, 3U);
}

TEST(ToPoseSequence, BringsAPhotoPairToMotionThatComesBack) {
  const dataset::Clip pair = MakeClip("squat", 2);
  const PoseSequence poses = ToPoseSequence(pair);
  EXPECT_GE(poses.size(), 100U);
  const auto hand = [&](size_t i) { return poses[i].landmarks[skeleton::kLeftWrist].y; };
  EXPECT_NEAR(hand(0), pair.poses[0].landmarks[skeleton::kLeftWrist].y, 1e-4);
  EXPECT_NEAR(hand(42), pair.poses[1].landmarks[skeleton::kLeftWrist].y, 1e-4) << "half a cycle of 3 s";
  EXPECT_NEAR(hand(90), hand(0), 1e-4);
}

TEST(AtRate, KeepsTheMovementsLength) {
  const PoseSequence poses = ToPoseSequence(MakeClip("squat", 61));
  const PoseSequence slow = AtRate(poses, 10);
  ASSERT_EQ(slow.size(), 21U);
  EXPECT_NEAR(static_cast<double>(slow.back().timestamp_us), 2e6, 100);
  EXPECT_EQ(AtRate(poses, 60).size(), 121U);
}

TEST(Rolled, TurnsClockwiseAboutThePicturesCentreInPixels) {
  PoseSequence poses(1);
  poses[0].image_width = 200;
  poses[0].image_height = 100;
  poses[0].landmarks[0] = {0.75F, 0.5F, 0, 1, 1};  // 50 pixels right of the centre
  const PoseSequence turned = Rolled(poses, std::numbers::pi / 2);
  EXPECT_EQ(turned[0].image_width, turned[0].image_height);
  EXPECT_NEAR(turned[0].landmarks[0].x, 0.5, 1e-6);
  EXPECT_NEAR(turned[0].landmarks[0].y, 0.25 + 0.25, 1e-6) << "in widths: 50 pixels under the centre";
}

TEST(WithoutLegs, LeavesTheHips) {
  const PoseSequence poses = WithoutLegs(ToPoseSequence(MakeClip("squat", 1)));
  EXPECT_TRUE(std::isnan(poses[0].landmarks[skeleton::kLeftKnee].x));
  EXPECT_TRUE(std::isnan(poses[0].landmarks[skeleton::kRightFootIndex].y));
  EXPECT_TRUE(std::isfinite(poses[0].landmarks[skeleton::kLeftHip].x));
}

TEST(WithMissingPoses, LeavesOutAboutTheShareAndAlwaysTheSame) {
  const PoseSequence poses = ToPoseSequence(MakeClip("squat", 1000));
  const PoseSequence first = WithMissingPoses(poses, 0.1, 3), again = WithMissingPoses(poses, 0.1, 3);
  EXPECT_NEAR(static_cast<double>(first.size()), 900, 40);
  ASSERT_EQ(first.size(), again.size());
  EXPECT_EQ(first[50].sequence, again[50].sequence);
  EXPECT_NE(WithMissingPoses(poses, 0.1, 4)[50].sequence, first[50].sequence);
}

}  // namespace
}  // namespace trackfit::evaluation
