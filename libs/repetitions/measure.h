// One number of a body: an angle, a height, a distance. Exercises are described in terms of them.
#ifndef TRACKFIT_REPETITIONS_MEASURE_H_
#define TRACKFIT_REPETITIONS_MEASURE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "repetitions/body.h"
#include "skeleton/joint.h"

namespace trackfit::repetitions {

// Where a measure is taken. A place is named
// - "left_knee", "right_knee", ... : one joint (BlazePose's names);
// - "knees": the midpoint of both, or the only one that is seen;
// - "knee": the joint of the side that is measured (see Sides).
struct Place {
  int left = -1;   // joint index on the left, or the joint itself
  int right = -1;  // on the right; equal to `left` for a single joint
  bool sided = false;

  // INVALID_ARGUMENT with a suggestion for an unknown name.
  static absl::StatusOr<Place> Parse(std::string_view name);
};

enum class MeasureKind {
  kAngle,    // degrees at the second of three places, [0, 180]; 180 = straight
  kHeight,   // first above second, torso lengths; negative = below
  kReach,    // distance between two places, torso lengths
  kAside,    // distance across the picture between two places, torso lengths, >= 0
  kForward,  // first before second in the direction in which the person faces, torso lengths
  kLean,     // degrees between the line from the first place to the second and upright, [0, 180]
  kSlope,    // degrees between the line between two places and the horizontal, [0, 90]
  kBend,  // distance of the second place from the line from the first to the third, torso lengths; positive =
          // above the line for somebody lying or propped, before it (facing) for somebody upright
  kAlong,   // how far the first place is from the second in the direction of the third, torso lengths;
            // negative = away from it
  kRatio,   // distance across the picture between the first two places per that between the next two
  kPlaceX,  // of one place in the picture, torso lengths: for travel only
  kPlaceY,  // height of one place in the picture, torso lengths: for travel only
};

// How sided places are measured.
enum class Sides {
  kBetter,  // the side that is seen better; their mean where both are seen alike
  kMean,    // the mean of both sides; of one if only one is seen
  kLeast,   // the smaller of both
  kMost,    // the larger of both
  kLeft,
  kRight,
  kDifference,  // left minus right
};

struct Measure {
  std::string name;
  MeasureKind kind = MeasureKind::kAngle;
  std::vector<Place> places;
  Sides sides = Sides::kBetter;

  // "degrees", "torso_lengths" or "ratio".
  std::string_view unit() const;
  // NaN where a place that it needs is not seen (visibility below kSeen), or facing is needed and unknown.
  float Of(const Body& body) const;
};

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_REPETITIONS_MEASURE_H_
