#include "dataset/views.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::dataset {
namespace {

using skeleton::Pose;

float MeanY(const Pose& pose, int left) { return (pose.landmarks[left].y + pose.landmarks[left + 1].y) / 2; }

// How far a pair of joints travels down and up in the picture.
float Range(const std::vector<Pose>& poses, int left) {
  float low = 1e9F, high = -1e9F;
  for (const Pose& pose : poses) {
    low = std::min(low, MeanY(pose, left));
    high = std::max(high, MeanY(pose, left));
  }
  return high - low;
}

// The mannequin from the front with its hips in the middle of every picture.
std::vector<Pose> Pinned(const std::string& exercise) {
  synthesis::PoseOptions options;
  options.motion.exercise = exercise;
  options.motion.repetitions = 1;
  options.camera =
      synthesis::CameraOptions{.width = 600, .height = 600, .yaw_degrees = 0, .pitch_degrees = 0};
  options.noise = std::nullopt;
  std::vector<Pose> poses = synthesis::SynthesizePoses(options).value();
  for (Pose& pose : poses) {
    const float x = (pose.landmarks[skeleton::kLeftHip].x + pose.landmarks[skeleton::kRightHip].x) / 2 - 0.5F;
    const float y = MeanY(pose, skeleton::kLeftHip) - 0.5F;
    for (skeleton::Landmark& landmark : pose.landmarks) {
      landmark.x -= x;
      landmark.y -= y;
    }
  }
  return poses;
}

TEST(Views, PinnedHipsAreTold) {
  std::vector<Pose> poses = Pinned("pull_up");
  EXPECT_TRUE(HipsArePinned(poses));
  RestoreTravel(poses, "pull_up");
  EXPECT_FALSE(HipsArePinned(poses));
  EXPECT_FALSE(HipsArePinned(std::span(poses).first(1)));
}

TEST(Views, WhatRestsIsWhatTheExerciseHolds) {
  std::vector<Pose> pull_up = Pinned("pull_up"), squat = Pinned("squat"), bench = Pinned("bench_press");
  EXPECT_GT(Range(pull_up, skeleton::kLeftWrist), 0.05F);
  RestoreTravel(pull_up, "pull_up");
  EXPECT_LT(Range(pull_up, skeleton::kLeftWrist), 1e-4F);
  EXPECT_GT(Range(pull_up, skeleton::kLeftHip), 0.05F);
  RestoreTravel(squat, "squat");
  EXPECT_LT(Range(squat, skeleton::kLeftAnkle), 1e-4F);
  EXPECT_GT(Range(squat, skeleton::kLeftHip), 0.05F);
  RestoreTravel(bench, "bench_press");
  EXPECT_TRUE(HipsArePinned(bench));
}

TEST(Views, WhoeverHangsHoldsOn) {
  std::vector<Pose> hanging = Pinned("pull_up");
  std::erase_if(hanging, [](const Pose& pose) {
    return MeanY(pose, skeleton::kLeftWrist) > pose.landmarks[skeleton::kNose].y;
  });
  EXPECT_GT(Range(hanging, skeleton::kLeftWrist), 0.02F);
  RestoreTravel(hanging, "other");
  EXPECT_LT(Range(hanging, skeleton::kLeftWrist), 1e-4F);
}

Clip MetricSquat() {
  const synthesis::Motion motion =
      synthesis::SynthesizeMotion({.exercise = "squat", .repetitions = 1, .fps = 15}).value();
  Clip clip;
  clip.id = "metric";
  clip.exercise = "squat";
  clip.fps = 15;
  clip.metric = true;
  for (const synthesis::Joints& joints : motion.frames) {
    const synthesis::Vec3 hips = synthesis::MidHip(joints);
    Pose& pose = clip.poses.emplace_back();
    for (int j = 0; j < skeleton::kJointCount; ++j) {
      pose.landmarks[j] = {static_cast<float>(0.5 + (joints[j].x - hips.x) / 2),
                           static_cast<float>(0.5 - (joints[j].y - hips.y) / 2),
                           static_cast<float>(-(joints[j].z - hips.z) / 2), 1, 0};
    }
    pose.landmarks[skeleton::kLeftPinky] = {NAN, NAN, NAN, 0, 0};
  }
  return clip;
}

TEST(Views, ACameraShowsAMetricClipAsBlazePoseWould) {
  const Clip clip = MetricSquat();
  const Clip seen = SeenByCamera(clip, 5);
  EXPECT_FALSE(seen.metric);
  ASSERT_EQ(seen.poses.size(), clip.poses.size());
  EXPECT_FALSE(HipsArePinned(seen.poses));
  for (const Pose& pose : seen.poses) {
    EXPECT_GT(pose.image_width, 0);
    EXPECT_TRUE(std::isnan(pose.landmarks[skeleton::kLeftPinky].x));
    EXPECT_TRUE(std::isfinite(pose.landmarks[skeleton::kRightPinky].x));
    // The head is above the feet in whatever picture.
    EXPECT_LT(pose.landmarks[skeleton::kNose].y, MeanY(pose, skeleton::kLeftAnkle));
  }
}

TEST(Views, EverySeedIsAnotherCameraAndTheSameSeedTheSame) {
  const Clip clip = MetricSquat();
  const auto x = [&](uint64_t seed) {
    return SeenByCamera(clip, seed).poses.front().landmarks[skeleton::kLeftWrist].x;
  };
  EXPECT_EQ(x(1), x(1));
  EXPECT_NE(x(1), x(2));
}

TEST(Views, WhatIsJudgedIsNoVariantAndAlwaysSeenByTheSameCamera) {
  Clip variant = MetricSquat(), other = MetricSquat(), recorded = MetricSquat();
  variant.id += "~1";
  other.id = "other";
  recorded.metric = false;
  const auto judged = AsJudged({MetricSquat(), variant, other, recorded});
  ASSERT_EQ(judged.size(), 3U);
  const auto x = [](const Clip& clip) { return clip.poses.front().landmarks[skeleton::kLeftWrist].x; };
  for (const Clip& clip : judged) EXPECT_FALSE(clip.metric);
  EXPECT_EQ(x(judged[0]), x(AsJudged({MetricSquat()})[0]));
  EXPECT_NE(x(judged[0]), x(judged[1]));
  EXPECT_EQ(x(judged[2]), x(recorded));
}

}  // namespace
}  // namespace trackfit::dataset
