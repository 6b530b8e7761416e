#include "dataset_building/clip_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "dataset/landmark_file.h"
#include "support/scratch_folder.h"

namespace trackfit::dataset_building {
namespace {

using nlohmann::json;

constexpr int kWidth = 400, kHeight = 200;

// Joint j at (j, 2 j) hundredths of the image, seen with a probability of (50 + j) %.
skeleton::Pose CountedPose() {
  skeleton::Pose pose;
  pose.image_width = kWidth;
  pose.image_height = kHeight;
  pose.score = 0.75F;
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    const auto step = static_cast<float>(j) / 100;
    pose.landmarks[j] = {step, 2 * step, -step, 0.5F + step, 1};
  }
  return pose;
}

class ClipWriterTest : public ::testing::Test {
 protected:
  // Writes frames 100 ms apart, nullopt = nobody.
  std::string Write(const std::vector<std::optional<skeleton::Pose>>& poses, const ClipWriterOptions& options,
                    const SourceClip& clip = {}) const {
    const std::string path = scratch_.File("clip" + EndingOf(options.format));
    const auto writer = OpenClipWriter(path, clip, options);
    EXPECT_TRUE(writer.ok()) << writer.status();
    media::SourceFrame frame{0, cv::Mat(kHeight, kWidth, CV_8UC3)};
    for (const std::optional<skeleton::Pose>& pose : poses) {
      skeleton::Pose timed = pose.value_or(skeleton::Pose());
      timed.timestamp_us = frame.timestamp_us;
      EXPECT_TRUE((*writer)->Write(frame, pose ? std::optional(timed) : std::nullopt).ok());
      frame.timestamp_us += 100'000;
    }
    EXPECT_TRUE((*writer)->Finish().ok());
    return path;
  }

  json WriteTrackfit(const std::vector<std::optional<skeleton::Pose>>& poses,
                     TrackfitJoints joints = TrackfitJoints::kTrunk) const {
    std::ifstream stream(Write(poses, {.format = ClipFormat::kTrackfitJson, .joints = joints, .model = ""}));
    return json::parse(stream);
  }

  testing::ScratchFolder scratch_;
};

TEST_F(ClipWriterTest, TrackfitJsonHasTwentyJointsInPixelsInCocosOrder) {
  const json frames = WriteTrackfit({CountedPose()});
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0]["frame_idx"], 0);
  ASSERT_EQ(frames[0]["poses"].size(), 1U);
  const json& pose = frames[0]["poses"][0];
  EXPECT_EQ(pose["id"], 0);
  const json& joints = pose["keypoints"];
  ASSERT_EQ(joints.size(), 20U);
  // BlazePose's numbers of COCO's 17 joints; then mid-hip, mid-spine and neck as means of them.
  const double blazepose[] = {0,  2,  5,  7,  8,  11, 12, 13,   14,   15,
                              16, 23, 24, 25, 26, 27, 28, 23.5, 17.5, 11.5};
  for (size_t i = 0; i < joints.size(); ++i) {
    EXPECT_NEAR(joints[i]["x"], blazepose[i] / 100 * kWidth, 1e-4) << "joint " << i;
    EXPECT_NEAR(joints[i]["y"], 2 * blazepose[i] / 100 * kHeight, 1e-4) << "joint " << i;
    EXPECT_NEAR(joints[i]["confidence"], 0.5 + blazepose[i] / 100, 1e-6) << "joint " << i;
  }
}

TEST_F(ClipWriterTest, TrackfitJsonBoxesTheVisibleJoints) {
  skeleton::Pose pose = CountedPose();
  pose.landmarks[skeleton::kNose].visibility = 0.29F;
  pose.landmarks[skeleton::kRightAnkle].visibility = 0.31F;
  pose.landmarks[skeleton::kRightAnkle].x = 1.249F;
  pose.landmarks[skeleton::kLeftEye].x = -0.0123F;
  const json found = WriteTrackfit({pose})[0]["poses"][0];
  EXPECT_EQ(found["bbox"], json::parse("[-4, 8, 499, 112]")) << "cut to whole pixels towards zero";
  double sum = 0;
  for (const json& joint : found["keypoints"]) sum += joint["confidence"].get<double>();
  EXPECT_NEAR(found["confidence"], sum / 20, 1e-6);
}

