// Attempts for tests of the judge: a stick figure whose repetition is known exactly.
#ifndef TRACKFIT_TESTS_UNIT_REPETITIONS_ATTEMPTS_H_
#define TRACKFIT_TESTS_UNIT_REPETITIONS_ATTEMPTS_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numbers>

#include "repetitions/repetition.h"
#include "skeleton/joint.h"

namespace trackfit::repetitions {

// Seen from the side, facing right: hips over ankles, the knees bent to an angle in degrees, the trunk
// upright. Thighs and shanks are one torso long; the ankles stay where they are.
inline Body Crouching(float knee_degrees) {
  Body body;
  body.visibility.fill(1);
  body.facing = 1;
  body.breadth = 0.1F;
  const float half = knee_degrees / 2 * std::numbers::pi_v<float> / 180;
  const auto put = [&](int left, float x, float y) { body.joints[left] = body.joints[left + 1] = {x, y, 0}; };
  put(skeleton::kLeftAnkle, 0, 0);
  put(skeleton::kLeftKnee, std::cos(half), std::sin(half));
  put(skeleton::kLeftHip, 0, 2 * std::sin(half));
  put(skeleton::kLeftShoulder, 0, 2 * std::sin(half) + 1);
  return body;
}

// One second each: standing before it, down, at the turning point, up. 30 frames a second from sequence 100.
inline Attempt Crouch(float turn_degrees, const std::function<void(Body&, float phase)>& change = {}) {
  constexpr size_t kSecond = 30;
  constexpr float kRestDegrees = 170;
  Attempt attempt;
  attempt.begin = kSecond;
  attempt.turn_begin = 2 * kSecond;
  attempt.turn_end = 3 * kSecond;
  attempt.end = 4 * kSecond;
  attempt.range = 1;
  for (size_t frame = 0; frame <= attempt.end; ++frame) {
    const float at = static_cast<float>(frame) / kSecond;
    const float phase = at < 1 ? 0 : at < 2 ? at - 1 : at < 3 ? 1 : 4 - at;
    Body body = Crouching(std::lerp(kRestDegrees, turn_degrees, phase));
    body.sequence = 100 + frame;
    body.timestamp_us = static_cast<int64_t>(frame) * 1'000'000 / kSecond;
    if (change) change(body, phase);
    attempt.frames.push_back(body);
    attempt.phase.push_back(phase);
  }
  return attempt;
}

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_TESTS_UNIT_REPETITIONS_ATTEMPTS_H_
