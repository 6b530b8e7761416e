// How much somebody moves, so that a person who keeps still can be told from one who exercises.
#ifndef TRACKFIT_SKELETON_MOVEMENT_H_
#define TRACKFIT_SKELETON_MOVEMENT_H_

#include <span>

#include "skeleton/pose.h"

namespace trackfit::skeleton {

// How far the parts of the body (head, shoulders, elbows, hands, hips, knees, feet) travel in the picture
// relative to the trunk, and the trunk itself once, in torso lengths: the root of the sum of squares. So one
// forearm that curls counts, and so do hips that go down and up, while a camera that sways counts once and
// not for every part.
//
// Robust to BlazePose's noise on a person who keeps still: a coordinate's travel is from the 10th to the 90th
// percentile of its means over 0.3 s, and only parts that are seen well count (or, where none is, those that
// are seen best). `window` is uniform in time at `rate_hz` and not empty.
float Movement(std::span<const Pose> window, double rate_hz);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_MOVEMENT_H_
