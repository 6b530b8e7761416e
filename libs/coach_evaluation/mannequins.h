// Clips of exercising mannequins, in every view, tempo and frame rate, with their repetitions.
#ifndef TRACKFIT_COACH_EVALUATION_MANNEQUINS_H_
#define TRACKFIT_COACH_EVALUATION_MANNEQUINS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"
#include "repetitions/exercise.h"

namespace trackfit::coach_evaluation {

struct MannequinOptions {
  int per_exercise = 20;
  uint64_t seed = 1;  // the same seed gives the same clips
};

// Of each of the catalogue's exercises that mannequins do and that is counted: tempos of 0.7 to 6 s, 10 to
// 60 fps, drawn bodies and cameras, landmarks as noisy as BlazePose's. Where mannequins know a repetition of
// half the range, every third one is.
absl::StatusOr<std::vector<dataset::Clip>> ExercisingMannequins(const repetitions::Catalogue& catalogue,
                                                                const MannequinOptions& options);

// Mannequins that stand, sit and walk on the spot, likewise.
absl::StatusOr<std::vector<dataset::Clip>> IdlingMannequins(const MannequinOptions& options);

}  // namespace trackfit::coach_evaluation

#endif  // TRACKFIT_COACH_EVALUATION_MANNEQUINS_H_
