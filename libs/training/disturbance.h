// Makes faulty movements of correct ones: the training data of a joint head.
#ifndef TRACKFIT_TRAINING_DISTURBANCE_H_
#define TRACKFIT_TRAINING_DISTURBANCE_H_

#include <span>
#include <vector>

#include "skeleton/pose.h"
#include "training/augmentation.h"

namespace trackfit::training {

// Disturbs one limb or one joint at random: a limb held or swung at a wrong angle, left behind in time, or
// not moving with the rest; a joint in a wrong place. Returns the joints that moved by more than a tenth of a
// torso length on average, perhaps none. Square images only.
std::vector<int> Disturb(std::span<skeleton::Pose> poses, Random& random);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_DISTURBANCE_H_
