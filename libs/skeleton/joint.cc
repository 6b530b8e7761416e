#include "skeleton/joint.h"

namespace trackfit::skeleton {

const std::array<std::string_view, kJointCount>& JointNames() {
  static constexpr std::array<std::string_view, kJointCount> kNames = {
      "nose",        "left_eye_inner",  "left_eye",        "left_eye_outer", "right_eye_inner",
      "right_eye",   "right_eye_outer", "left_ear",        "right_ear",      "mouth_left",
      "mouth_right", "left_shoulder",   "right_shoulder",  "left_elbow",     "right_elbow",
      "left_wrist",  "right_wrist",     "left_pinky",      "right_pinky",    "left_index",
      "right_index", "left_thumb",      "right_thumb",     "left_hip",       "right_hip",
      "left_knee",   "right_knee",      "left_ankle",      "right_ankle",    "left_heel",
      "right_heel",  "left_foot_index", "right_foot_index"};
  return kNames;
}

const std::array<int, kJointCount>& MirroredJoints() {
  static constexpr std::array<int, kJointCount> kMirror = {0,  4,  5,  6,  1,  2,  3,  8,  7,  10, 9,
                                                           12, 11, 14, 13, 16, 15, 18, 17, 20, 19, 22,
                                                           21, 24, 23, 26, 25, 28, 27, 30, 29, 32, 31};
  return kMirror;
}

}  // namespace trackfit::skeleton
