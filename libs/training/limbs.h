// The limbs of a body, and the rotation of one of them about its root: a fault whose joints are known, for
// training and evaluation.
#ifndef TRACKFIT_TRAINING_LIMBS_H_
#define TRACKFIT_TRAINING_LIMBS_H_

#include <span>
#include <string>
#include <vector>

#include "skeleton/pose.h"
#include "synthesis/vec3.h"

namespace trackfit::training {

struct Limb {
  std::string name;
  int root = 0;             // the joint about which it turns; stays where it is
  std::vector<int> joints;  // those that move: the first is nearest to the root
};

// Left and right: arm (about the shoulder), forearm (about the elbow), leg (hip) and shank (knee).
const std::vector<Limb>& Limbs();

// Turns the limb about its root in every pose, right-handed in (x right, y down, z away) about the unit
// vector `axis`; (0, 0, 1) stays in the image's plane. Square images only (see MakeSquare). Where the
// root is absent nothing moves. Depth is taken to be kDepthScale too deep, as BlazePose's is.
void TurnLimb(std::span<skeleton::Pose> poses, const Limb& limb, const synthesis::Vec3& axis, double radians);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_LIMBS_H_
