// What a coach would measure in a window of poses: how straight the body is, how low it goes, how much it
// sways.
#ifndef TRACKFIT_SKELETON_MEASURES_H_
#define TRACKFIT_SKELETON_MEASURES_H_

#include <array>
#include <optional>
#include <span>
#include <string>

#include "skeleton/pose.h"

namespace trackfit::skeleton {

// Angles are in degrees, lengths in torso lengths, both of the midpoints of left and right joints. "Low" and
// "high" are the 5th and 95th percentiles over the window, "range" is their difference. Measures are 2-D, in
// the image plane, unless their name ends in "depth".
enum Measure : int {
  kBodyAngle,       // median angle shoulders - hips - ankles: 180 is a straight body
  kBodyAngleHigh,   // its high
  kHipsLow,         // of horizontal bodies: distance of the hips from the line shoulders - ankles, positive
  kHips,            // above it: low (the hips sag), median
  kHipsHigh,        // and high (they stick up)
  kHipsRange,       // its range
  kKneeAngle,       // median angle hips - knees - ankles
  kShoulderTravel,  // range of the shoulders' height above the wrists
  kShoulderTravelDepth,  // the same in 3-D torso lengths
  kNeckRange,            // range of the angle nose - shoulders - hips
  kBodyAngleDepth,       // kBodyAngle in 3-D
  kHipsDepth,            // kHips in 3-D torso lengths
  kLean,                 // median angle of the trunk to the vertical
  kLeanRange,            // its range
  kMeasureCount
};

// Names as stored in model archives: "body_angle", "body_angle_high", ...
const std::array<const char*, kMeasureCount>& MeasureNames();
std::optional<Measure> MeasureOf(const std::string& name);

using Measurements = std::array<float, kMeasureCount>;  // by Measure; NaN = cannot be measured

// `window` holds poses as clients send them (x and y as fractions of the image), uniform in time. A measure
// is NaN when fewer than ten poses have all of its joints.
Measurements MeasureWindow(std::span<const Pose> window);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_MEASURES_H_
