#include "coach_evaluation/form_samples.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "repetitions/body.h"
#include "repetitions/judge.h"
#include "repetitions/repetition_counter.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::coach_evaluation {
namespace {

std::vector<repetitions::Attempt> AttemptsIn(const dataset::Clip& clip, const repetitions::Exercise& exercise,
                                             double unknown_rate_hz) {
  dataset::Clip timed = clip;
  if (timed.fps == 0) timed.fps = unknown_rate_hz;
  std::vector<repetitions::Attempt> attempts;
  const auto add = [&](std::optional<repetitions::Attempt> attempt) {
    if (attempt) attempts.push_back(*std::move(attempt));
  };
  repetitions::BodyScale scale;
  repetitions::RepetitionCounter counter(exercise);
  const std::vector<std::vector<skeleton::Pose>> pieces = dataset::UniformPieces(timed, repetitions::kRateHz);
  for (size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0) counter.Break();
    for (const skeleton::Pose& pose : pieces[i]) {
      if (const std::optional<repetitions::Body> body = scale.Measure(pose)) add(counter.Push(*body));
    }
  }
  add(counter.Finish());
  return attempts;
}

// The camera stands six torso lengths away, where people film from, and looks 5 degrees down.
dataset::Clip SeenFrom(const dataset::Clip& clip, double degrees, uint64_t seed) {
  constexpr double kPitch = 5 * std::numbers::pi / 180;
  constexpr double kDistance = 1.5;  // widths of the picture; the torso is a quarter of one
  constexpr float kMiddle = 0.5F;    // where such clips have the hips
  constexpr float kMetres = 2;       // per width of the picture: a torso of half a metre
  constexpr int kPixels = 1000;
  const double yaw = degrees * std::numbers::pi / 180;
  dataset::Clip seen = clip;
  for (skeleton::Pose& pose : seen.poses) {
    pose.image_width = pose.image_height = kPixels;
    pose.has_world_landmarks = true;
    for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
      skeleton::Landmark& landmark = pose.landmarks[joint];
      if (!std::isfinite(landmark.x)) {  // taken for hidden by the hips until the noise is there
        landmark = {kMiddle, kMiddle, 0, 0, 0};
        continue;
      }
      const double x = landmark.x - kMiddle, y = landmark.y - kMiddle, z = landmark.z;
      const double across = std::cos(yaw) * x + std::sin(yaw) * z;
      const double away = std::cos(yaw) * z - std::sin(yaw) * x;
      const double down = std::cos(kPitch) * y - std::sin(kPitch) * away;
      const double depth = std::sin(kPitch) * y + std::cos(kPitch) * away;
      const double scale = kDistance / (kDistance + depth);
      landmark.x = static_cast<float>(scale * across) + kMiddle;
      landmark.y = static_cast<float>(scale * down) + kMiddle;
      landmark.z = static_cast<float>(depth);
      pose.world_landmarks[joint] = {kMetres * static_cast<float>(across), kMetres * static_cast<float>(down),
                                     kMetres * static_cast<float>(depth), landmark.visibility};
    }
  }
  constexpr double kUnknownRate = 15;
  seen.poses = synthesis::AddLandmarkNoise(std::move(seen.poses), synthesis::LandmarkNoise{},
                                           seen.fps > 0 ? seen.fps : kUnknownRate, seed);
  for (size_t frame = 0; frame < seen.poses.size(); ++frame) {
    for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
      const skeleton::Landmark& original = clip.poses[frame].landmarks[joint];
      if (!std::isfinite(original.x)) seen.poses[frame].landmarks[joint] = original;
    }
  }
  return seen;
}

}  // namespace

std::vector<FormSample> FormSamples(const repetitions::Catalogue& catalogue, const FaultTable& faults,
                                    const std::string& data_set, const std::vector<dataset::Clip>& clips,
                                    const FormOptions& options) {
  std::vector<FormSample> samples;
  const auto add = [&](const dataset::Clip& clip, const std::string& set) {
    const repetitions::Exercise* exercise = catalogue.Find(clip.exercise);
    const Fault* fault = faults.Labelled(clip.exercise, clip.fault);
    for (const repetitions::Attempt& attempt : AttemptsIn(clip, *exercise, options.unknown_rate_hz)) {
      FormSample& sample = samples.emplace_back();
      sample = {set,
                clip.id,
                clip.group,
                exercise,
                clip.form == "correct",
                fault != nullptr ? fault->name : "",
                repetitions::ViewOf(attempt),
                repetitions::Judge(*exercise, attempt, {}),
                {}};
      for (const repetitions::Condition& condition : exercise->conditions) {
        const repetitions::Criterion* criterion = condition.In(sample.view);
        sample.measured.push_back(criterion == nullptr ? std::numeric_limits<float>::quiet_NaN()
                                                       : Evaluate(criterion->quantity, *exercise, attempt));
      }
    }
  };
  uint64_t seed = options.seed;
  for (const dataset::Clip& clip : clips) {
    if (catalogue.Find(clip.exercise) == nullptr || (clip.form != "correct" && clip.form != "incorrect"))
      continue;
    if (!clip.metric || options.turned_degrees.empty()) {
      add(clip, data_set);
      continue;
    }
    for (const double degrees : options.turned_degrees) {
      add(SeenFrom(clip, degrees, ++seed), absl::StrCat(data_set, " from ", degrees, " degrees"));
    }
  }
  return samples;
}

absl::StatusOr<std::vector<dataset::Clip>> FaultyMannequins(const repetitions::Catalogue& catalogue,
                                                            int per_fault, uint64_t seed) {
  std::vector<dataset::Clip> clips;
  const auto add = [&](const std::string& exercise, const std::string& fault) -> absl::Status {
    synthesis::PoseOptions options;
    options.motion.exercise = exercise;
    options.motion.fault = fault;
    options.motion.seed = ++seed;
    options.motion.repetitions = 2;
    options.motion.lead_in_seconds = 1;
    auto poses = synthesis::SynthesizePoses(options);
    if (!poses.ok()) return poses.status();
    dataset::Clip clip;
    clip.id = absl::StrCat(exercise, "_", fault, "_", seed);
    clip.exercise = exercise;
    clip.form = fault.empty() ? "correct" : "incorrect";
    clip.fault = fault;
    clip.group = absl::StrCat("mannequin_", seed);
    clip.fps = options.motion.fps;
    clip.kind = dataset::SourceKind::kSynthetic;
    clip.poses = *std::move(poses);
    clips.push_back(std::move(clip));
    return absl::OkStatus();
  };
  for (const synthesis::ExerciseInfo& info : synthesis::Exercises()) {
    if (catalogue.Find(info.name) == nullptr) continue;
    for (const synthesis::FaultInfo& fault : info.faults) {
      for (int i = 0; i < per_fault; ++i) {
        for (const std::string& committed : {std::string(), fault.name}) {
          if (const absl::Status added = add(info.name, committed); !added.ok()) return added;
        }
      }
    }
  }
  return clips;
}

}  // namespace trackfit::coach_evaluation
