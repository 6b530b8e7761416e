#include "blazepose/pose_tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "drawn_person.h"
#include "models.h"

namespace trackfit::blazepose {
namespace {

using skeleton::Pose;
using ::testing::HasSubstr;
using trackfit::testing::DrawnPerson;
using trackfit::testing::MakeEngine;

constexpr int64_t kFrame = 33'333;  // microseconds

std::optional<Pose> Track(PoseTracker& tracker, PoseEngine& engine, const cv::Mat& image, int frame) {
  const auto pose = tracker.Track(engine, image, frame, frame * kFrame);
  EXPECT_TRUE(pose.ok()) << pose.status();
  return pose.ok() ? *pose : std::nullopt;
}

// A person who walks to the right and raises the arms.
std::vector<cv::Mat> Walk(int frames, float speed) {
  std::vector<cv::Mat> images;
  for (int i = 0; i < frames; ++i) images.push_back(DrawnPerson(speed * static_cast<float>(i), 0.1f * i));
  return images;
}

std::vector<std::optional<Pose>> TrackAll(PoseTracker& tracker, PoseEngine& engine,
                                          const std::vector<cv::Mat>& images) {
  std::vector<std::optional<Pose>> poses;
  for (size_t i = 0; i < images.size(); ++i)
    poses.push_back(Track(tracker, engine, images[i], static_cast<int>(i)));
  return poses;
}

// NOLINTBEGIN(bugprone-suspicious-memory-comparison): a NaN equals itself here
void ExpectSameBits(const std::vector<std::optional<Pose>>& a, const std::vector<std::optional<Pose>>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_TRUE(a[i].has_value() && b[i].has_value()) << "frame " << i;
    EXPECT_EQ(std::memcmp(a[i]->landmarks.data(), b[i]->landmarks.data(), sizeof(a[i]->landmarks)), 0) << i;
    EXPECT_EQ(std::memcmp(a[i]->world_landmarks.data(), b[i]->world_landmarks.data(),
                          sizeof(a[i]->world_landmarks)),
              0)
        << i;
    EXPECT_EQ(a[i]->score, b[i]->score) << i;
  }
}
// NOLINTEND(bugprone-suspicious-memory-comparison)

double PixelDistance(const Pose& pose, int joint, double x, double y) {
  return std::hypot(pose.landmarks[joint].x * pose.image_width - x,
                    pose.landmarks[joint].y * pose.image_height - y);
}

TEST(PoseTracker, FindsTheJointsOfADrawnPerson) {
  PoseEngine engine = MakeEngine(ModelComplexity::kFull);
  PoseTracker tracker;
  const std::optional<Pose> pose = Track(tracker, engine, DrawnPerson(0, 1), 7);
  ASSERT_TRUE(pose.has_value());
  EXPECT_EQ(pose->sequence, 7u);
  EXPECT_EQ(pose->timestamp_us, 7 * kFrame);
  EXPECT_EQ(pose->image_width, 320);
  EXPECT_EQ(pose->image_height, 320);
  EXPECT_GT(pose->score, 0.9f);
  // The person's left is at the picture's right.
  EXPECT_LT(PixelDistance(*pose, skeleton::kNose, 160, 62), 8);
  EXPECT_LT(PixelDistance(*pose, skeleton::kLeftShoulder, 185, 98), 10);
  EXPECT_LT(PixelDistance(*pose, skeleton::kRightShoulder, 135, 98), 10);
  EXPECT_LT(PixelDistance(*pose, skeleton::kLeftWrist, 257, 98), 12);
  EXPECT_LT(PixelDistance(*pose, skeleton::kRightWrist, 63, 98), 12);
  EXPECT_LT(PixelDistance(*pose, skeleton::kLeftKnee, 175, 222), 12);
  EXPECT_GT(pose->landmarks[skeleton::kNose].visibility, 0.9f);
}

TEST(PoseTracker, GivesWorldLandmarksInMetresAroundTheHips) {
  PoseEngine engine = MakeEngine();
  PoseTracker tracker;
  const std::optional<Pose> pose = Track(tracker, engine, DrawnPerson(), 0);
  ASSERT_TRUE(pose.has_value());
  ASSERT_TRUE(pose->has_world_landmarks);
  const auto& world = pose->world_landmarks;
  EXPECT_NEAR((world[skeleton::kLeftHip].x + world[skeleton::kRightHip].x) / 2, 0, 0.05);
  EXPECT_NEAR((world[skeleton::kLeftHip].y + world[skeleton::kRightHip].y) / 2, 0, 0.05);
  const float height = world[skeleton::kLeftAnkle].y - world[skeleton::kNose].y;  // y points down
  EXPECT_GT(height, 1.0f);
  EXPECT_LT(height, 2.0f);
}

TEST(PoseTracker, TracksAMovingPerson) {
  PoseEngine engine = MakeEngine();
  PoseTracker tracker;
  std::optional<Pose> pose;
  for (int i = 0; i < 12; ++i) pose = Track(tracker, engine, DrawnPerson(static_cast<float>(3 * i)), i);
  ASSERT_TRUE(pose.has_value());
  EXPECT_LT(PixelDistance(*pose, skeleton::kNose, 193, 62), 10);
}

TEST(PoseTracker, ReportsNobodyAndFindsTheNextPerson) {
  PoseEngine engine = MakeEngine();
  PoseTracker tracker;
  const cv::Mat empty(320, 320, CV_8UC3, cv::Scalar(200, 200, 200));
  EXPECT_TRUE(Track(tracker, engine, DrawnPerson(), 0).has_value());
  EXPECT_FALSE(Track(tracker, engine, empty, 1).has_value());
  EXPECT_FALSE(Track(tracker, engine, empty, 2).has_value());
  EXPECT_TRUE(Track(tracker, engine, DrawnPerson(60), 3).has_value());
}

TEST(PoseTracker, RunsTheDetectorOnlyWhileNobodyIsTracked) {
  PoseEngine engine = MakeEngine();
  PoseTracker tracker;
  const cv::Mat empty(480, 640, CV_8UC3, cv::Scalar::all(90));
  for (int frame = 0; frame < 3; ++frame) EXPECT_FALSE(Track(tracker, engine, empty, frame));
  EXPECT_EQ(engine.detector().runs(), 3);
  for (int frame = 3; frame < 9; ++frame) EXPECT_TRUE(Track(tracker, engine, DrawnPerson(0, 0), frame));
  EXPECT_EQ(engine.detector().runs(), 4);
}

TEST(PoseTracker, ResetsWhenThePersonIsLost) {
  PoseEngine engine = MakeEngine();
  PoseTracker tracker, fresh;
  Track(tracker, engine, DrawnPerson(20, 0.5f), 0);
  Track(tracker, engine, cv::Mat(320, 320, CV_8UC3, cv::Scalar(200, 200, 200)), 1);
  const std::vector<cv::Mat> walk = Walk(3, 2);
  ExpectSameBits(TrackAll(tracker, engine, walk), TrackAll(fresh, engine, walk));
}

TEST(PoseTracker, ResetsWhenTheImageSizeChanges) {
  PoseEngine engine = MakeEngine();
  PoseTracker tracker, fresh;
  Track(tracker, engine, DrawnPerson(20)(cv::Rect(0, 0, 310, 320)), 0);
  const std::vector<cv::Mat> walk = Walk(2, 2);
  ExpectSameBits(TrackAll(tracker, engine, walk), TrackAll(fresh, engine, walk));
}

TEST(PoseTracker, IsBitIdenticalWithAnyEngine) {
  const PoseModels models = trackfit::testing::LoadModels();
  auto first = PoseEngine::Create(models);
  auto second = PoseEngine::Create(models);
  ASSERT_TRUE(first.ok() && second.ok());
  const std::vector<cv::Mat> walk = Walk(8, 3);
  PoseTracker steady, hopping;
  const auto expected = TrackAll(steady, *first, walk);
  std::vector<std::optional<Pose>> hopped;
  for (size_t i = 0; i < walk.size(); ++i) {
    hopped.push_back(Track(hopping, i % 2 == 0 ? *second : *first, walk[i], static_cast<int>(i)));
  }
  ExpectSameBits(hopped, expected);
}

TEST(PoseTracker, IsIndependentOfOtherStreamsOnTheSameEngine) {
  PoseEngine engine = MakeEngine();
  const std::vector<cv::Mat> left_walk = Walk(6, -4), right_walk = Walk(6, 5);
  PoseTracker left_alone, right_alone, left, right;
  const auto left_expected = TrackAll(left_alone, engine, left_walk);
  const auto right_expected = TrackAll(right_alone, engine, right_walk);
  std::vector<std::optional<Pose>> left_poses, right_poses;
  for (int i = 0; i < 6; ++i) {
    left_poses.push_back(Track(left, engine, left_walk[i], i));
    right_poses.push_back(Track(right, engine, right_walk[i], i));
  }
  ExpectSameBits(left_poses, left_expected);
  ExpectSameBits(right_poses, right_expected);
}

TEST(PoseTracker, TreatsEveryImageIndependentlyInStaticMode) {
  PoseEngine engine = MakeEngine();
  PoseTracker tracker({.static_mode = true});
  const auto first = Track(tracker, engine, DrawnPerson(), 0);
  Track(tracker, engine, DrawnPerson(50, 1), 1);
  const auto again = Track(tracker, engine, DrawnPerson(), 2);
  ExpectSameBits({first}, {again});
}

TEST(PoseTracker, SmoothsJitterOnlyWhenConfigured) {
  PoseEngine engine = MakeEngine();
  PoseTracker smooth, raw({.smooth = false});
  // How far the hips and shoulders move from frame to frame while the person trembles.
  const auto jitter = [&](PoseTracker& tracker) {
    double travelled = 0;
    std::optional<Pose> last;
    for (int i = 0; i < 16; ++i) {
      const auto pose = Track(tracker, engine, DrawnPerson(i % 2 == 0 ? 0.5f : -0.5f), i);
      for (const int joint : {skeleton::kLeftShoulder, skeleton::kRightHip}) {
        if (last) travelled += std::fabs(pose->landmarks[joint].x - last->landmarks[joint].x);
      }
      last = pose;
    }
    return travelled;
  };
  EXPECT_LT(jitter(smooth), 0.5 * jitter(raw));
}

TEST(PoseTracker, RefusesImagesOfAnotherType) {
  PoseEngine engine = MakeEngine();
  PoseTracker tracker;
  for (const cv::Mat& image : {cv::Mat(), cv::Mat(4, 4, CV_8UC1), cv::Mat(4, 4, CV_32FC3)}) {
    const absl::Status status = tracker.Track(engine, image, 0, 0).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("image"));
  }
}

TEST(PoseTracker, AcceptsImagesOfOnePixel) {
  PoseEngine engine = MakeEngine();
  PoseTracker tracker;
  EXPECT_FALSE(Track(tracker, engine, cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 2, 3)), 0).has_value());
}

TEST(PoseTrackerConfig, NamesTheInvalidField) {
  EXPECT_TRUE(PoseTrackerConfig().Validate().ok());
  EXPECT_THAT(std::string(PoseTrackerConfig{.min_presence_score = 1.5f}.Validate().message()),
              HasSubstr("min_presence_score"));
  EXPECT_THAT(std::string(PoseTrackerConfig{.min_detection_score = std::nanf("")}.Validate().message()),
              HasSubstr("min_detection_score"));
}

}  // namespace
}  // namespace trackfit::blazepose
