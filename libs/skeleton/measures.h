// What a coach would measure in a window of poses: how straight the body is, how deep it goes, how it sways.
#ifndef TRACKFIT_SKELETON_MEASURES_H_
#define TRACKFIT_SKELETON_MEASURES_H_

#include <array>
#include <optional>
#include <span>
#include <string>

#include "skeleton/pose.h"

namespace trackfit::skeleton {

// Angles in degrees, lengths in torso lengths. Middles of left and right; "low", "high" and "range" over the
// window are its 5th and 95th percentile and what lies between them. Without "depth" in the picture's plane.
enum Measure : int {
  kBodyAngle,       // median angle shoulders - hips - ankles: 180 is a straight body
  kBodyAngleHigh,   // its high
  kHipsLow,         // of people who lie: the hips' distance from the line shoulders - ankles, positive above:
  kHips,            // low (they sag), median
  kHipsHigh,        // and high (they stick up)
  kHipsRange,       // how far that moves
  kKneeAngle,       // median angle hips - knees - ankles
  kShoulderTravel,  // range of the shoulders' height above the wrists
  kShoulderTravelDepth,  // the same in lengths of the torso with depth
  kNeckRange,            // range of the angle nose - shoulders - hips
  kBodyAngleDepth,       // kBodyAngle with depth
  kHipsDepth,            // kHips in lengths of the torso with depth
  kLean,                 // median angle of the trunk to the vertical
  kLeanRange,            // how far that moves
  kMeasureCount
};

// As in model archives: "body_angle", "body_angle_high", ...
const std::array<const char*, kMeasureCount>& MeasureNames();
std::optional<Measure> MeasureOf(const std::string& name);

using Measurements = std::array<float, kMeasureCount>;  // by Measure; NaN = cannot be measured

// `window` as clients send it: x and y as shares of the picture, uniform in time. A measure is NaN when its
// joints are together in fewer than ten poses.
Measurements MeasureWindow(std::span<const Pose> window);

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_MEASURES_H_
