// The 33 BlazePose joints: their order, names and left/right partners.
// Source: BlazePose GHUM model card, Google 2021.
#ifndef TRACKFIT_SKELETON_JOINT_H_
#define TRACKFIT_SKELETON_JOINT_H_

#include <array>
#include <string_view>

namespace trackfit::skeleton {

inline constexpr int kJointCount = 33;

// Indices into Pose::landmarks. "Left" is the person's own left.
enum Joint : int {
  kNose = 0,
  kLeftEyeInner,
  kLeftEye,
  kLeftEyeOuter,
  kRightEyeInner,
  kRightEye,
  kRightEyeOuter,
  kLeftEar,
  kRightEar,
  kMouthLeft,
  kMouthRight,
  kLeftShoulder,
  kRightShoulder,
  kLeftElbow,
  kRightElbow,
  kLeftWrist,
  kRightWrist,
  kLeftPinky,
  kRightPinky,
  kLeftIndex,
  kRightIndex,
  kLeftThumb,
  kRightThumb,
  kLeftHip,
  kRightHip,
  kLeftKnee,
  kRightKnee,
  kLeftAnkle,
  kRightAnkle,
  kLeftHeel,
  kRightHeel,
  kLeftFootIndex,
  kRightFootIndex,
};

// Lower-case snake names as the contract spells them, e.g. "left_shoulder".
const std::array<std::string_view, kJointCount>& JointNames();

// Element j is the joint on the other side of the body; the nose maps to itself.
const std::array<int, kJointCount>& MirroredJoints();

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_JOINT_H_
