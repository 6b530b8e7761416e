#include "reference_building/recordings.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/status/status.h"
#include "contract/convert.h"
#include "dataset/landmark_file.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::reference_building {
namespace {

using testing::HasSubstr;

class RecordingsTest : public testing::Test {
 protected:
  RecordingsTest() { std::filesystem::create_directories(folder_); }
  ~RecordingsTest() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("recordings_" + std::to_string(getpid()));
};

TEST_F(RecordingsTest, ReadsThePosesOfASession) {
  const Poses poses = *TextbookPoses("squat", 1);
  std::ofstream file(folder_ / "results.jsonl");
  for (const skeleton::Pose& pose : poses) {
    v1::AnalyzeResponse response;
    response.mutable_frame_result()->set_status(v1::FRAME_STATUS_POSE);
    *response.mutable_frame_result()->mutable_pose() = contract::ToProto(pose);
    std::string line;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(response, &line).ok());
    file << line << "\n";
  }
  file << "{\"summary\": {\"frames\": 3}}\n" << std::flush;
  const auto read = PosesOfSession(folder_ / "results.jsonl");
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), poses.size());
  EXPECT_EQ(read->back().timestamp_us, poses.back().timestamp_us);
  EXPECT_EQ(read->back().image_width, poses.back().image_width);
  EXPECT_FLOAT_EQ(read->back().landmarks[5].x, poses.back().landmarks[5].x);
  file << "squat\n" << std::flush;
  EXPECT_THAT(std::string(PosesOfSession(folder_ / "results.jsonl").status().message()),
              HasSubstr(":" + std::to_string(poses.size() + 2) + ": no line"));
  EXPECT_EQ(PosesOfSession(folder_ / "nothing").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(RecordingsTest, ReadsTheClipThatIsNamed) {
  dataset::Clip clip;
  clip.id = "a";
  clip.exercise = "squat";
  clip.form = "correct";
  clip.fps = 30;
  clip.poses = *TextbookPoses("squat", 1);
  dataset::Clip other = clip;
  other.id = "b";
  other.poses.resize(7);
  const std::string one = folder_ / "one.pt", two = folder_ / "two.pt";
  ASSERT_TRUE(dataset::WriteLandmarkFile(one, {clip}).ok());
  ASSERT_TRUE(dataset::WriteLandmarkFile(two, {clip, other}).ok());
  EXPECT_EQ(PosesOfLandmarks(one, "")->size(), clip.poses.size());
  EXPECT_EQ(PosesOfLandmarks(two, "b")->size(), 7U);
  EXPECT_THAT(std::string(PosesOfLandmarks(two, "").status().message()), HasSubstr("holds 2 clips"));
  EXPECT_THAT(std::string(PosesOfLandmarks(two, "c").status().message()), HasSubstr("holds no clip c"));
}

TEST(TextbookPoses, SeesEveryJoint) {
  const auto poses = TextbookPoses("push_up", 2);
  ASSERT_TRUE(poses.ok());
  for (const skeleton::Pose& pose : *poses)
    for (const skeleton::Landmark& landmark : pose.landmarks) ASSERT_EQ(landmark.visibility, 1);
  EXPECT_EQ(TextbookPoses("yoga", 1).status().code(), absl::StatusCode::kNotFound);
}

TEST(Describe, TellsRangesOfSeenAngles) {
  reference::Reference reference;
  reference.repetitions = 3;
  reference.duration_us = 2'500'000;
  reference.spread.resize(reference::kPhases);
  reference::Figure figure;
  for (const int node : {reference::kLeftShoulder, reference::kLeftElbow, reference::kLeftWrist})
    figure.seen[node] = 1;
  figure.nodes[reference::kLeftShoulder] = {0, 1, 0};
  figure.nodes[reference::kLeftWrist] = {1, 0, 0};
  reference.phases.assign(reference::kPhases, figure);
  reference.spread[3][0] = 4;
  EXPECT_EQ(Describe(reference, 8),
            "the best 3 of 8 repetitions, 2.5 s\n  left_elbow       90 to  90 degrees, +- 4\n");
}

}  // namespace
}  // namespace trackfit::reference_building
