// The clips of a training run, and the folds of cross-validation.
#ifndef TRACKFIT_EXPERIMENT_TRAINING_DATA_H_
#define TRACKFIT_EXPERIMENT_TRAINING_DATA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/dataset.h"
#include "experiment/run_config.h"

namespace trackfit::experiment {

struct TrainingData {
  std::vector<dataset::Clip> train;
  std::vector<dataset::Clip> val;
  std::string files;  // names and counts, for the model's provenance
};

// What `config` names. INVALID_ARGUMENT when it names nothing, half of it, or groups on both sides; else as
// protogcn::ReadLandmarks and protogcn::Split::Read.
absl::StatusOr<TrainingData> ReadTrainingData(const DataConfig& config);

// Leaves the fold `hold_out` in [1, folds] (see protogcn::GroupedFolds) out of the training clips. Validation
// stays as it is, so that nothing of the fold is in the model, neither weights nor tables.
void HoldOutFold(int folds, int hold_out, TrainingData& data);

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_TRAINING_DATA_H_
