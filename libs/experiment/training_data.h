// The clips of a training run, and the folds of cross-validation.
#ifndef TRACKFIT_EXPERIMENT_TRAINING_DATA_H_
#define TRACKFIT_EXPERIMENT_TRAINING_DATA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"
#include "experiment/run_config.h"

namespace trackfit::experiment {

struct TrainingData {
  std::vector<dataset::Clip> train;
  std::vector<dataset::Clip> val;
  std::string files;  // names and counts, for the model's provenance
};

// The clips that `config` names. INVALID_ARGUMENT when it names none, only one of landmarks and split, or
// when a group is on both sides; else the errors of dataset::ReadLandmarkFile and dataset::Split::Read.
absl::StatusOr<TrainingData> ReadTrainingData(const DataConfig& config);

// Leaves the fold `hold_out` in [1, folds] (see dataset::GroupedFolds) out of the training clips. Validation
// is unchanged, so that the fold influences neither the weights nor the tables of the model.
void HoldOutFold(int folds, int hold_out, TrainingData& data);

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_TRAINING_DATA_H_
