// The clips of a training run, and the folds of cross-validation.
#ifndef TRACKFIT_TOOLS_TRAINING_TRAINING_DATA_H_
#define TRACKFIT_TOOLS_TRAINING_TRAINING_DATA_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "protogcn/dataset.h"
#include "training/run_config.h"

namespace trackfit::tools {

struct TrainingData {
  std::vector<protogcn::Clip> train;
  std::vector<protogcn::Clip> val;
  std::string files;  // names and counts, for the model's provenance
};

// What `config` names. INVALID_ARGUMENT when it names nothing, half of it, or groups on both sides; else as
// protogcn::ReadLandmarks and protogcn::Split::Read.
absl::StatusOr<TrainingData> ReadTrainingData(const DataConfig& config);

// Leaves the fold `hold_out` in [1, folds] (see protogcn::GroupedFolds) out of the training clips. Validation
// stays as it is, so that nothing of the fold is in the model, neither weights nor tables.
void HoldOutFold(int folds, int hold_out, TrainingData& data);

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_TRAINING_TRAINING_DATA_H_
