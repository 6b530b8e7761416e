// Recorded clips as the poses that a client would send, and what can happen to these on the way.
#ifndef TRACKFIT_EVALUATION_POSE_SEQUENCE_H_
#define TRACKFIT_EVALUATION_POSE_SEQUENCE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "dataset/clip.h"
#include "skeleton/pose.h"

namespace trackfit::evaluation {

// One person over time: poses in order, each with its own sequence and time. An absent joint has NaN in x and
// y; where nobody is seen, there is no pose.
using PoseSequence = std::vector<skeleton::Pose>;

// A recorded clip at its own rate (30 Hz where that is unknown) and size. A photo pair becomes an eased
// to-and-fro of 3 s a cycle, 3.5 s long at 30 Hz, so that the last window is a full one.
PoseSequence ToPoseSequence(const dataset::Clip& clip);

// The same movement as a camera of another rate would show it.
PoseSequence AtRate(const PoseSequence& poses, double rate_hz);

// Turned about the centre of the image, right-handed (clockwise as one sees it), in isotropic coordinates;
// afterwards the image counts as square.
PoseSequence Rolled(PoseSequence poses, double radians);

// Left and right exchanged, as a mirror shows it.
PoseSequence Mirrored(PoseSequence poses);

// Knees, ankles, heels and toes absent.
PoseSequence WithoutLegs(PoseSequence poses);

// Without about this share of its poses, each left out at random; deterministic in the seed.
PoseSequence WithMissingPoses(PoseSequence poses, double share, uint64_t seed);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_POSE_SEQUENCE_H_
