#include "coach_evaluation/mannequins.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"

namespace trackfit::coach_evaluation {
namespace {

using synthesis::Motion;
using synthesis::MotionOptions;

constexpr double kTempos[] = {0.7, 1, 1.5, 2.5, 4, 6};  // seconds of a repetition
constexpr double kRates[] = {30, 10, 24, 60, 15};       // frames per second
constexpr int kRepetitions = 6;
constexpr int kPartialEvery = 3;
constexpr const char* kIdle[] = {"standing_idle", "seated_idle", "walking_on_the_spot"};
constexpr const char* kHalfRange[] = {"half_range", "shallow"};  // faults

// The fault that makes a repetition partial; "" = none is known.
std::string PartialFault(const synthesis::ExerciseInfo& exercise) {
  for (const synthesis::FaultInfo& fault : exercise.faults) {
    if (std::ranges::find(kHalfRange, fault.name) != std::end(kHalfRange)) return fault.name;
  }
  return "";
}

// Takes every third repetition from the same motion with the fault: the same body in the same time.
absl::Status MixPartial(MotionOptions options, const std::string& fault, Motion& motion) {
  options.fault = fault;
  const absl::StatusOr<Motion> partial = synthesis::SynthesizeMotion(options);
  if (!partial.ok()) return partial.status();
  for (size_t i = kPartialEvery - 1; i < motion.repetitions.size(); i += kPartialEvery) {
    const synthesis::RepetitionSpan& span = motion.repetitions[i];
    for (int frame = span.first; frame <= span.last; ++frame)
      motion.frames[static_cast<size_t>(frame)] = partial->frames[static_cast<size_t>(frame)];
  }
  return absl::OkStatus();
}

absl::Status AddClips(const synthesis::ExerciseInfo& exercise, const MannequinOptions& options,
                      std::vector<dataset::Clip>& clips) {
  for (int i = 0; i < options.per_exercise; ++i) {
    MotionOptions wanted;
    wanted.exercise = exercise.name;
    wanted.seed = options.seed + clips.size();
    wanted.repetitions = kRepetitions;
    wanted.repetition_seconds = kTempos[static_cast<size_t>(i) % std::size(kTempos)];
    wanted.fps = kRates[static_cast<size_t>(i) % std::size(kRates)];
    absl::StatusOr<Motion> motion = synthesis::SynthesizeMotion(wanted);
    if (!motion.ok()) return motion.status();
    if (const std::string fault = PartialFault(exercise); !fault.empty()) {
      if (absl::Status mixed = MixPartial(wanted, fault, *motion); !mixed.ok()) return mixed;
    }
    const synthesis::CameraOptions camera = synthesis::DrawCamera(*motion, wanted.seed);
    const auto path = synthesis::MakeCameraPath(camera, *motion);
    if (!path.ok()) return path.status();
    dataset::Clip clip;
    clip.id = absl::StrCat(exercise.name, "_", wanted.seed, "_", wanted.repetition_seconds, "s_", wanted.fps,
                           "fps_yaw", static_cast<int>(camera.yaw_degrees));
    clip.source = "mannequins";
    clip.exercise = exercise.name;
    clip.group = clip.id;
    clip.fps = wanted.fps;
    clip.kind = dataset::SourceKind::kSynthetic;
    clip.poses =
        synthesis::AddLandmarkNoise(synthesis::ProjectMotion(*path, *motion), {}, wanted.fps, wanted.seed);
    clip.repetition_count = static_cast<int>(motion->repetitions.size());
    for (const synthesis::RepetitionSpan& span : motion->repetitions)
      clip.repetitions.push_back({span.first, span.last});
    clips.push_back(std::move(clip));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<dataset::Clip>> ExercisingMannequins(const repetitions::Catalogue& catalogue,
                                                                const MannequinOptions& options) {
  std::vector<dataset::Clip> clips;
  for (const synthesis::ExerciseInfo& exercise : synthesis::Exercises()) {
    const repetitions::Exercise* known = catalogue.Find(exercise.name);
    if (known == nullptr || known->held) continue;
    if (const absl::Status added = AddClips(exercise, options, clips); !added.ok()) return added;
  }
  return clips;
}

absl::StatusOr<std::vector<dataset::Clip>> IdlingMannequins(const MannequinOptions& options) {
  std::vector<dataset::Clip> clips;
  for (const char* name : kIdle) {
    const absl::StatusOr<synthesis::ExerciseInfo> exercise = synthesis::FindExercise(name);
    if (!exercise.ok()) return exercise.status();
    if (const absl::Status added = AddClips(*exercise, options, clips); !added.ok()) return added;
  }
  return clips;
}

}  // namespace trackfit::coach_evaluation
