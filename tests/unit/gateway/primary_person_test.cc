#include "gateway/primary_person.h"

#include <gtest/gtest.h>

#include <vector>

namespace trackfit::gateway {
namespace {

constexpr int64_t kFrameUs = 100'000;

// A frame in which these people are seen, lowest id first.
v1::FrameResult Seen(int frame, const std::vector<uint32_t>& ids) {
  v1::FrameResult result;
  for (const uint32_t id : ids) {
    v1::Pose& pose = result.has_pose() ? *result.add_other_poses() : *result.mutable_pose();
    pose.set_person_id(id);
    pose.set_timestamp_us(frame * kFrameUs);
  }
  return result;
}

uint32_t Primary(PrimaryPerson& primary, int frame, const std::vector<uint32_t>& ids) {
  const v1::FrameResult result = Seen(frame, ids);
  const v1::Pose* pose = primary.In(result);
  return pose == nullptr ? 0 : pose->person_id();
}

TEST(PrimaryPerson, IsTheFirstSeen) {
  PrimaryPerson primary;
  EXPECT_EQ(Primary(primary, 0, {1, 2}), 1U);
  EXPECT_EQ(Primary(primary, 1, {1, 2, 3}), 1U);
}

TEST(PrimaryPerson, IsWaitedForWhileHiddenBehindAnother) {
  PrimaryPerson primary;
  ASSERT_EQ(Primary(primary, 0, {1, 2}), 1U);
  for (int frame = 1; frame < 15; ++frame) EXPECT_EQ(Primary(primary, frame, {2}), 0U);
  EXPECT_EQ(Primary(primary, 15, {1, 2}), 1U);
}

TEST(PrimaryPerson, IsReplacedByTheNextWhenGoneAndStaysSo) {
  PrimaryPerson primary;
  ASSERT_EQ(Primary(primary, 0, {1, 2}), 1U);
  EXPECT_EQ(Primary(primary, 16, {2, 3}), 2U);
  EXPECT_EQ(Primary(primary, 17, {2, 3}), 2U);
}

TEST(PrimaryPerson, IsFoundAmongTheOthersToo) {
  PrimaryPerson primary;
  ASSERT_EQ(Primary(primary, 0, {2}), 2U);
  EXPECT_EQ(Primary(primary, 1, {1, 2}), 2U);
}

TEST(PrimaryPerson, CanBeSomebodyWithoutANumber) {
  PrimaryPerson primary;
  const v1::FrameResult result = Seen(0, {0});
  EXPECT_EQ(primary.In(result), &result.pose());
}

TEST(PrimaryPerson, IsTheSameInAnotherProcess) {
  v1::FrameResult both;
  both.mutable_pose()->set_person_id(2);
  both.mutable_pose()->set_timestamp_us(1'000'000);
  PrimaryPerson here, there;
  here.In(both);
  there.Restore(here.State());
  both.mutable_pose()->set_person_id(1);
  both.add_other_poses()->set_person_id(2);
  ASSERT_NE(there.In(both), nullptr);
  EXPECT_EQ(there.In(both)->person_id(), 2U);
}

}  // namespace
}  // namespace trackfit::gateway
