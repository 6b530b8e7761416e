// Synthetic poses for tests: a standing figure that can be moved, scaled and animated.
#ifndef TRACKFIT_TESTS_SUPPORT_POSES_H_
#define TRACKFIT_TESTS_SUPPORT_POSES_H_

#include <cmath>
#include <cstdint>
#include <vector>

#include "skeleton/pose.h"

namespace trackfit::testing {

// A figure standing in the middle of a 640x480 image; torso 120 pixels long.
inline skeleton::Pose StandingPose() {
  using namespace skeleton;  // NOLINT(google-build-using-namespace): joint names
  Pose pose;
  pose.image_width = 640;
  pose.image_height = 480;
  pose.score = 0.9F;
  for (int j = 0; j < kJointCount; ++j) {
    const float side = MirroredJoints()[j] == j ? 0.0F : (MirroredJoints()[j] > j ? 1.0F : -1.0F);
    float y = 60;
    if (j >= kLeftShoulder) y = 120;
    if (j >= kLeftElbow) y = 180;
    if (j >= kLeftWrist) y = 230;
    if (j >= kLeftHip) y = 240;
    if (j >= kLeftKnee) y = 330;
    if (j >= kLeftAnkle) y = 420;
    const float x = 320 + side * (j >= kLeftShoulder ? 40.0F : 8.0F);
    pose.landmarks[j] = {x / 640, y / 480, 0, 0.95F, 0.95F};
  }
  return pose;
}

// The left hand moves up and down once a second; sampled at `fps` for `seconds`.
inline std::vector<skeleton::Pose> WavingPoses(double fps, double seconds) {
  std::vector<skeleton::Pose> poses;
  const int count = static_cast<int>(std::lround(fps * seconds));
  for (int i = 0; i < count; ++i) {
    skeleton::Pose pose = StandingPose();
    pose.sequence = static_cast<uint64_t>(i);
    pose.timestamp_us = std::llround(i * 1e6 / fps);
    const double t = static_cast<double>(pose.timestamp_us) * 1e-6;
    for (const int joint :
         {skeleton::kLeftWrist, skeleton::kLeftPinky, skeleton::kLeftIndex, skeleton::kLeftThumb}) {
      pose.landmarks[joint].y += 0.1F * static_cast<float>(std::sin(2 * M_PI * t));
    }
    poses.push_back(pose);
  }
  return poses;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_POSES_H_
