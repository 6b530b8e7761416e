#include "skeleton/anomaly.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>

#include "support/poses.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::skeleton {
namespace {

constexpr double kFps = 30;
constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();

// What BlazePose would detect in a correct performance, without its rare large errors.
std::vector<Pose> Perform(const std::string& exercise, uint64_t seed, double repetition_seconds = 2) {
  synthesis::PoseOptions options;
  options.motion.exercise = exercise;
  options.motion.seed = seed;
  options.motion.fps = kFps;
  options.motion.repetitions = 3;
  options.motion.repetition_seconds = repetition_seconds;
  options.noise->swap_chance = options.noise->limb_tail = options.noise->trunk_tail = 0;
  const auto poses = synthesis::SynthesizePoses(options);
  EXPECT_TRUE(poses.ok()) << poses.status();
  return *poses;
}

int64_t Found(const AnomalyCounts& counts) { return counts.teleported + counts.bone_jumps + counts.swapped; }

double Difference(const Pose& a, const Pose& b, int joint) {
  return std::hypot(a.landmarks[joint].x - b.landmarks[joint].x, a.landmarks[joint].y - b.landmarks[joint].y);
}

TEST(RepairAnomalies, LeavesCleanMovementUnchanged) {
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
    AnomalyCounts all;
    for (uint64_t seed = 1; seed <= 6; ++seed) {
      const RepairedClip repaired = RepairAnomalies(Perform(exercise.name, seed, 1), kFps);
      EXPECT_FALSE(repaired.broken);
      all += repaired.counts;
    }
    EXPECT_LT(Found(all), 0.001 * static_cast<double>(all.joints)) << exercise.name;
  }
}

TEST(RepairAnomalies, InterpolatesATeleportedJoint) {
  const std::vector<Pose> clean = Perform("squat", 3);
  std::vector<Pose> poses = clean;
  for (int t = 40; t < 44; ++t) {
    poses[t].landmarks[kLeftWrist].x += 0.2F;
    poses[t].landmarks[kLeftWrist].y -= 0.1F;
  }
  const RepairedClip repaired = RepairAnomalies(poses, kFps);
  EXPECT_EQ(repaired.counts.teleported, 4);
  EXPECT_EQ(repaired.counts.interpolated, 4);
  EXPECT_EQ(repaired.counts.left_out, 0);
  for (int t = 40; t < 44; ++t) EXPECT_LT(Difference(repaired.poses[t], clean[t], kLeftWrist), 0.02) << t;
  EXPECT_EQ(Difference(repaired.poses[39], clean[39], kLeftWrist), 0);
  EXPECT_EQ(Difference(repaired.poses[42], clean[42], kRightWrist), 0);
}

TEST(RepairAnomalies, RemovesAJointThatIsLostForLonger) {
  std::vector<Pose> poses = Perform("squat", 3);
  for (int t = 40; t < 50; ++t) poses[t].landmarks[kNose].y += 0.3F;
  const RepairedClip repaired = RepairAnomalies(poses, kFps);
  EXPECT_EQ(repaired.counts.left_out, 10);
  EXPECT_TRUE(std::isnan(repaired.poses[45].landmarks[kNose].x));
  EXPECT_TRUE(std::isfinite(repaired.poses[39].landmarks[kNose].x));
  EXPECT_TRUE(std::isfinite(repaired.poses[50].landmarks[kNose].x));
}

TEST(RepairAnomalies, KeepsAJumpWithoutReturn) {
  std::vector<Pose> poses = Perform("squat", 3);
  for (size_t t = 40; t < poses.size(); ++t) poses[t].landmarks[kNose].y += 0.3F;
  EXPECT_EQ(Found(RepairAnomalies(poses, kFps).counts), 0);
}

TEST(RepairAnomalies, ThresholdsAreInSecondsNotFrames) {
  // The same lost joint at twice the frame rate: the same duration, twice as many frames.
  std::vector<Pose> poses = testing::WavingPoses(60, 3);
  for (int t = 80; t < 88; ++t) poses[t].landmarks[kNose].x += 0.3F;
  const RepairedClip repaired = RepairAnomalies(poses, 60);
  EXPECT_EQ(repaired.counts.teleported, 8);
  EXPECT_EQ(repaired.counts.interpolated, 8);
}

