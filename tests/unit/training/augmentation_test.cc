#include "training/augmentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "support/test_poses.h"

namespace trackfit::training {
namespace {

using skeleton::kJointCount;
using skeleton::Pose;
using testing::Distance;
using testing::MakePoses;

constexpr std::pair<int, int> kLimbs[] = {{11, 13}, {13, 15}, {12, 14}, {14, 16}, {23, 25},
                                          {25, 27}, {24, 26}, {26, 28}, {11, 23}, {0, 12}};

void ExpectSameLimbs(const std::vector<Pose>& a, const std::vector<Pose>& b) {
  for (size_t t = 0; t < a.size(); ++t) {
    for (const auto& [from, to] : kLimbs)
      ASSERT_NEAR(Distance(a[t], from, to), Distance(b[t], from, to), 1e-5);
  }
}

TEST(Augmentation, MirroringTwiceChangesNothing) {
  const std::vector<Pose> original = MakePoses(3);
  std::vector<Pose> poses = original;
  Mirror(poses);
  EXPECT_NEAR(poses[0].landmarks[skeleton::kLeftWrist].x, 1 - original[0].landmarks[skeleton::kRightWrist].x,
              1e-6);
  Mirror(poses);
  for (size_t t = 0; t < poses.size(); ++t) {
    for (int j = 0; j < kJointCount; ++j) {
      EXPECT_NEAR(poses[t].landmarks[j].x, original[t].landmarks[j].x, 1e-6);
      EXPECT_EQ(poses[t].landmarks[j].y, original[t].landmarks[j].y);
    }
  }
}

TEST(Augmentation, TurnsKeepLimbLengthsButMoveTheJoints) {
  const std::vector<Pose> original = MakePoses(4);
  for (const auto& turn : {Roll, Yaw, Pitch}) {
    std::vector<Pose> poses = original;
    turn(poses, 0.6);
    ExpectSameLimbs(poses, original);
    EXPECT_GT(std::hypot(poses[0].landmarks[0].x - original[0].landmarks[0].x,
                         poses[0].landmarks[0].y - original[0].landmarks[0].y),
              0.01);
  }
}

TEST(Augmentation, ARollTurnsUpToTheSide) {
  std::vector<Pose> poses = MakePoses(2);
  const auto torso = [&] {
    return std::atan2(poses[0].landmarks[23].y - poses[0].landmarks[11].y,
                      poses[0].landmarks[23].x - poses[0].landmarks[11].x);
  };
  const double before = torso();
  Roll(poses, 0.25);
  EXPECT_NEAR(torso() - before, 0.25, 1e-4);
}

TEST(Augmentation, MakeSquareKeepsShapes) {
  std::vector<Pose> poses = MakePoses(2);
  for (Pose& pose : poses) {
    pose.image_width = 1280;
    pose.image_height = 720;
  }
  const float before = Distance(poses[0], 11, 23);
  MakeSquare(poses);
  EXPECT_EQ(poses[0].image_width, poses[0].image_height);
  EXPECT_NEAR(Distance(poses[0], 11, 23), before, 1e-6);
}

TEST(Augmentation, DroppedJointsAreAbsentAndOthersStay) {
  std::vector<Pose> poses = MakePoses(3);
  const std::vector<int> dropped = {15, 16};
  DropJoints(poses, dropped);
  for (const Pose& pose : poses) {
    for (int j = 0; j < kJointCount; ++j) {
      EXPECT_EQ(std::isnan(pose.landmarks[j].x), j == 15 || j == 16);
    }
  }
}

TEST(Augmentation, AbsentJointsAlwaysLeaveShouldersAndHipsOrDropFewAtRandom) {
  Random random(3);
  std::set<size_t> sizes;
  bool without_legs = false;
  for (int i = 0; i < 200; ++i) {
    const std::vector<int> joints = DrawAbsentJoints(random);
    sizes.insert(joints.size());
    without_legs = without_legs || joints == std::vector<int>{25, 26, 27, 28, 29, 30, 31, 32};
    for (const int joint : joints) {
      ASSERT_GE(joint, 0);
      ASSERT_LT(joint, kJointCount);
    }
    if (joints.size() <= 6) continue;
    for (const int kept : {11, 12, 23, 24}) EXPECT_THAT(joints, ::testing::Not(::testing::Contains(kept)));
  }
  EXPECT_TRUE(sizes.count(20) == 1) << "the thirteen common joints";
  EXPECT_TRUE(without_legs) << "knees and all below, nothing else";
}

TEST(Augmentation, WarpedTimeKeepsBothEndsAndTheOrder) {
  std::vector<Pose> poses = MakePoses(50);
  for (int t = 0; t < 50; ++t) poses[t].landmarks[0].x = static_cast<float>(t);
  const std::vector<Pose> warped = WarpTime(poses, 50, 0.2, 1.0);
  ASSERT_EQ(warped.size(), 50U);
  EXPECT_NEAR(warped.front().landmarks[0].x, 0, 1e-3);
  EXPECT_NEAR(warped.back().landmarks[0].x, 49, 1e-3);
  float largest = 0;
  for (int t = 1; t < 50; ++t) {
    EXPECT_GT(warped[t].landmarks[0].x, warped[t - 1].landmarks[0].x);
    largest = std::max(largest, std::abs(warped[t].landmarks[0].x - static_cast<float>(t)));
  }
  EXPECT_GT(largest, 0.5) << "the tempo is uneven";
}

TEST(Augmentation, TheSameSeedGivesTheSameVariant) {
  Random a(7), b(7), c(8);
  const std::vector<Pose> poses = MakePoses(40);
  AugmentationConfig config;
  config.absence_probability = 0;
  const std::vector<Pose> first = Augment(poses, config, a), again = Augment(poses, config, b),
                          other = Augment(poses, config, c);
  EXPECT_EQ(first[20].landmarks[5].x, again[20].landmarks[5].x);
  EXPECT_NE(first[20].landmarks[5].x, other[20].landmarks[5].x);
  EXPECT_EQ(first.size(), poses.size());
}

TEST(Augmentation, RefusesProbabilitiesOutsideTheUnitInterval) {
  AugmentationConfig config;
  config.mirror_probability = 1.5;
  EXPECT_THAT(std::string(config.Validate().message()), ::testing::HasSubstr("mirror_probability"));
}

}  // namespace
}  // namespace trackfit::training
