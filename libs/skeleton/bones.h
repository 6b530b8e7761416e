// The lines of a drawn skeleton.
#ifndef TRACKFIT_SKELETON_BONES_H_
#define TRACKFIT_SKELETON_BONES_H_

#include <array>

#include "skeleton/joint.h"

namespace trackfit::skeleton {

struct Bone {
  int from;
  int to;
};

// Trunk, legs and arms; the head is drawn otherwise.
inline constexpr std::array<Bone, 16> kBones = {{
    {kLeftShoulder, kRightShoulder},
    {kLeftHip, kRightHip},
    {kLeftShoulder, kLeftHip},
    {kRightShoulder, kRightHip},
    {kLeftHip, kLeftKnee},
    {kRightHip, kRightKnee},
    {kLeftKnee, kLeftAnkle},
    {kRightKnee, kRightAnkle},
    {kLeftAnkle, kLeftFootIndex},
    {kRightAnkle, kRightFootIndex},
    {kLeftShoulder, kLeftElbow},
    {kRightShoulder, kRightElbow},
    {kLeftElbow, kLeftWrist},
    {kRightElbow, kRightWrist},
    {kLeftWrist, kLeftIndex},
    {kRightWrist, kRightIndex},
}};

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_BONES_H_
