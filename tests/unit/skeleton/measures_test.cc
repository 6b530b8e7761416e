#include "skeleton/measures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace trackfit::skeleton {
namespace {

constexpr float kTorso = 0.2F;

void Put(Pose& pose, Joint left, Joint right, float x, float y) {
  for (const Joint joint : {left, right}) pose.landmarks[joint] = {x, y, 0, 1, 1};
}

// A plank on a square picture, head to the left: shoulders, hips and ankles in a row, the hips `lift` torso
// lengths above it, the wrists `reach` below the shoulders.
Pose Plank(float lift, float reach = 0.3F) {
  Pose pose;
  pose.image_width = pose.image_height = 1000;
  for (Landmark& landmark : pose.landmarks) landmark = {0.5F, 0.5F, 0, 1, 1};
  pose.landmarks[kNose] = {0.2F, 0.5F, 0, 1, 1};
  Put(pose, kLeftShoulder, kRightShoulder, 0.3F, 0.5F);
  Put(pose, kLeftWrist, kRightWrist, 0.3F, 0.5F + reach);
  Put(pose, kLeftHip, kRightHip, 0.3F + kTorso, 0.5F - lift * kTorso);
  Put(pose, kLeftKnee, kRightKnee, 0.6F, 0.5F);
  Put(pose, kLeftAnkle, kRightAnkle, 0.7F, 0.5F);
  return pose;
}

TEST(MeasureWindow, AStraightBodyMeasures180Degrees) {
  const Measurements measures = MeasureWindow(std::vector<Pose>(30, Plank(0)));
  EXPECT_NEAR(measures[kBodyAngle], 180, 0.1);
  EXPECT_NEAR(measures[kHips], 0, 1e-4);
  EXPECT_NEAR(measures[kLean], 90, 0.1) << "it lies";
  EXPECT_NEAR(measures[kHipsRange], 0, 1e-4);
}

TEST(MeasureWindow, HipsAboveAndBelowTheLineDifferInSignFromEitherSide) {
  for (const bool mirrored : {false, true}) {
    const auto hips = [&](float lift) {
      Pose pose = Plank(lift);
      if (mirrored) {
        for (Landmark& landmark : pose.landmarks) landmark.x = 1 - landmark.x;
      }
      return MeasureWindow(std::vector<Pose>(30, pose))[kHips];
    };
    // The trunk is sqrt(1 + lift^2) long.
    EXPECT_NEAR(hips(0.5F), 0.5F / std::sqrt(1.25F), 1e-3);
    EXPECT_NEAR(hips(-0.5F), -0.5F / std::sqrt(1.25F), 1e-3);
  }
}

TEST(MeasureWindow, NobodyUprightHasHipsAboveTheLine) {
  Pose standing = Plank(0.2F);
  for (Landmark& landmark : standing.landmarks) std::swap(landmark.x, landmark.y);
  const Measurements measures = MeasureWindow(std::vector<Pose>(30, standing));
  EXPECT_TRUE(std::isnan(measures[kHips]));
  EXPECT_TRUE(std::isfinite(measures[kBodyAngle]));
}

TEST(MeasureWindow, TravelIsHowFarTheShouldersGoUpAndDown) {
  std::vector<Pose> window;
  for (int i = 0; i <= 100; ++i)
    window.push_back(
        Plank(0, 0.2F + 0.1F * std::cos(static_cast<float>(i) / 50 * std::numbers::pi_v<float>)));
  const Measurements measures = MeasureWindow(window);
  EXPECT_NEAR(measures[kShoulderTravel], 0.2F / kTorso, 0.02) << "from 0.1 to 0.3 of the picture";
  EXPECT_NEAR(measures[kBodyAngle], 180, 0.1);
}

TEST(MeasureWindow, MeasuresInTheShapeOfThePicture) {
  Pose wide = Plank(0.5F);
  const float square = MeasureWindow(std::vector<Pose>(30, wide))[kBodyAngle];
  wide.image_width = 2000;
  wide.image_height = 1000;
  for (Landmark& landmark : wide.landmarks) landmark.y *= 2;
  EXPECT_NEAR(MeasureWindow(std::vector<Pose>(30, wide))[kBodyAngle], square, 0.01);
}

TEST(MeasureWindow, WithoutLegsOnlyWhatNeedsThemIsMissing) {
  Pose pose = Plank(0);
  for (const Joint joint : {kLeftKnee, kRightKnee, kLeftAnkle, kRightAnkle})
    pose.landmarks[joint] = {NAN, NAN, NAN, 0, 0};
  const Measurements measures = MeasureWindow(std::vector<Pose>(30, pose));
  for (const Measure measure : {kBodyAngle, kHips, kHipsRange, kKneeAngle, kBodyAngleDepth})
    EXPECT_TRUE(std::isnan(measures[measure])) << MeasureNames()[measure];
  for (const Measure measure : {kShoulderTravel, kNeckRange, kLean, kLeanRange})
    EXPECT_TRUE(std::isfinite(measures[measure])) << MeasureNames()[measure];
  for (const float value : MeasureWindow(std::vector<Pose>(5, Plank(0)))) EXPECT_TRUE(std::isnan(value));
}

TEST(MeasureNames, AreFoundAgain) {
  for (int i = 0; i < kMeasureCount; ++i) EXPECT_EQ(MeasureOf(MeasureNames()[i]), static_cast<Measure>(i));
  EXPECT_EQ(MeasureOf("girth"), std::nullopt);
}

}  // namespace
}  // namespace trackfit::skeleton
