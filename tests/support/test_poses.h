// Poses that tests can reason about.
#ifndef TRACKFIT_TESTS_SUPPORT_TEST_POSES_H_
#define TRACKFIT_TESTS_SUPPORT_TEST_POSES_H_

#include <cmath>
#include <cstdint>
#include <vector>

#include "skeleton/pose.h"

namespace trackfit::testing {

// All joints at different positions in a square image, moving slightly with `t`.
inline skeleton::Pose MakePose(int t = 0) {
  skeleton::Pose pose;
  pose.sequence = t;
  pose.timestamp_us = static_cast<int64_t>(t) * 33'333;
  pose.image_width = pose.image_height = 1000;
  pose.score = 1;
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    const auto u = static_cast<float>(j), v = static_cast<float>(t);
    pose.landmarks[j] = {0.5F + 0.2F * std::sin(u) + 0.01F * std::sin(0.3F * v),
                         0.1F + 0.025F * u + 0.01F * std::cos(0.2F * v), 0.1F * std::cos(2 * u), 1, 1};
  }
  return pose;
}

inline std::vector<skeleton::Pose> MakePoses(int count) {
  std::vector<skeleton::Pose> poses;
  for (int t = 0; t < count; ++t) poses.push_back(MakePose(t));
  return poses;
}

// 3-D distance of two joints in isotropic coordinates.
inline float Distance(const skeleton::Pose& pose, int a, int b) {
  const float aspect = pose.image_width > 0 ? static_cast<float>(pose.image_height) / pose.image_width : 1.0F;
  const skeleton::Landmark &p = pose.landmarks[a], &q = pose.landmarks[b];
  return std::hypot(p.x - q.x, (p.y - q.y) * aspect, p.z - q.z);
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_TEST_POSES_H_
