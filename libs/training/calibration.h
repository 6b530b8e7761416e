// Calibration of a network's raw output: prototypes, percentiles, temperature, threshold.
#ifndef TRACKFIT_TRAINING_CALIBRATION_H_
#define TRACKFIT_TRAINING_CALIBRATION_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protogcn/model.h"
#include "protogcn/model_archive.h"
#include "training/window_sampler.h"

namespace trackfit::training {

using WindowFunction = std::function<absl::StatusOr<protogcn::Prediction>(std::span<const float> window)>;

// The prediction for one window whose label is known.
struct Observation {
  int label = 0;
  protogcn::Prediction prediction;
};

// Windows for calibration: 60 to 110 frames long (served ones have 60 to 100), slightly augmented so that few
// clips yield more. The mannequin, without faults, has the same share as in training: from a quarter to two
// thirds of a class's windows (half of them if the class has only photo pairs), all if the class has no
// clips.
SamplerConfig CalibrationSampling(const protogcn::WindowShape& shape);

// The predictions of `run` for `count` windows drawn from `sampler`, computed on `threads` threads, for which
// `run` must be thread-safe; they do not depend on how many.
absl::StatusOr<std::vector<Observation>> Observe(const WindowSampler& sampler, int count, uint64_t seed,
                                                 const WindowFunction& run, int threads = 1);

// The temperature in [0.2, 5] at which the softmax over the exercises, the background left out, makes the
// labels of the exercises' windows most likely; 1 without any such window.
double FitTemperature(std::span<const Observation> observations, const protogcn::ModelMetadata& metadata);

// known_scale and known_offset by logistic regression, in which the windows of exercises and those of the
// background have the same total weight. A weak prior draws them towards 1 and 0, their values when either
// kind is missing.
struct KnownFit {
  double scale = 1;
  double offset = 0;
};
KnownFit FitKnown(std::span<const Observation> observations, const protogcn::ModelMetadata& metadata);

// `count` evenly spaced quantiles of `values`, the first the minimum, the last the maximum; empty for no
// values.
std::vector<float> Quantiles(std::vector<float> values, int count);

// Limits of ModelMetadata::known_threshold, whatever the held-out executions suggest.
inline constexpr double kMinKnownThreshold = 0.3, kMaxKnownThreshold = 0.7;

// The probability of being an exercise at all that 97 % of the held-out executions of the exercises reach,
// before the limits are applied; 0 when there are none.
double FitKnownThreshold(std::span<const Observation> held_out, const protogcn::ModelMetadata& metadata);

// Fills in metadata: prototypes (normalised mean embedding over `train`), the tables of cosines and joint
// errors over those of `held_out` that the network recognises, the temperature, scale and offset of the
// probabilities, and the threshold below which a movement does not count as known. If the threshold is raised
// to its lower limit, fewer than 97 % of the executions stay known; if lowered to its upper one, more.
//
// Both should hold correct executions only; a clip of unknown form counts as correct. The mannequin is in
// both: each of its held-out movements is new, but the network was trained on similar ones. A class of which
// no held-out window is recognised gets no tables. INVALID_ARGUMENT when a class is missing in one of them.
absl::Status Calibrate(std::span<const Observation> train, std::span<const Observation> held_out,
                       protogcn::ModelMetadata& metadata);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_CALIBRATION_H_
