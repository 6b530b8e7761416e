#include "contract/convert.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace trackfit::contract {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::HasSubstr;

v1::Pose MakePose() {
  v1::Pose pose;
  pose.set_sequence(7);
  pose.set_timestamp_us(233333);
  pose.set_score(0.9f);
  pose.set_person_id(3);
  pose.set_image_width(640);
  pose.set_image_height(480);
  for (int joint = 0; joint < 33; ++joint) {
    const float value = 0.01f * static_cast<float>(joint);
    v1::Landmark* landmark = pose.add_landmarks();
    landmark->set_x(value);
    landmark->set_y(1 - value);
    landmark->set_z(-value);
    landmark->set_visibility(value);
    landmark->set_presence(1 - value);
    v1::Landmark* world = pose.add_world_landmarks();
    world->set_x(value);
    world->set_y(-value);
    world->set_z(2 * value);
    world->set_visibility(1 - value);
  }
  return pose;
}

TEST(ConvertPose, ThereAndBackIsTheSame) {
  const v1::Pose pose = MakePose();
  const auto converted = FromProto(pose);
  ASSERT_TRUE(converted.ok()) << converted.status();
  EXPECT_TRUE(MessageDifferencer::Equals(ToProto(*converted), pose));
}

TEST(ConvertPose, WorldLandmarksAreOptional) {
  v1::Pose pose = MakePose();
  pose.clear_world_landmarks();
  const auto converted = FromProto(pose);
  ASSERT_TRUE(converted.ok()) << converted.status();
  EXPECT_FALSE(converted->has_world_landmarks);
  EXPECT_EQ(ToProto(*converted).world_landmarks_size(), 0);
}

TEST(ConvertPose, WrongNumberOfLandmarksNamesTheFieldAndTheLimit) {
  v1::Pose pose = MakePose();
  pose.mutable_landmarks()->RemoveLast();
  EXPECT_EQ(FromProto(pose).status(),
            absl::InvalidArgumentError("pose.landmarks has 32 entries; exactly 33 are required"));
  pose = MakePose();
  pose.add_world_landmarks();
  EXPECT_EQ(FromProto(pose).status(),
            absl::InvalidArgumentError("pose.world_landmarks has 34 entries; 33 or none are required"));
}

TEST(ConvertPose, NumbersThatAreNoneAreRefused) {
  v1::Pose pose = MakePose();
  pose.mutable_landmarks(7)->set_x(std::numeric_limits<float>::quiet_NaN());
  const absl::Status status = FromProto(pose).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("pose.landmarks[7].x"));
}

TEST(ConvertAssessment, ThereAndBackIsTheSame) {
  assessment::Assessment assessment;
  assessment.first_sequence = 3;
  assessment.last_sequence = 90;
  assessment.classes = {{"push_up", 0.75f}, {"squat", 0.25f}};
  assessment.exercise = "push_up";
  assessment.exercise_title = "푸시업";
  assessment.confidence = 0.75f;
  assessment.known = true;
  assessment.known_threshold = 0.25f;
  assessment.background = "other";
  assessment.duration_us = 2'900'000;
  assessment.counted = true;
  assessment.judged_exercise = "squat";
  assessment.quality = {0.5f, 30, assessment::QualityLevel::kGood};
  assessment.joint_errors[13] = {0.25f, 99};
  assessment.model_version = "4";
  assessment.notices = {{assessment::NoticeCode::kNoMovement, "hardly anything moves", 90},
                        {assessment::NoticeCode::kFewPoses, "only 4 poses", 75}};
  const v1::Assessment message = ToProto(assessment);
  EXPECT_EQ(message.joint_errors(13).name(), "left_elbow");
  EXPECT_EQ(message.quality().level(), v1::QUALITY_LEVEL_GOOD);
  const auto back = FromProto(message);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_TRUE(MessageDifferencer::Equals(ToProto(*back), message));
  EXPECT_EQ(back->joint_errors[13].percentile, 99);
  EXPECT_EQ(back->known_threshold, 0.25f);
  EXPECT_EQ(back->background, "other");
  EXPECT_EQ(back->duration_us, 2'900'000);
  EXPECT_TRUE(back->counted);
  EXPECT_EQ(back->exercise_title, "푸시업");
  ASSERT_EQ(message.notices_size(), 2);
  EXPECT_EQ(message.notices(0).code(), v1::NOTICE_CODE_NO_MOVEMENT);
  EXPECT_EQ(message.notices(0).message(), "hardly anything moves");
  EXPECT_EQ(message.notices(0).sequence(), 90U);
  EXPECT_EQ(back->notices[1].code, assessment::NoticeCode::kFewPoses);
}

TEST(ConvertAssessment, OfAnInferencerThatTellsNoThresholdHasTheDefault) {
  v1::Assessment message = ToProto(assessment::Assessment());
  message.clear_known_threshold();
  EXPECT_EQ(FromProto(message)->known_threshold, assessment::Assessment().known_threshold);
}

TEST(ConvertAssessment, TakesNoNoticeThatIsNotOfAnAssessment) {
  v1::Assessment message = ToProto(assessment::Assessment());
  message.add_notices()->set_code(v1::NOTICE_CODE_UPSTREAM_AWAY);
  EXPECT_TRUE(FromProto(message)->notices.empty());
}

TEST(ConvertAssessment, MissingJointNamesTheField) {
  v1::Assessment message = ToProto(assessment::Assessment());
  message.mutable_joint_errors()->RemoveLast();
  EXPECT_THAT(std::string(FromProto(message).status().message()),
              HasSubstr("assessment.joint_errors has 32"));
}

}  // namespace
}  // namespace trackfit::contract
