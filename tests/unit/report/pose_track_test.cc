#include "report/pose_track.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/coached_session.h"

namespace trackfit::report {
namespace {

client::SessionRecord Squats(const std::vector<float>& knee_angles) {
  client::SessionRecord record(true);
  for (const v1::AnalyzeResponse& response : testing::SquatSession(knee_angles)) record.Add(response);
  return record;
}

TEST(AngleIn, MeasuresInPixelsWhateverThePicturesShape) {
  v1::Pose pose = testing::StandingPoseMessage();
  pose.set_image_width(1600);
  pose.set_image_height(400);
  const auto put = [&](int joint, float x, float y) {
    pose.mutable_landmarks(joint)->set_x(x / 1600);
    pose.mutable_landmarks(joint)->set_y(y / 400);
  };
  for (const int side : {0, 1}) {
    put(skeleton::kLeftHip + side, 800, 100);
    put(skeleton::kLeftKnee + side, 800, 200);
    put(skeleton::kLeftAnkle + side, 900, 200);
  }
  EXPECT_NEAR(AngleIn(pose, BodyAngle::kKnees), 90, 0.01);
  put(skeleton::kLeftAnkle, 900, 300);
  EXPECT_NEAR(AngleIn(pose, BodyAngle::kKnees), (135 + 90) / 2.0, 0.01) << "the mean of both sides";
  pose.mutable_landmarks(skeleton::kRightAnkle)->set_visibility(0.1F);
  EXPECT_NEAR(AngleIn(pose, BodyAngle::kKnees), 135, 0.01) << "of the side that is seen";
  pose.mutable_landmarks(skeleton::kLeftHip)->set_visibility(0.1F);
  EXPECT_TRUE(std::isnan(AngleIn(pose, BodyAngle::kKnees)));
}

TEST(AngleIn, FollowsASquat) {
  EXPECT_NEAR(AngleIn(testing::SquattingPose(0, 0), BodyAngle::kKnees), 180, 1);
  EXPECT_NEAR(AngleIn(testing::SquattingPose(0, 1), BodyAngle::kKnees), 180 - (1.6 + 0.25) * 180 / M_PI, 1);
}

TEST(PoseTrack, FindsThePoseOfAFrameOrOneBesideIt) {
  client::SessionRecord record(true);
  for (const uint64_t sequence : {10, 11, 14, 40}) {
    v1::AnalyzeResponse result = testing::ResultOf(sequence, v1::FRAME_STATUS_POSE);
    *result.mutable_frame_result()->mutable_pose() = testing::SquattingPose(sequence, 0);
    record.Add(result);
  }
  const PoseTrack track(record);
  EXPECT_EQ(track.Near(11)->sequence(), 11U);
  EXPECT_EQ(track.Near(13)->sequence(), 14U);
  EXPECT_EQ(track.Near(8)->sequence(), 10U);
  EXPECT_EQ(track.Near(42)->sequence(), 40U);
  EXPECT_EQ(track.Near(25), nullptr);
  EXPECT_EQ(track.Near(46), nullptr);
  EXPECT_EQ(track.TimeOf(12), 12 * testing::kFrameUs);
  EXPECT_EQ(track.TimeOf(99), 40 * testing::kFrameUs);
}

TEST(PoseTrack, GivesThePosesOfARepetition) {
  const client::SessionRecord record = Squats({90, 90});
  const PoseTrack track(record);
  const v1::Repetition& second = record.repetitions()[1];
  const auto poses = track.Between(second.start_us(), second.end_us());
  ASSERT_EQ(poses.size(), testing::kFramesOfRepetition);
  EXPECT_EQ(poses.front()->sequence(), 50U);
  EXPECT_EQ(poses.back()->sequence(), 99U);
  EXPECT_TRUE(track.Between(-5, -1).empty());
}

TEST(PoseTrack, OfASessionWithoutPosesIsEmpty) {
  const client::SessionRecord record(true);
  const PoseTrack track(record);
  EXPECT_TRUE(track.empty());
  EXPECT_EQ(track.Near(0), nullptr);
  EXPECT_EQ(track.NearTime(0), nullptr);
  EXPECT_TRUE(track.Between(0, 1).empty());
}

}  // namespace
}  // namespace trackfit::report
