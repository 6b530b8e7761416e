#include "protogcn/synthetic_clips.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::protogcn {
namespace {

constexpr double kRateHz = 30;

double Uniform(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

}  // namespace

std::vector<std::string> SyntheticExercises(const std::string& class_name) {
  std::vector<std::string> names;
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
    const bool background = exercise.kind == synthesis::ExerciseKind::kBackground;
    if (exercise.name == class_name || (background && class_name == kBackgroundClass))
      names.push_back(exercise.name);
  }
  return names;
}

absl::StatusOr<Clip> MakeSyntheticClip(const std::string& exercise, bool correct, uint64_t seed) {
  const absl::StatusOr<synthesis::ExerciseInfo> info = synthesis::FindExercise(exercise);
  if (!info.ok()) return info.status();
  std::mt19937_64 random(seed);
  synthesis::PoseOptions options;
  options.motion.exercise = exercise;
  options.motion.seed = seed;
  options.motion.fps = kRateHz;
  options.motion.repetitions = std::uniform_int_distribution<int>(1, 3)(random);
  options.motion.repetition_seconds = Uniform(random, 1.4, 4.5);
  options.motion.lead_in_seconds = Uniform(random, 0, 0.6);
  options.motion.lead_out_seconds = Uniform(random, 0, 0.6);
  std::vector<skeleton::Joint> wrong_joints;
  if (!correct && !info->faults.empty()) {
    const size_t fault = std::uniform_int_distribution<size_t>(0, info->faults.size() - 1)(random);
    options.motion.fault = info->faults[fault].name;
    options.motion.fault_strength = Uniform(random, 0.5, 1.2);
    wrong_joints = info->faults[fault].wrong_joints;
  }
  absl::StatusOr<std::vector<skeleton::Pose>> poses = synthesis::SynthesizePoses(options);
  if (!poses.ok()) return poses.status();
  const bool background = info->kind == synthesis::ExerciseKind::kBackground;
  return Clip{.id = absl::StrCat("synthetic_", exercise, "_", seed),
              .source = "synthetic",
              .exercise = background ? kBackgroundClass : exercise,
              .form = options.motion.fault.empty() ? "correct" : "incorrect",
              .fault = background ? exercise : options.motion.fault,
              .group = absl::StrCat("synthetic_", seed),
              .fps = kRateHz,
              .kind = SourceKind::kSynthetic,
              .poses = *std::move(poses),
              .wrong_joints = std::move(wrong_joints)};
}

}  // namespace trackfit::protogcn
