#include "dataset/motion_from_photos.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "skeleton/normalize.h"
#include "support/test_poses.h"

namespace trackfit::dataset {
namespace {

using skeleton::Pose;
using testing::Distance;
using testing::MakePose;

// Upright, arms hanging; `angle` (radians) lifts both forearms forwards, towards the camera.
Pose Standing(float angle) {
  Pose pose = MakePose();
  const auto put = [&](int joint, float x, float y, float z) { pose.landmarks[joint] = {x, y, z, 1, 1}; };
  for (const int side : {0, 1}) {
    const float sign = side == 0 ? 1.0F : -1.0F;
    put(11 + side, 0.5F + sign * 0.1F, 0.3F, 0);
    put(13 + side, 0.5F + sign * 0.1F, 0.45F, 0);
    for (const int hand : {15, 17, 19, 21}) {
      put(hand + side, 0.5F + sign * 0.1F, 0.45F + 0.15F * std::cos(angle),
          -0.15F * std::sin(angle) * skeleton::kDepthScale);
    }
    put(23 + side, 0.5F + sign * 0.06F, 0.55F, 0);
    put(25 + side, 0.5F + sign * 0.06F, 0.75F, 0);
    for (const int foot : {27, 29, 31}) put(foot + side, 0.5F + sign * 0.06F, 0.93F, 0);
  }
  return pose;
}

TEST(MotionFromPhotos, VisitsBothPhotosAndComesBack) {
  const Pose start = Standing(0), end = Standing(2);
  const Tempo tempo{.out = 1, .rest_at_end = 0.2, .back = 1, .rest_at_start = 0.2, .offset = 0};
  const std::vector<Pose> poses = ToAndFro(start, end, tempo, 73, 30);
  const auto reaches = [&](const Pose& goal) {
    return std::any_of(poses.begin(), poses.end(), [&](const Pose& pose) {
      return std::abs(pose.landmarks[15].y - goal.landmarks[15].y) < 1e-3F;
    });
  };
  EXPECT_TRUE(reaches(start));
  EXPECT_TRUE(reaches(end));
  EXPECT_NEAR(poses[72].landmarks[15].y, start.landmarks[15].y, 1e-4) << "one cycle of 2.4 s";
  EXPECT_EQ(poses[1].timestamp_us, 33'333);
}

// Depth on the picture's scale.
float TrueDistance(Pose pose, int a, int b) {
  for (skeleton::Landmark& landmark : pose.landmarks) landmark.z /= skeleton::kDepthScale;
  return Distance(pose, a, b);
}

TEST(MotionFromPhotos, LimbsKeepTheirLengthOnTheWay) {
  const Pose start = Standing(0), end = Standing(2.2F);
  for (const float t : {0.25F, 0.5F, 0.75F}) {
    const Pose between = InterpolateLinkage(start, end, t);
    EXPECT_NEAR(TrueDistance(between, 13, 15), 0.15F, 1e-4) << t;
    EXPECT_NEAR(TrueDistance(between, 11, 13), 0.15F, 1e-4) << t;
  }
}

TEST(MotionFromPhotos, OppositeDirectionsSwingTowardsTheCamera) {
  const Pose start = Standing(0), end = Standing(3.14159F);
  const Pose between = InterpolateLinkage(start, end, 0.5F);
  EXPECT_NEAR(TrueDistance(between, 13, 15), 0.15F, 1e-3);
  EXPECT_LT(between.landmarks[15].z, -0.14F * skeleton::kDepthScale);
}

TEST(MotionFromPhotos, TheEndsAreThePhotosThemselves) {
  const Pose start = Standing(0.3F), end = Standing(1.9F);
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    EXPECT_NEAR(InterpolateLinkage(start, end, 0).landmarks[j].y, start.landmarks[j].y, 1e-4);
    EXPECT_NEAR(InterpolateLinkage(start, end, 1).landmarks[j].y, end.landmarks[j].y, 1e-4);
  }
}

TEST(MotionFromPhotos, AnAbsentHipLeavesTheRestOnStraightLines) {
  Pose start = Standing(0);
  const Pose end = Standing(2);
  start.landmarks[23].x = std::numeric_limits<float>::quiet_NaN();
  const Pose between = InterpolateLinkage(start, end, 0.5F);
  for (const int joint : {11, 13, 15, 25}) EXPECT_TRUE(std::isfinite(between.landmarks[joint].x)) << joint;
}

TEST(MotionFromPhotos, RepairsExchangedSides) {
  const Pose start = Standing(0);
  Pose exchanged = Standing(0.5F);
  const Pose truth = exchanged;
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    exchanged.landmarks[j] = truth.landmarks[skeleton::MirroredJoints()[j]];
  }
  const Pose repaired = RepairSides(start, exchanged);
  for (int j = 11; j < skeleton::kJointCount; ++j)
    EXPECT_EQ(repaired.landmarks[j].x, truth.landmarks[j].x) << j;
}

TEST(MotionFromPhotos, LeavesRightSidesAlone) {
  const Pose start = Standing(0), end = Standing(2);
  EXPECT_EQ(RepairSides(start, end).landmarks[15].x, end.landmarks[15].x);
}

}  // namespace
}  // namespace trackfit::dataset
