#include "synthesis/camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace trackfit::synthesis {
namespace {

using ::testing::HasSubstr;

Motion Standing() {
  return *SynthesizeMotion({.exercise = "standing_idle", .repetitions = 1, .style_variation = 0, .sway = 0});
}

skeleton::Pose FirstPose(const Motion& motion, const CameraOptions& options) {
  return ProjectPose(MakeCameraPath(options, motion)->front(), motion.body, motion.frames.front());
}

TEST(Camera, ProjectsThePointItLooksAtToTheMiddle) {
  Camera camera;
  camera.position = {0, 1, 4};
  const PixelPoint middle = Project(camera, {0, 1, 0});
  EXPECT_DOUBLE_EQ(middle.x, 320);
  EXPECT_DOUBLE_EQ(middle.y, 240);
  EXPECT_DOUBLE_EQ(middle.depth, 4);
  EXPECT_GT(Project(camera, {1, 1, 0}).x, 320);
  EXPECT_LT(Project(camera, {0, 2, 0}).y, 240) << "up in the world is up in the image";
}

TEST(ProjectPose, ShowsAnUprightPersonHeadUpAndWithTheLeftArmOnTheRight) {
  const skeleton::Pose pose = FirstPose(Standing(), {.yaw_degrees = 0, .pitch_degrees = 0});
  EXPECT_LT(pose.landmarks[skeleton::kNose].y, pose.landmarks[skeleton::kLeftHip].y);
  EXPECT_LT(pose.landmarks[skeleton::kLeftHip].y, pose.landmarks[skeleton::kLeftAnkle].y);
  EXPECT_GT(pose.landmarks[skeleton::kLeftShoulder].x, pose.landmarks[skeleton::kRightShoulder].x);
  EXPECT_LT(pose.landmarks[skeleton::kNose].z, 0) << "the face is nearer than the hips";
  for (const skeleton::Landmark& landmark : pose.landmarks) EXPECT_GT(landmark.visibility, 0.5F);
}

TEST(ProjectPose, PutsWorldLandmarksInMetresAroundTheMidHip) {
  const Motion motion = Standing();
  const skeleton::Pose pose = FirstPose(motion, {.yaw_degrees = 0, .pitch_degrees = 0});
  const auto& w = pose.world_landmarks;
  EXPECT_NEAR(w[skeleton::kLeftHip].x + w[skeleton::kRightHip].x, 0, 1e-6);
  EXPECT_NEAR(w[skeleton::kLeftHip].y + w[skeleton::kRightHip].y, 0, 1e-6);
  EXPECT_NEAR(w[skeleton::kLeftShoulder].y, -motion.body.trunk, 0.02) << "y points down";
  EXPECT_NEAR(std::hypot(w[13].x - w[11].x, w[13].y - w[11].y, w[13].z - w[11].z), motion.body.upper_arm,
              1e-4);
}

TEST(ProjectPose, ScalesDepthLikeX) {
  // Seen from the side, the shoulders' distance is all depth; seen from the front it is all width.
  const Motion motion = Standing();
  CameraOptions options{.yaw_degrees = 0, .pitch_degrees = 0, .fov_degrees = 12};
  const skeleton::Pose front = FirstPose(motion, options);
  options.yaw_degrees = 90;
  const skeleton::Pose side = FirstPose(motion, options);
  const float width =
      front.landmarks[skeleton::kLeftShoulder].x - front.landmarks[skeleton::kRightShoulder].x;
  const float depth = side.landmarks[skeleton::kRightShoulder].z - side.landmarks[skeleton::kLeftShoulder].z;
  EXPECT_NEAR(depth / width, 1, 0.15);
  EXPECT_LT(side.landmarks[skeleton::kLeftShoulder].z, 0) << "the left side is the near one";
}

TEST(ProjectPose, SeesLessOfTheFarArm) {
  const skeleton::Pose side = FirstPose(Standing(), {.yaw_degrees = 90, .pitch_degrees = 0});
  EXPECT_GT(side.landmarks[skeleton::kLeftElbow].visibility, 0.9F);
  EXPECT_LT(side.landmarks[skeleton::kRightElbow].visibility, 0.5F);
}

TEST(CameraPath, KeepsTheWholeMotionInTheImage) {
  for (const ExerciseInfo& exercise : Exercises()) {
    const Motion motion = *SynthesizeMotion({.exercise = exercise.name, .repetitions = 2});
    const auto path = MakeCameraPath(ShowcaseCamera(motion, 3), motion);
    ASSERT_TRUE(path.ok()) << path.status();
    for (size_t i = 0; i < motion.frames.size(); i += 5) {
      for (const skeleton::Landmark& l : ProjectPose((*path)[i], motion.body, motion.frames[i]).landmarks) {
        ASSERT_GT(l.x, -0.02F) << exercise.name;
        ASSERT_LT(l.x, 1.02F) << exercise.name;
        ASSERT_GT(l.y, -0.02F) << exercise.name;
        ASSERT_LT(l.y, 1.02F) << exercise.name;
      }
    }
  }
}

TEST(CameraPath, MovesOnlyWhenAsked) {
  const Motion motion = Standing();
  const auto still = *MakeCameraPath({.handheld = 0}, motion);
  EXPECT_EQ(still.front().position, still.back().position);
  const auto moving = *MakeCameraPath({.orbit_degrees = 30, .handheld = 0}, motion);
  EXPECT_GT(Distance(moving.front().position, moving.back().position), 0.5);
}

TEST(CameraPath, RefusesOptionsOutOfRange) {
  const absl::Status status = MakeCameraPath({.fov_degrees = 180}, Standing()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("camera.fov_degrees is 180"));
}

TEST(SynthesizePoses, GivesATimedClipOfFinitePosesThatTheSeedDetermines) {
  PoseOptions options;
  options.motion = {.exercise = "squat", .repetitions = 2, .seed = 9};
  const auto poses = SynthesizePoses(options), again = SynthesizePoses(options);
  ASSERT_TRUE(poses.ok()) << poses.status();
  ASSERT_EQ(poses->size(), again->size());
  for (size_t i = 0; i < poses->size(); ++i) {
    const skeleton::Pose& pose = (*poses)[i];
    EXPECT_EQ(pose.sequence, i);
    EXPECT_NEAR(static_cast<double>(pose.timestamp_us), static_cast<double>(i) * 1e6 / 30, 1);
    EXPECT_GT(pose.image_width, 0);
    for (int j = 0; j < skeleton::kJointCount; ++j) {
      const skeleton::Landmark& l = pose.landmarks[j];
      ASSERT_TRUE(std::isfinite(l.x + l.y + l.z + l.visibility));
      ASSERT_EQ(l.x, (*again)[i].landmarks[j].x);
    }
  }
}

TEST(SynthesizePoses, StraysFromTheTruthByAFewPercentOfTheTrunk) {
  PoseOptions options;
  options.motion = {.exercise = "barbell_biceps_curl", .repetitions = 2, .seed = 4};
  const auto noisy = SynthesizePoses(options);
  options.noise.reset();
  const auto exact = SynthesizePoses(options);
  double sum = 0;
  int count = 0;
  for (size_t i = 0; i < exact->size(); ++i) {
    const auto& a = (*noisy)[i];
    const auto& b = (*exact)[i];
    const double trunk = std::hypot((b.landmarks[11].x - b.landmarks[23].x) * b.image_width,
                                    (b.landmarks[11].y - b.landmarks[23].y) * b.image_height);
    for (int j = 0; j < skeleton::kJointCount; ++j, ++count) {
      sum += std::hypot((a.landmarks[j].x - b.landmarks[j].x) * b.image_width,
                        (a.landmarks[j].y - b.landmarks[j].y) * b.image_height) /
             trunk;
    }
  }
  EXPECT_GT(sum / count, 0.005);
  EXPECT_LT(sum / count, 0.08);
}

TEST(LandmarkNoise, SwapsALimbPairForAWhileInSomeClips) {
  PoseOptions options;
  options.motion = {.exercise = "squat", .repetitions = 2, .seed = 4};
  options.noise.reset();
  const auto exact = SynthesizePoses(options);
  const LandmarkNoise swaps{.jitter = 0, .bias = 0, .swap_chance = 1};
  const auto swapped = AddLandmarkNoise(*exact, swaps, 30, 3);
  int knees = 0, hips = 0;
  for (size_t i = 0; i < exact->size(); ++i) {
    const auto &a = swapped[i].landmarks, &b = (*exact)[i].landmarks;
    knees += a[skeleton::kLeftKnee].x == b[skeleton::kRightKnee].x ? 1 : 0;
    hips += a[skeleton::kLeftHip].x == b[skeleton::kRightHip].x ? 1 : 0;
  }
  EXPECT_GE(knees, 1);
  EXPECT_LE(knees, 31);
  EXPECT_EQ(hips, 0);
}

TEST(LandmarkNoise, SaysThatAHiddenTrunkIsInSightAndAHiddenWristIsNot) {
  PoseOptions options;
  options.motion = {.exercise = "standing_idle", .repetitions = 1, .seed = 4};
  options.camera = CameraOptions{.yaw_degrees = 90};  // from the left: the right side is behind
  options.noise.reset();
  const auto exact = SynthesizePoses(options);
  ASSERT_TRUE(exact.ok()) << exact.status();
  const auto noisy = AddLandmarkNoise(*exact, {.swap_chance = 0}, 30, 1);
  ASSERT_LT(exact->front().landmarks[skeleton::kRightShoulder].visibility, 0.5);
  EXPECT_GT(noisy.front().landmarks[skeleton::kRightShoulder].visibility, 0.8);
  ASSERT_LT(exact->front().landmarks[skeleton::kRightElbow].visibility, 0.5);
  EXPECT_LT(noisy.front().landmarks[skeleton::kRightElbow].visibility, 0.5);
}

}  // namespace
}  // namespace trackfit::synthesis
