#include "skeleton/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace trackfit::skeleton {
namespace {

class EveryLayout : public ::testing::TestWithParam<const char*> {
 protected:
  Layout layout_ = FindLayout(GetParam()).value();
};

TEST_P(EveryLayout, IsATreeOverAllItsNodes) {
  ASSERT_EQ(static_cast<int>(layout_.bones.size()), layout_.nodes() - 1);
  std::set<int> reached = {layout_.centre};
  for (int round = 0; round < layout_.nodes(); ++round) {
    for (const auto& [child, parent] : layout_.bones) {
      if (reached.contains(parent)) reached.insert(child);
    }
  }
  EXPECT_EQ(static_cast<int>(reached.size()), layout_.nodes());
}

TEST_P(EveryLayout, GivesEveryJointAValueFromItsNodes) {
  const auto joints = NodesToJoints(layout_, std::vector<float>(layout_.nodes(), 2.5F));
  EXPECT_THAT(joints, ::testing::Each(::testing::FloatEq(2.5F)));
}

INSTANTIATE_TEST_SUITE_P(Layouts, EveryLayout, ::testing::Values("blazepose_33", "body_19", "coco_20"));

TEST(Layout, Coco20MapsTheNeckToBothShoulders) {
  EXPECT_THAT(Coco20().sources[19], ::testing::ElementsAre(kLeftShoulder, kRightShoulder));
  EXPECT_THAT(Coco20().sources[17], ::testing::ElementsAre(kLeftHip, kRightHip));
}

TEST(Layout, Coco20SpreadsAWristsValueToItsFingers) {
  std::vector<float> values(20, 0.0F);
  values[9] = 4.0F;  // left wrist
  const auto joints = NodesToJoints(Coco20(), values);
  EXPECT_FLOAT_EQ(joints[kLeftIndex], 4.0F);
  EXPECT_FLOAT_EQ(joints[kRightIndex], 0.0F);
}

TEST(Layout, Body19SpreadsAHandsValueToItsFingersAndLeavesFacesToTheNose) {
  std::vector<float> values(19, 0.0F);
  values[9] = 4;  // left hand
  values[1] = 2;  // left ear
  const auto joints = NodesToJoints(Body19(), values);
  EXPECT_FLOAT_EQ(joints[kLeftThumb], 4);
  EXPECT_FLOAT_EQ(joints[kLeftWrist], 0);
  EXPECT_FLOAT_EQ(joints[kLeftEar], 2);
  EXPECT_FLOAT_EQ(joints[kLeftEye], 0) << "towards the nose, which has a node of its own";
}

TEST(Layout, UnknownNameIsAnErrorThatListsTheKnownOnes) {
  const auto layout = FindLayout("openpose_25");
  EXPECT_EQ(layout.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(layout.status().message()), ::testing::HasSubstr("blazepose_33"));
}

TEST(Joint, MirroringTwiceIsTheIdentityAndKeepsSides) {
  for (int j = 0; j < kJointCount; ++j) EXPECT_EQ(MirroredJoints()[MirroredJoints()[j]], j);
  EXPECT_EQ(MirroredJoints()[kLeftWrist], kRightWrist);
  EXPECT_EQ(JointNames()[kLeftFootIndex], "left_foot_index");
}

}  // namespace
}  // namespace trackfit::skeleton
