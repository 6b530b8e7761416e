// Movements with one thing wrong, made from right ones: what teaches a network to point at a joint.
#ifndef TRACKFIT_PROTOGCN_DISTURBANCE_H_
#define TRACKFIT_PROTOGCN_DISTURBANCE_H_

#include <span>
#include <vector>

#include "protogcn/augmentation.h"
#include "skeleton/pose.h"

namespace trackfit::protogcn {

// Disturbs one limb or one joint at random: a limb held or swung at a wrong angle, left behind in time, or
// not moving with the rest; a joint in a wrong place. Returns the joints that moved by more than a tenth of a
// torso length on average, perhaps none. Square pictures only.
std::vector<int> Disturb(std::span<skeleton::Pose> poses, Random& random);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_DISTURBANCE_H_
