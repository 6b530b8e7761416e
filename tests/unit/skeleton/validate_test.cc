#include "skeleton/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/poses.h"

namespace trackfit::skeleton {
namespace {

using ::testing::HasSubstr;

std::string Complaint(const Pose& pose) {
  const absl::Status status = ValidatePose(pose);
  return status.ok() ? "" : std::string(status.message());
}

TEST(ValidatePose, AcceptsAFigurePartlyOutsideTheImage) {
  Pose pose = testing::StandingPose();
  pose.landmarks[kLeftAnkle].y = 1.4F;
  EXPECT_EQ(Complaint(pose), "");
}

TEST(ValidatePose, NamesTheLandmarkThatIsNotANumber) {
  Pose pose = testing::StandingPose();
  pose.landmarks[7].x = NAN;
  EXPECT_EQ(Complaint(pose), "pose.landmarks[7].x is not finite");
}

TEST(ValidatePose, NamesTheViolatedLimit) {
  Pose pose = testing::StandingPose();
  pose.landmarks[12].visibility = 1.5F;
  EXPECT_THAT(Complaint(pose), HasSubstr("pose.landmarks[12].visibility is 1.5; it must be within [0, 1]"));
}

TEST(ValidatePose, LooksAtWorldLandmarksOnlyWhenThereAreAny) {
  Pose pose = testing::StandingPose();
  pose.world_landmarks[3].z = INFINITY;
  EXPECT_EQ(Complaint(pose), "");
  pose.has_world_landmarks = true;
  EXPECT_EQ(Complaint(pose), "pose.world_landmarks[3].z is not finite");
}

TEST(ValidatePose, RefusesTimestampsWhoseDifferencesWouldOverflow) {
  Pose pose = testing::StandingPose();
  for (const int64_t time : {kMaxTimestampUs, -kMaxTimestampUs}) {
    pose.timestamp_us = time;
    EXPECT_EQ(Complaint(pose), "");
  }
  for (const int64_t time :
       {kMaxTimestampUs + 1, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}) {
    pose.timestamp_us = time;
    EXPECT_THAT(Complaint(pose), HasSubstr("pose.timestamp_us is "));
  }
}

TEST(StreamOrder, NamesTheFieldAndThePreviousValue) {
  StreamOrder order;
  ASSERT_TRUE(order.TakeSequence("frame", 5).ok());
  ASSERT_TRUE(order.TakeTimestamp("frame", 100).ok());
  EXPECT_EQ(order.TakeSequence("frame", 5),
            absl::InvalidArgumentError("frame.sequence is 5; it must be greater than the one before, 5"));
  EXPECT_EQ(order.TakeTimestamp("frame", 99),
            absl::InvalidArgumentError("timestamp does not increase: frame.timestamp_us is 99; it must be "
                                       "greater than the one before, 100"));
}

TEST(StreamOrder, ContinuesFromTheLastAcceptedValue) {
  StreamOrder order;
  EXPECT_EQ(order.duration_us(), 0);
  for (const int64_t time : {100, 90, 400}) (void)order.TakeTimestamp("pose", time);
  EXPECT_THAT(std::string(order.TakeTimestamp("pose", kMaxTimestampUs + 1).message()),
              HasSubstr("pose.timestamp_us is 9007199254740993; it must be within"));
  EXPECT_EQ(order.duration_us(), 300);
  EXPECT_TRUE(order.TakeTimestamp("pose", 401).ok());
}

TEST(StreamOrder, ContinuesFromThatOfAnother) {
  StreamOrder other;
  EXPECT_EQ(other.last_us(), std::nullopt);
  (void)other.TakeSequence("pose", 7);
  for (const int64_t time : {100, 400}) (void)other.TakeTimestamp("pose", time);
  StreamOrder order(other.last_sequence(), other.first_us(), other.last_us());
  EXPECT_FALSE(order.TakeSequence("pose", 7).ok());
  EXPECT_FALSE(order.TakeTimestamp("pose", 400).ok());
  EXPECT_TRUE(order.TakeTimestamp("pose", 500).ok());
  EXPECT_EQ(order.duration_us(), 400);
}

TEST(ValidateMaxPeople, NamesTheFieldAndTheLimits) {
  EXPECT_TRUE(ValidateMaxPeople("config", 1).ok());
  EXPECT_TRUE(ValidateMaxPeople("config", 8).ok());
  EXPECT_EQ(ValidateMaxPeople("config", 0).message(), "config.max_people is 0; it must be within [1, 8]");
  EXPECT_EQ(ValidateMaxPeople("config", 9).message(), "config.max_people is 9; it must be within [1, 8]");
}

TEST(ValidatePose, RefusesANegativeImageSize) {
  Pose pose = testing::StandingPose();
  pose.image_height = -1;
  EXPECT_THAT(Complaint(pose), HasSubstr("pose.image_width and pose.image_height"));
}

TEST(MarkAbsentJoints, TreatsZeroVisibilityAsUnknown) {
  Pose pose = testing::StandingPose();
  pose.landmarks[kLeftKnee] = {};
  pose.landmarks[kRightKnee].visibility = 0.001F;
  MarkAbsentJoints(pose);
  EXPECT_TRUE(std::isnan(pose.landmarks[kLeftKnee].x));
  EXPECT_TRUE(std::isfinite(pose.landmarks[kRightKnee].x)) << "hardly seen is not absent";
}

TEST(MarkAbsentJoints, TreatsAllJointsAsVisibleWhenNoVisibilityWasSent) {
  Pose pose = testing::StandingPose();
  for (Landmark& landmark : pose.landmarks) landmark.visibility = 0;
  MarkAbsentJoints(pose);
  for (const Landmark& landmark : pose.landmarks) {
    EXPECT_TRUE(std::isfinite(landmark.x));
    EXPECT_EQ(landmark.visibility, 1);
  }
}

}  // namespace
}  // namespace trackfit::skeleton
