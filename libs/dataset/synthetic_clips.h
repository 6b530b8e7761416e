// Landmark clips of the synthetic mannequin, as another source of training and calibration data.
#ifndef TRACKFIT_DATASET_SYNTHETIC_CLIPS_H_
#define TRACKFIT_DATASET_SYNTHETIC_CLIPS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"

namespace trackfit::dataset {

// The mannequin's movements of a class; of the background class all that are not an exercise. May be empty.
std::vector<std::string> SyntheticExercises(const std::string& class_name);

// One to three repetitions of `exercise` with the noise of pose estimation, from the view of a randomly
// placed camera. Deterministic in `seed`. A fault is drawn for `correct` = false (of exercises that have
// one).
absl::StatusOr<Clip> MakeSyntheticClip(const std::string& exercise, bool correct, uint64_t seed);

// The same with a fault of the exercise by name; NOT_FOUND for one that it does not have.
absl::StatusOr<Clip> MakeFaultyClip(const std::string& exercise, const std::string& fault, uint64_t seed);

// Somebody who is about to do `exercise` and does not: holds its start position (hangs from the bar, lies
// under it, stands with it), restless, for `kIdleSeconds`. A clip of the background; deterministic in `seed`.
inline constexpr double kIdleSeconds = 4;
absl::StatusOr<Clip> MakeIdleClip(const std::string& exercise, uint64_t seed);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_SYNTHETIC_CLIPS_H_
