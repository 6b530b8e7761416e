// What turns a network's raw numbers into statements: prototypes, percentiles, temperature, threshold.
#ifndef TRACKFIT_PROTOGCN_CALIBRATION_H_
#define TRACKFIT_PROTOGCN_CALIBRATION_H_

#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protogcn/evaluation.h"
#include "protogcn/model.h"
#include "protogcn/model_archive.h"
#include "protogcn/window_sampler.h"

namespace trackfit::protogcn {

// What the network said of one window whose truth is known.
struct Observation {
  int label = 0;
  Prediction prediction;
};

// Windows for calibration: correct executions only, as long as served ones, varied a little so that few clips
// tell more.
SamplerConfig CalibrationSampling(const WindowShape& shape);

// What `run` says of `count` windows of correct executions drawn from `sampler`.
absl::StatusOr<std::vector<Observation>> Observe(const WindowSampler& sampler, int count, uint64_t seed,
                                                 const WindowFunction& run);

// The temperature in [0.2, 5] by which dividing the logits makes the labels most likely; 1 when there is
// nothing to go by.
double FitTemperature(std::span<const Observation> observations);

// `count` evenly spaced quantiles of `values`, the first the minimum, the last the maximum; empty for no
// values.
std::vector<float> Quantiles(std::vector<float> values, int count);

// Fills in metadata: prototypes (normalised mean embedding over `train`), the tables of cosines and joint
// errors over `held_out`, the temperature, and the threshold below which an exercise does not count as known.
// Both hold correct executions only. INVALID_ARGUMENT when a class is missing in one of them.
absl::Status Calibrate(std::span<const Observation> train, std::span<const Observation> held_out,
                       ModelMetadata& metadata);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_CALIBRATION_H_
