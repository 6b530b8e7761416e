// How much a person moves, to tell people who keep still from people who exercise.
#ifndef TRACKFIT_SKELETON_MOVEMENT_H_
#define TRACKFIT_SKELETON_MOVEMENT_H_

#include <span>

#include "skeleton/pose.h"

namespace trackfit::skeleton {

// The 2-D travel of the parts of the body (head, shoulders, elbows, hands, hips, knees, feet) relative to the
// trunk, plus that of the trunk itself, in torso lengths: the root of the sum of squares. So a curling
// forearm counts, and so do hips that go down and up, while a swaying camera counts only once, not for every
// part.
//
// Robust to BlazePose's noise on a person who keeps still: a coordinate's travel is the difference between
// the 10th and the 90th percentile of its moving mean over 0.3 s, and only clearly visible parts count (if
// there are none, the most visible). `window` is uniform in time at `rate_hz` and not empty.
float Movement(std::span<const Pose> window, double rate_hz);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_MOVEMENT_H_
