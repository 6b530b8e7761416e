// One training run, from its configuration to a calibrated model in a folder.
#ifndef TRACKFIT_EXPERIMENT_TRAINING_RUN_H_
#define TRACKFIT_EXPERIMENT_TRAINING_RUN_H_

#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiment/run_config.h"

namespace trackfit::experiment {

// What a run's folder holds.
struct RunFolder {
  explicit RunFolder(std::filesystem::path folder) : path(std::move(folder)) {}

  std::filesystem::path path;

  std::filesystem::path config() const { return path / "config.yaml"; }  // as resolved
  std::filesystem::path log() const { return path / "log.csv"; }         // a row per epoch
  std::filesystem::path curves() const { return path / "curves.png"; }   // drawn from it
  std::filesystem::path state() const { return path / "state"; }         // to go on from
  std::filesystem::path best() const { return path / "best.pt"; }        // weights of the best epoch so far
  std::filesystem::path model() const { return path / "model.pt"; }      // calibrated
};

// The configuration that `settings` make over the defaults: INVALID_ARGUMENT for a bad setting, or none for
// the output. With `resume`, over that of the run in the output folder if there is one, whose result they
// must not change: then INVALID_ARGUMENT naming the key. Without, FAILED_PRECONDITION when the folder holds a
// run.
absl::StatusOr<RunConfig> ResolveRun(const std::vector<Setting>& settings, bool resume);

// The output that `settings` end up with; "" for none.
std::string OutputOf(const std::vector<Setting>& settings);

struct RunResult {
  std::map<std::string, double> metrics;  // the model's: "validation.exercises.accuracy", ...
  int epoch = 0;                          // whose weights were kept
  double seconds = 0;
};

// Runs it, or what is left of it, and writes the folder. Lines for people go to `out`, each after `label`.
// The same configuration gives the same model on the same machine, also when it is stopped and resumed. No
// exception leaves it.
absl::StatusOr<RunResult> TrainModel(const RunConfig& config, bool resume, std::ostream& out,
                                     const std::string& label = "");

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_TRAINING_RUN_H_
