// From two photos (the start and the end of a movement) to the movement itself.
#ifndef TRACKFIT_DATASET_MOTION_FROM_PHOTOS_H_
#define TRACKFIT_DATASET_MOTION_FROM_PHOTOS_H_

#include <vector>

#include "skeleton/pose.h"

namespace trackfit::dataset {

// The end pose with left and right exchanged where that brings it nearer to the start pose: static pose
// estimation confuses the sides of people seen from the side. Upper and lower body are decided separately.
skeleton::Pose RepairSides(const skeleton::Pose& start, skeleton::Pose end);

// The pose a fraction t in [0, 1] of the way from a to b. The body moves as a linkage: every limb turns about
// its parent joint along an arc, in isotropic image coordinates with depth, so that it keeps its length on
// the way. A limb with an absent end moves in a straight line. Both poses must have the same image size.
skeleton::Pose InterpolateLinkage(const skeleton::Pose& a, const skeleton::Pose& b, float t);

// The tempo of an eased to-and-fro; all times in seconds.
struct Tempo {
  double out = 1.3;  // from the start pose to the end pose
  double rest_at_end = 0.2;
  double back = 1.3;
  double rest_at_start = 0.2;
  double offset = 0;  // how far into the first cycle the motion begins

  double cycle() const { return out + rest_at_end + back + rest_at_start; }
};

// `count` poses at `rate_hz`, repeating out, rest, back, rest. Sides are not repaired here.
std::vector<skeleton::Pose> ToAndFro(const skeleton::Pose& start, const skeleton::Pose& end,
                                     const Tempo& tempo, int count, double rate_hz);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_MOTION_FROM_PHOTOS_H_
