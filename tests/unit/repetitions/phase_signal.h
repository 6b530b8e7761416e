// Bodies whose phase is a given signal, for the tests of what follows it.
#ifndef TRACKFIT_TESTS_UNIT_REPETITIONS_PHASE_SIGNAL_H_
#define TRACKFIT_TESTS_UNIT_REPETITIONS_PHASE_SIGNAL_H_

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

#include "repetitions/body.h"
#include "repetitions/exercise.h"

namespace trackfit::repetitions {

// The phase is how far the left wrist is above the left shoulder, in torso lengths.
inline Exercise WristRaise() {
  const std::string yaml = R"(
exercise: wrist_raise
title: {en: Wrist raise}
best_view: side
measures:
  wrist_height: {height: [left_wrist, left_shoulder]}
  hips_x: {place_x: hips}
repetition:
  drivers:
    - {measure: wrist_height, rest: 0, turn: 1}
  seconds: {least: 0.4, most: 10}
  range: {least: 0.3, complete: 0.6}
)";
  return *Exercise::Parse("wrist_raise.yaml", yaml);
}

// Somebody at `x` torso lengths from the left edge. A phase of NaN: the wrist is not seen.
inline Body BodyAt(float phase, int64_t frame, float x = 3) {
  Body body;
  body.sequence = static_cast<uint64_t>(frame);
  body.timestamp_us = std::llround(static_cast<double>(frame) * 1e6 / kRateHz);
  const auto set = [&](int joint, float dx, float y) {
    body.joints[joint] = {x + dx, y, 0};
    body.visibility[joint] = 1;
  };
  set(skeleton::kLeftHip, -0.1F, -2);
  set(skeleton::kRightHip, 0.1F, -2);
  set(skeleton::kLeftShoulder, -0.2F, -1);
  set(skeleton::kRightShoulder, 0.2F, -1);
  if (std::isfinite(phase)) set(skeleton::kLeftWrist, -0.3F, phase - 1);
  return body;
}

// A signal at kRateHz, put together from pieces.
class Signal {
 public:
  Signal& Hold(float level, double seconds) { return To(level, level, seconds); }
  // Eases from `from` to `to`.
  Signal& To(float from, float to, double seconds) { return Ease(from, to, Frames(seconds)); }
  Signal& Repetition(double seconds, float turn = 1, float rest = 0) {
    const int frames = Frames(seconds);
    return Ease(rest, turn, frames / 2).Ease(turn, rest, frames - frames / 2);
  }
  Signal& Repetitions(int count, double seconds, float turn = 1, float rest = 0) {
    for (int i = 0; i < count; ++i) Repetition(seconds, turn, rest);
    return *this;
  }

  std::vector<float>& values() { return values_; }
  double seconds() const { return static_cast<double>(values_.size()) / kRateHz; }

 private:
  static int Frames(double seconds) { return static_cast<int>(std::lround(seconds * kRateHz)); }

  Signal& Ease(float from, float to, int frames) {
    for (int i = 1; i <= frames; ++i) {
      const double share = (1 - std::cos(std::numbers::pi * i / frames)) / 2;
      values_.push_back(from + static_cast<float>(share) * (to - from));
    }
    return *this;
  }

  std::vector<float> values_;
};

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_TESTS_UNIT_REPETITIONS_PHASE_SIGNAL_H_
