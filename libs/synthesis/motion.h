// Animates a parametric human body in exercises with known repetitions, phases and faults.
//
// World: metres, right-handed, y up, floor at y = 0. A standing person faces +z, so that the own left is +x.
// Someone in a push-up has the head towards +z; someone on the bench has the head towards -z and looks up.
#ifndef TRACKFIT_SYNTHESIS_MOTION_H_
#define TRACKFIT_SYNTHESIS_MOTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "synthesis/body.h"
#include "synthesis/equipment.h"

namespace trackfit::synthesis {

enum class ExerciseKind {
  kExercise,    // one of the product's exercises
  kBackground,  // another motion, of use as a counter-example
};

struct FaultInfo {
  std::string name;
  std::string description;
  std::vector<skeleton::Joint> wrong_joints;  // those a coach would point at
};

struct ExerciseInfo {
  std::string name;
  ExerciseKind kind = ExerciseKind::kExercise;
  std::vector<FaultInfo> faults;  // empty for background motions
};

// All exercises, in a fixed order; the product's own first.
const std::vector<ExerciseInfo>& Exercises();

// NOT_FOUND, naming the known ones, when there is no such exercise.
absl::StatusOr<ExerciseInfo> FindExercise(const std::string& name);

struct MotionOptions {
  std::string exercise = "push_up";
  std::string fault{};                       // empty = correct form
  double fault_strength = 1;                 // (0, 2]
  std::vector<int> faulty_repetitions{};     // those with the fault, counting from 1; empty = all
  int repetitions = 5;                       // 1 to 1000
  uint64_t seed = 1;                         // same options, same motion
  double fps = 30;                           // (0, 240]
  double repetition_seconds = 3;             // mean duration of one repetition, 0.5 to 30
  double tempo_variation = 0.1;              // relative deviation between repetitions, 0 to 0.5
  double lead_in_seconds = 0.5;              // held start posture before the first repetition, 0 to 60
  double lead_out_seconds = 0.5;             // the same after the last one
  double style_variation = 1;                // how far stance, grip and depth stray from the textbook, 0 to 1
  double sway = 1;                           // scale of body sway and tremor, 0 to 5
  std::optional<Proportions> proportions{};  // drawn from the seed when absent

  // INVALID_ARGUMENT or NOT_FOUND with a message that names the field and its limits.
  absl::Status Validate() const;
};

// Frames [first, last] of one repetition: from leaving the start position to being back in it.
struct RepetitionSpan {
  int first = 0;
  int last = 0;
};

struct Motion {
  std::string exercise;
  ExerciseKind kind = ExerciseKind::kExercise;
  std::string fault{};                        // empty = correct form
  std::vector<skeleton::Joint> wrong_joints;  // empty = correct form
  double fps = 30;
  Body body{Proportions{}};
  std::vector<Joints> frames;
  std::vector<double> phase;  // per frame: 0 = start position, 1 = turning point of the movement
  std::vector<RepetitionSpan> repetitions;
  Equipment equipment;
};

absl::StatusOr<Motion> SynthesizeMotion(const MotionOptions& options);

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_MOTION_H_
