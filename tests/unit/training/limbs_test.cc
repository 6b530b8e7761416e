#include "training/limbs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "skeleton/normalize.h"
#include "support/test_poses.h"
#include "training/disturbance.h"

namespace trackfit::training {
namespace {

using skeleton::Pose;
using testing::MakePoses;

// Depth on the picture's scale.
double TrueDistance(const Pose& pose, int a, int b) {
  const skeleton::Landmark &p = pose.landmarks[a], &q = pose.landmarks[b];
  return std::hypot(p.x - q.x, p.y - q.y, (p.z - q.z) / skeleton::kDepthScale);
}

TEST(TurnLimb, MovesTheLimbRigidlyAndNothingElse) {
  const std::vector<Pose> before = MakePoses(3);
  for (const Limb& limb : Limbs()) {
    std::vector<Pose> after = before;
    TurnLimb(after, limb, synthesis::Normalized({1, 2, -1}), 0.7);
    for (size_t t = 0; t < before.size(); ++t) {
      for (int j = 0; j < skeleton::kJointCount; ++j) {
        const bool moves = std::find(limb.joints.begin(), limb.joints.end(), j) != limb.joints.end();
        if (!moves) {
          EXPECT_EQ(after[t].landmarks[j].x, before[t].landmarks[j].x) << limb.name << " " << j;
          continue;
        }
        EXPECT_NE(after[t].landmarks[j].x, before[t].landmarks[j].x) << limb.name << " " << j;
        for (const int other : limb.joints)
          EXPECT_NEAR(TrueDistance(after[t], j, other), TrueDistance(before[t], j, other), 1e-5);
        EXPECT_NEAR(TrueDistance(after[t], j, limb.root), TrueDistance(before[t], j, limb.root), 1e-5);
      }
    }
  }
}

TEST(TurnLimb, StaysInThePicturesPlaneAboutTheViewingAxis) {
  const std::vector<Pose> before = MakePoses(1);
  std::vector<Pose> after = before;
  const Limb& arm = Limbs().front();
  TurnLimb(after, arm, {0, 0, 1}, std::numbers::pi / 2);
  const auto from_root = [&](const Pose& pose, int joint) {
    const skeleton::Landmark &a = pose.landmarks[joint], &b = pose.landmarks[arm.root];
    return std::array{a.x - b.x, a.y - b.y, a.z - b.z};
  };
  for (const int joint : arm.joints) {
    const auto was = from_root(before[0], joint), is = from_root(after[0], joint);
    EXPECT_NEAR(is[0], -was[1], 1e-5);
    EXPECT_NEAR(is[1], was[0], 1e-5);
    EXPECT_NEAR(is[2], was[2], 1e-5);
  }
}

TEST(TurnLimb, LeavesALimbAloneWhoseRootIsAbsent) {
  std::vector<Pose> poses = MakePoses(1);
  const Limb& arm = Limbs().front();
  poses[0].landmarks[arm.root].x = NAN;
  const float wrist = poses[0].landmarks[skeleton::kLeftWrist].x;
  TurnLimb(poses, arm, {0, 0, 1}, 1);
  EXPECT_EQ(poses[0].landmarks[skeleton::kLeftWrist].x, wrist);
}

TEST(Disturb, NamesTheJointsThatItMoved) {
  Random random(3);
  int moved_any = 0;
  for (int i = 0; i < 60; ++i) {
    const std::vector<Pose> before = MakePoses(60);
    std::vector<Pose> after = before;
    const std::vector<int> moved = Disturb(after, random);
    moved_any += moved.empty() ? 0 : 1;
    for (int j = 0; j < skeleton::kJointCount; ++j) {
      double largest = 0;
      for (size_t t = 0; t < before.size(); ++t)
        largest = std::max(largest, double{std::hypot(after[t].landmarks[j].x - before[t].landmarks[j].x,
                                                      after[t].landmarks[j].y - before[t].landmarks[j].y,
                                                      after[t].landmarks[j].z - before[t].landmarks[j].z)});
      if (std::find(moved.begin(), moved.end(), j) != moved.end()) {
        EXPECT_GT(largest, 0) << j;
      } else if (largest > 0) {
        // Only what hardly moved goes unnamed: a tenth of a torso on average, swings somewhat more at times.
        EXPECT_LT(largest, 0.5 * TorsoLength(before) * skeleton::kDepthScale) << j;
      }
    }
  }
  EXPECT_GT(moved_any, 40);
}

}  // namespace
}  // namespace trackfit::training
