// One training run, from its configuration to a calibrated model in a folder.
#ifndef TRACKFIT_EXPERIMENT_TRAINING_RUN_H_
#define TRACKFIT_EXPERIMENT_TRAINING_RUN_H_

#include <map>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "experiment/run_config.h"

namespace trackfit::experiment {

struct RunResult {
  std::map<std::string, double> metrics;  // the model's: "validation.exercises.accuracy", ...
  int epoch = 0;                          // whose weights were kept
  double seconds = 0;
};

// Runs it, or with `resume` the rest of it, and writes the folder. Progress goes to `out`, each line after
// `label`. The same configuration gives the same model on the same machine, even when the run is stopped and
// resumed. Throws no exception.
absl::StatusOr<RunResult> TrainModel(const RunConfig& config, bool resume, std::ostream& out,
                                     const std::string& label = "");

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_TRAINING_RUN_H_