TEST(RepairAnomalies, SwapsSwappedArmsBack) {
  const std::vector<Pose> clean = Perform("shoulder_press", 2);
  std::vector<Pose> poses = clean;
  for (int t = 30; t < 38; ++t) {
    for (const int left : {kLeftShoulder, kLeftElbow, kLeftWrist, kLeftPinky, kLeftIndex, kLeftThumb})
      std::swap(poses[t].landmarks[left], poses[t].landmarks[left + 1]);
  }
  const RepairedClip repaired = RepairAnomalies(poses, kFps);
  EXPECT_EQ(repaired.counts.swapped, 8 * 12);
  EXPECT_EQ(repaired.counts.teleported, 0);
  for (size_t t = 0; t < clean.size(); ++t) {
    for (int j = 0; j < kJointCount; ++j) ASSERT_EQ(Difference(repaired.poses[t], clean[t], j), 0) << t;
  }
}

TEST(RepairAnomalies, FindsABoneThatStretchesInDepth) {
  std::vector<Pose> poses = testing::WavingPoses(kFps, 3);
  for (int t = 50; t < 53; ++t) poses[t].landmarks[kRightKnee].z += 1.5F;  // invisible in the image
  const RepairedClip repaired = RepairAnomalies(poses, kFps);
  EXPECT_EQ(repaired.counts.bone_jumps, 3);
  EXPECT_NEAR(repaired.poses[51].landmarks[kRightKnee].z, 0, 1e-6);
}

TEST(RepairAnomalies, RemovesAJointThatIsNeverVisible) {
  std::vector<Pose> poses = Perform("squat", 3);
  for (Pose& pose : poses) pose.landmarks[kLeftHeel].visibility = 0.03F;
  const RepairedClip repaired = RepairAnomalies(poses, kFps);
  EXPECT_EQ(repaired.counts.hidden, static_cast<int64_t>(poses.size()));
  for (const Pose& pose : repaired.poses) EXPECT_TRUE(std::isnan(pose.landmarks[kLeftHeel].x));
}

TEST(RepairAnomalies, AbsentJointsStayAbsent) {
  std::vector<Pose> poses = Perform("squat", 3);
  for (Pose& pose : poses) pose.landmarks[kLeftAnkle] = {kAbsent, kAbsent, kAbsent, 0, 0};
  poses[60].landmarks.fill({kAbsent, kAbsent, kAbsent, kAbsent, 0});
  const RepairedClip repaired = RepairAnomalies(poses, kFps);
  EXPECT_EQ(Found(repaired.counts), 0);
  EXPECT_EQ(repaired.counts.broken_frames, 1);
  for (const Pose& pose : repaired.poses) EXPECT_TRUE(std::isnan(pose.landmarks[kLeftAnkle].x));
  EXPECT_TRUE(std::isnan(repaired.poses[60].landmarks[kNose].x));
}

TEST(RepairAnomalies, AClipThatIsMostlyEmptyIsBroken) {
  std::vector<Pose> poses = Perform("squat", 3);
  for (size_t t = 0; t < poses.size() * 3 / 5; ++t)
    poses[t].landmarks.fill({kAbsent, kAbsent, kAbsent, kAbsent, 0});
  EXPECT_TRUE(RepairAnomalies(poses, kFps).broken);
}

TEST(RepairAnomalies, ReturnsPhotoPairsUnchanged) {
  std::vector<Pose> poses = Perform("squat", 3);
  poses.resize(2);
  poses[1].landmarks[kNose].x += 0.5F;
  const RepairedClip repaired = RepairAnomalies(poses, kFps);
  EXPECT_EQ(Found(repaired.counts), 0);
  EXPECT_EQ(repaired.poses[1].landmarks[kNose].x, poses[1].landmarks[kNose].x);
}

}  // namespace
}  // namespace trackfit::skeleton
