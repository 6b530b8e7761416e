#include "repetitions/body.h"

#include <gtest/gtest.h>

#include <limits>

namespace trackfit::repetitions {
namespace {

// Somebody who stands in a picture of 200 x 100 pixels, 40 pixels from shoulders to hips.
skeleton::Pose Standing(float half_breadth = 0.02F) {
  skeleton::Pose pose;
  pose.image_width = 200;
  pose.image_height = 100;
  const auto set = [&](int left, float x, float y) {
    pose.landmarks[left] = {x + half_breadth, y, 0, 1, 1};
    pose.landmarks[left + 1] = {x - half_breadth, y, 0, 1, 1};
  };
  set(skeleton::kLeftShoulder, 0.5F, 0.2F);
  set(skeleton::kLeftHip, 0.5F, 0.6F);
  set(skeleton::kLeftHeel, 0.5F, 0.95F);
  set(skeleton::kLeftFootIndex, 0.56F, 0.95F);
  return pose;
}

TEST(BodyScale, MeasuresInTorsoLengthsWithTheAspectOfThePicture) {
  BodyScale scale;
  const Body body = scale.Measure(Standing()).value();
  EXPECT_NEAR(body.joints[skeleton::kLeftShoulder].y - body.joints[skeleton::kLeftHip].y, 1, 1e-5);
  EXPECT_NEAR(body.joints[skeleton::kLeftShoulder].x - body.joints[skeleton::kRightShoulder].x, 0.2, 1e-5);
  EXPECT_NEAR(body.breadth, 0.2, 1e-5);
}

TEST(BodyScale, KeepsItsLengthWhileTheTrunkBendsTowardsTheCamera) {
  BodyScale scale;
  ASSERT_TRUE(scale.Measure(Standing()));
  skeleton::Pose bent = Standing();
  for (const int joint : {skeleton::kLeftShoulder, skeleton::kRightShoulder}) bent.landmarks[joint].y = 0.5F;
  Body body;
  for (int frame = 0; frame < 30; ++frame) body = scale.Measure(bent).value();
  EXPECT_NEAR(body.joints[skeleton::kLeftShoulder].y - body.joints[skeleton::kLeftHip].y, 0.25, 0.04);
}

TEST(BodyScale, SaysWhichWayThePersonFaces) {
  BodyScale scale;
  Body body;
  for (int frame = 0; frame < 60; ++frame) body = scale.Measure(Standing()).value();
  EXPECT_EQ(body.facing, 1);
  skeleton::Pose turned = Standing();
  for (skeleton::Landmark& landmark : turned.landmarks) landmark.x = 1 - landmark.x;
  for (int frame = 0; frame < 60; ++frame) body = scale.Measure(turned).value();
  EXPECT_EQ(body.facing, -1);
}

TEST(BodyScale, HasNoScaleWithoutATrunk) {
  BodyScale scale;
  skeleton::Pose pose = Standing();
  for (const int joint : {skeleton::kLeftHip, skeleton::kRightHip}) {
    pose.landmarks[joint].x = pose.landmarks[joint].y = std::numeric_limits<float>::quiet_NaN();
  }
  EXPECT_FALSE(scale.Measure(pose));
  ASSERT_TRUE(scale.Measure(Standing()));
  EXPECT_TRUE(scale.Measure(pose)) << "the scale is known from before";
}

TEST(BodyScale, GoesOnFromItsState) {
  BodyScale whole;
  BodyScale before;
  for (int frame = 0; frame < 10; ++frame) {
    ASSERT_TRUE(whole.Measure(Standing(0.01F)));
    ASSERT_TRUE(before.Measure(Standing(0.01F)));
  }
  BodyScale after(before.state());
  for (int frame = 0; frame < 10; ++frame) {
    const Body expected = whole.Measure(Standing(0.03F)).value();
    const Body body = after.Measure(Standing(0.03F)).value();
    EXPECT_EQ(body.breadth, expected.breadth);
    EXPECT_EQ(body.joints[skeleton::kLeftHip].x, expected.joints[skeleton::kLeftHip].x);
  }
}

}  // namespace
}  // namespace trackfit::repetitions
