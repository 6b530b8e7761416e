// What a pose from outside must satisfy before anything computes with it.
#ifndef TRACKFIT_SKELETON_VALIDATE_H_
#define TRACKFIT_SKELETON_VALIDATE_H_

#include "absl/status/status.h"
#include "skeleton/pose.h"

namespace trackfit::skeleton {

// INVALID_ARGUMENT naming the field and the limit, e.g. "pose.landmarks[7].x is not finite" when a number is
// NaN or infinite, a coordinate is further than 100 images away, a visibility or presence is outside [0, 1],
// or the image size is negative.
absl::Status ValidatePose(const Pose& pose);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_VALIDATE_H_
