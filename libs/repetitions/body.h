// A pose as the coach measures it: in torso lengths, y up, at a fixed place in the picture.
#ifndef TRACKFIT_REPETITIONS_BODY_H_
#define TRACKFIT_REPETITIONS_BODY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "skeleton/pose.h"

namespace trackfit::repetitions {

// Rate of the bodies that counters and conditions see, Hz.
inline constexpr double kRateHz = 30;

// x to the right of the picture, y up, both in torso lengths from the picture's top left corner; depth behind
// the mid-hip on the same scale (BlazePose's, which is rough).
struct Point {
  float x = 0;
  float y = 0;
  float depth = 0;
};

struct Body {
  uint64_t sequence = 0;
  int64_t timestamp_us = 0;
  std::array<Point, skeleton::kJointCount> joints{};
  std::array<float, skeleton::kJointCount> visibility{};  // 0 = absent; then the joint means nothing
  // Width of shoulders and hips in the picture per torso length, smoothed: about 0.8 seen from the front or
  // the back, near 0 from the side.
  float breadth = 0;
  // -1: faces the left edge of the picture, 1: the right edge, 0: neither can be told.
  int facing = 0;
};

// Turns the poses of one person into bodies. The scale is the torso's length over the last seconds, so that
// a bend towards the camera is not taken for growth. Not thread-safe.
class BodyScale {
 public:
  struct State {
    float torso = 0;    // in widths of the picture; 0 = not known yet
    float breadth = 0;  // as in Body
    float facing = 0;   // smoothed, [-1, 1]
  };

  BodyScale() = default;
  explicit BodyScale(const State& state) : state_(state) {}

  // nullopt while shoulders and hips were never seen well enough to know the scale. Poses at kRateHz.
  std::optional<Body> Measure(const skeleton::Pose& pose);

  const State& state() const { return state_; }

 private:
  State state_;
};

// A joint counts as seen from this visibility on.
inline constexpr float kSeen = 0.4F;

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_REPETITIONS_BODY_H_
