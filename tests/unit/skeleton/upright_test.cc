#include "skeleton/upright.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/poses.h"

namespace trackfit::skeleton {
namespace {

// The image rotated by `degrees` about its centre.
Pose Turned(Pose pose, double degrees) {
  const auto cosine = static_cast<float>(std::cos(degrees * M_PI / 180));
  const auto sine = static_cast<float>(std::sin(degrees * M_PI / 180));
  for (Landmark& landmark : pose.landmarks) {
    const float x = (landmark.x - 0.5F) * static_cast<float>(pose.image_width);
    const float y = (landmark.y - 0.5F) * static_cast<float>(pose.image_height);
    landmark.x = 0.5F + (cosine * x - sine * y) / static_cast<float>(pose.image_width);
    landmark.y = 0.5F + (sine * x + cosine * y) / static_cast<float>(pose.image_height);
  }
  return pose;
}

// Legs vertical, trunk bent past the horizontal, as in a deadlift.
Pose BentPose() {
  Pose pose = testing::StandingPose();
  for (int joint = 0; joint < kLeftHip; ++joint) {
    pose.landmarks[joint].x += 0.1F;
    pose.landmarks[joint].y = pose.landmarks[kLeftHip].y + 0.1F;
  }
  return pose;
}

bool IsUpsideDown(const Pose& pose, int count) {
  UpsideDownDetector watch;
  for (int i = 0; i < count; ++i) watch.Add(pose);
  return watch.upside_down();
}

TEST(IsUpsideDown, IsTrueForARotatedImage) {
  EXPECT_TRUE(IsUpsideDown(Turned(testing::StandingPose(), 180)));
  EXPECT_TRUE(IsUpsideDown(Turned(testing::StandingPose(), 135)));
}

TEST(IsUpsideDown, IsFalseForPeopleWhoStandLieOrBend) {
  EXPECT_FALSE(IsUpsideDown(testing::StandingPose()));
  EXPECT_FALSE(IsUpsideDown(Turned(testing::StandingPose(), 90)));
  EXPECT_FALSE(IsUpsideDown(Turned(testing::StandingPose(), 110))) << "on a bench that falls to the head";
  EXPECT_FALSE(IsUpsideDown(BentPose()));
}

TEST(IsUpsideDown, NeedsOnlyOneSide) {
  Pose pose = Turned(testing::StandingPose(), 180);
  for (const int joint : {kRightShoulder, kRightHip, kRightAnkle}) pose.landmarks[joint].visibility = 0.1F;
  pose.landmarks[kRightAnkle].y = 0.9F;  // a guess
  EXPECT_TRUE(IsUpsideDown(pose));
}

TEST(IsUpsideDown, IsFalseWhenTheLegsAreNotVisible) {
  Pose pose = Turned(testing::StandingPose(), 180);
  for (const int joint : {kLeftAnkle, kRightAnkle}) pose.landmarks[joint].x = pose.landmarks[joint].y = NAN;
  EXPECT_FALSE(IsUpsideDown(pose));
}

TEST(IsUpsideDown, MeasuresAnglesInPixels) {
  Pose pose = Turned(testing::StandingPose(), 110);
  pose.image_width = 640;
  pose.image_height = 6400;  // the same fractions are upright in a narrow image
  EXPECT_TRUE(IsUpsideDown(pose));
}

TEST(UpsideDownDetector, NeedsMostOfThirtyPoses) {
  const Pose on_head = Turned(testing::StandingPose(), 180);
  EXPECT_FALSE(IsUpsideDown(on_head, 29));
  EXPECT_TRUE(IsUpsideDown(on_head, 30));
  EXPECT_FALSE(IsUpsideDown(testing::StandingPose(), 300));
}

TEST(UpsideDownDetector, IgnoresAHandstand) {
  UpsideDownDetector watch;
  for (int i = 0; i < 60; ++i) watch.Add(Turned(testing::StandingPose(), 180));
  EXPECT_TRUE(watch.upside_down());
  for (int i = 0; i < 60; ++i) watch.Add(testing::StandingPose());
  EXPECT_FALSE(watch.upside_down());
}

TEST(UpsideDownDetector, IgnoresFramesWithoutAPerson) {
  Pose nobody;
  for (Landmark& landmark : nobody.landmarks) landmark = {NAN, NAN, NAN, NAN, 0};
  UpsideDownDetector watch;
  for (int i = 0; i < 100; ++i) watch.Add(nobody);
  EXPECT_FALSE(watch.upside_down());
  for (int i = 0; i < 30; ++i) watch.Add(Turned(testing::StandingPose(), 180));
  EXPECT_TRUE(watch.upside_down());
}

}  // namespace
}  // namespace trackfit::skeleton
