// Attempts of a mannequin, cut where the synthesised truth says that its repetitions are.
#ifndef TRACKFIT_TESTS_UNIT_REFERENCE_ATTEMPTS_H_
#define TRACKFIT_TESTS_UNIT_REFERENCE_ATTEMPTS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "repetitions/body.h"
#include "repetitions/repetition.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::reference {

struct Scene {
  std::string exercise = "squat";
  std::string fault{};
  double yaw = 30;
  double pitch = 5;
  double seconds = 3;  // of a repetition
  uint64_t seed = 1;
  uint64_t noise_seed = 0;  // 0 = exact landmarks, their depth as BlazePose's
  int repetitions = 3;
  double style_variation = 0.5;
};

inline std::vector<repetitions::Attempt> Attempts(const Scene& scene) {
  const synthesis::MotionOptions options{.exercise = scene.exercise,
                                         .fault = scene.fault,
                                         .repetitions = scene.repetitions,
                                         .seed = scene.seed,
                                         .fps = repetitions::kRateHz,
                                         .repetition_seconds = scene.seconds,
                                         .style_variation = scene.style_variation};
  const synthesis::Motion motion = *synthesis::SynthesizeMotion(options);
  const auto cameras = *synthesis::MakeCameraPath(
      {.yaw_degrees = scene.yaw, .pitch_degrees = scene.pitch, .seed = scene.seed}, motion);
  synthesis::LandmarkNoise noise;
  if (scene.noise_seed == 0) {
    noise = {.jitter = 0,
             .bias = 0,
             .swap_chance = 0,
             .depth_jitter = 0,
             .depth_bias = 0,
             .depth_tilt = 0,
             .depth_spread = 0};
  }
  const std::vector<skeleton::Pose> poses = synthesis::AddLandmarkNoise(
      synthesis::ProjectMotion(cameras, motion), noise, motion.fps, scene.noise_seed);

  repetitions::BodyScale scale;
  for (const skeleton::Pose& pose : poses) scale.Measure(pose);  // as when filmed for a while
  std::vector<repetitions::Body> bodies;
  for (const skeleton::Pose& pose : poses) bodies.push_back(*scale.Measure(pose));
  std::vector<repetitions::Attempt> attempts;
  for (const synthesis::RepetitionSpan& span : motion.repetitions) {
    repetitions::Attempt attempt;
    const int first = std::max(0, span.first - 15);
    const int last = std::min(static_cast<int>(bodies.size()) - 1, span.last + 15);
    attempt.frames.assign(bodies.begin() + first, bodies.begin() + last + 1);
    attempt.phase.assign(motion.phase.begin() + first, motion.phase.begin() + last + 1);
    attempt.begin = span.first - first;
    attempt.end = span.last - first;
    const auto begin = attempt.phase.begin() + static_cast<int>(attempt.begin);
    const auto end = attempt.phase.begin() + static_cast<int>(attempt.end) + 1;
    attempt.range = *std::max_element(begin, end);
    const auto turned = [&](float phase) { return phase > attempt.range - 0.03F; };
    attempt.turn_begin = std::find_if(begin, end, turned) - attempt.phase.begin();
    for (size_t i = attempt.turn_begin; i <= attempt.end; ++i)
      if (turned(attempt.phase[i])) attempt.turn_end = i;
    attempts.push_back(std::move(attempt));
  }
  return attempts;
}

}  // namespace trackfit::reference

#endif  // TRACKFIT_TESTS_UNIT_REFERENCE_ATTEMPTS_H_