TEST_F(ClipWriterTest, TrackfitJsonHasNoPoseWhereNobodyIsSeen) {
  skeleton::Pose hidden = CountedPose();
  for (skeleton::Landmark& landmark : hidden.landmarks) landmark.visibility = 0.2F;
  const json frames = WriteTrackfit({std::nullopt, hidden, CountedPose()});
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_TRUE(frames[0]["poses"].empty());
  EXPECT_TRUE(frames[1]["poses"].empty());
  EXPECT_EQ(frames[2]["frame_idx"], 2);
  EXPECT_EQ(frames[2]["poses"].size(), 1U);
}

TEST_F(ClipWriterTest, TrackfitJsonCanRepeatTheOriginalsSlip) {
  const json joints = WriteTrackfit({CountedPose()}, TrackfitJoints::kOriginal)[0]["poses"][0]["keypoints"];
  EXPECT_NEAR(joints[16]["x"], 0.28 * kWidth, 1e-4);
  EXPECT_NEAR(joints[17]["x"], 0.19 * kWidth, 1e-4);
  EXPECT_NEAR(joints[18]["x"], 0.20 * kWidth, 1e-4);
  EXPECT_NEAR(joints[19]["x"], 0.31 * kWidth, 1e-4);
}

TEST_F(ClipWriterTest, JsonLinesHaveOneObjectPerFrame) {
  std::ifstream stream(Write({CountedPose(), std::nullopt}, {.format = ClipFormat::kJsonLines, .model = ""}));
  std::string line;
  ASSERT_TRUE(std::getline(stream, line));
  const json frame = json::parse(line);
  EXPECT_EQ(frame["frame"], 0);
  EXPECT_EQ(frame["timestamp_us"], 0);
  EXPECT_EQ(frame["pose"]["landmarks"].size(), 33U);
  EXPECT_EQ(frame["pose"]["landmarks"][10], json::parse("[0.1, 0.2, -0.1, 0.6, 1]"));
  EXPECT_EQ(frame["pose"]["world_landmarks"].size(), 33U);
  EXPECT_EQ(frame["pose"]["score"], 0.75);
  ASSERT_TRUE(std::getline(stream, line));
  EXPECT_EQ(line, R"({"frame":1,"timestamp_us":100000,"pose":null})");
  EXPECT_FALSE(std::getline(stream, line));
}

TEST_F(ClipWriterTest, LandmarkFilesAreReadByTraining) {
  SourceClip clip;
  clip.id = "squat/a";
  clip.exercise = "squat";
  clip.form = "correct";
  clip.group = "anna";
  clip.kind = dataset::SourceKind::kRendered;
  const std::string path = Write({CountedPose(), std::nullopt, CountedPose()},
                                 {.format = ClipFormat::kLandmarks, .fps = 10, .model = "lite"}, clip);
  const auto clips = dataset::ReadLandmarkFile(path);
  ASSERT_TRUE(clips.ok()) << clips.status();
  ASSERT_EQ(clips->size(), 1U);
  const dataset::Clip& read = clips->front();
  EXPECT_EQ(read.id, "squat/a");
  EXPECT_EQ(read.exercise, "squat");
  EXPECT_EQ(read.form, "correct");
  EXPECT_EQ(read.group, "anna");
  EXPECT_EQ(read.source, "video; landmarks by trackfit (lite)");
  EXPECT_EQ(read.kind, dataset::SourceKind::kRendered);
  EXPECT_EQ(read.fps, 10);
  ASSERT_EQ(read.poses.size(), 3U);
  EXPECT_EQ(read.poses[0].image_width, kWidth);
  EXPECT_FLOAT_EQ(read.poses[2].landmarks[10].y, 0.2F);
  EXPECT_TRUE(std::isnan(read.poses[1].landmarks[0].x));
}

TEST_F(ClipWriterTest, SaysWhichFileCannotBeWritten) {
  const auto writer = OpenClipWriter(scratch_.File("no/such/clip.jsonl"), {}, {.model = ""});
  EXPECT_EQ(writer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(writer.status().message()), ::testing::HasSubstr("no/such/clip.jsonl"));
}

TEST(ClipFormat, IsKnownByItsName) {
  for (const ClipFormat format :
       {ClipFormat::kJsonLines, ClipFormat::kLandmarks, ClipFormat::kTrackfitJson}) {
    EXPECT_EQ(*ParseClipFormat(ClipFormatName(format)), format);
  }
  EXPECT_FALSE(ParseClipFormat("csv").ok());
}

}  // namespace
}  // namespace trackfit::dataset_building
