#include "dataset/synthetic_clips.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "exercises/vocabulary.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::dataset {
namespace {

constexpr double kRateHz = 30;

double Uniform(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

size_t IndexOfFault(const synthesis::ExerciseInfo& info, const std::string& name) {
  const auto found = std::find_if(info.faults.begin(), info.faults.end(),
                                  [&](const synthesis::FaultInfo& fault) { return fault.name == name; });
  return found - info.faults.begin();
}

// With the fault of that name, or a drawn one where the name is empty.
absl::StatusOr<Clip> Make(const std::string& exercise, bool correct, const std::string& fault_name,
                          uint64_t seed);

}  // namespace

std::vector<std::string> SyntheticExercises(const std::string& class_name) {
  std::vector<std::string> names;
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
    const bool background = exercise.kind == synthesis::ExerciseKind::kBackground;
    if (exercise.name == class_name || (background && class_name == exercises::Builtin().background()))
      names.push_back(exercise.name);
  }
  return names;
}

absl::StatusOr<Clip> MakeSyntheticClip(const std::string& exercise, bool correct, uint64_t seed) {
  return Make(exercise, correct, "", seed);
}

absl::StatusOr<Clip> MakeFaultyClip(const std::string& exercise, const std::string& fault, uint64_t seed) {
  const absl::StatusOr<synthesis::ExerciseInfo> info = synthesis::FindExercise(exercise);
  if (!info.ok()) return info.status();
  if (IndexOfFault(*info, fault) == info->faults.size())
    return absl::NotFoundError(absl::StrCat("fault \"", fault, "\" is not one of ", exercise, "'s"));
  return Make(exercise, false, fault, seed);
}

absl::StatusOr<Clip> MakeIdleClip(const std::string& exercise, uint64_t seed) {
  std::mt19937_64 random(seed);
  synthesis::PoseOptions options;
  options.motion.exercise = exercise;
  options.motion.seed = seed;
  options.motion.fps = kRateHz;
  options.motion.repetitions = 1;
  options.motion.lead_in_seconds = kIdleSeconds;
  options.motion.sway = Uniform(random, 0.5, 5);
  absl::StatusOr<std::vector<skeleton::Pose>> poses = synthesis::SynthesizePoses(options);
  if (!poses.ok()) return poses.status();
  poses->resize(std::min(poses->size(), static_cast<size_t>(kIdleSeconds * kRateHz)));
  return Clip{.id = absl::StrCat("idle_", exercise, "_", seed),
              .source = "synthetic",
              .exercise = exercises::Builtin().background(),
              .form = "correct",
              .fault = "idle",
              .group = absl::StrCat("synthetic_", seed),
              .fps = kRateHz,
              .kind = SourceKind::kSynthetic,
              .poses = *std::move(poses)};
}

namespace {

absl::StatusOr<Clip> Make(const std::string& exercise, bool correct, const std::string& fault_name,
                          uint64_t seed) {
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
    size_t fault = std::uniform_int_distribution<size_t>(0, info->faults.size() - 1)(random);
    if (!fault_name.empty()) fault = IndexOfFault(*info, fault_name);
    options.motion.fault = info->faults[fault].name;
    options.motion.fault_strength = Uniform(random, 0.5, 1.2);
    wrong_joints = info->faults[fault].wrong_joints;
  }
  absl::StatusOr<std::vector<skeleton::Pose>> poses = synthesis::SynthesizePoses(options);
  if (!poses.ok()) return poses.status();
  const bool background = info->kind == synthesis::ExerciseKind::kBackground;
  return Clip{.id = absl::StrCat("synthetic_", exercise, "_", seed),
              .source = "synthetic",
              .exercise = background ? exercises::Builtin().background() : exercise,
              .form = options.motion.fault.empty() ? "correct" : "incorrect",
              .fault = background ? exercise : options.motion.fault,
              .group = absl::StrCat("synthetic_", seed),
              .fps = kRateHz,
              .kind = SourceKind::kSynthetic,
              .poses = *std::move(poses),
              .wrong_joints = std::move(wrong_joints)};
}

}  // namespace
}  // namespace trackfit::dataset
