// The folder of a training run, and the configuration of a run that begins or goes on there.
#ifndef TRACKFIT_EXPERIMENT_RUN_FOLDER_H_
#define TRACKFIT_EXPERIMENT_RUN_FOLDER_H_

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiment/run_config.h"
#include "experiment/settings.h"

namespace trackfit::experiment {

// The files of a run.
struct RunFolder {
  explicit RunFolder(std::filesystem::path folder) : path(std::move(folder)) {}

  std::filesystem::path path;

  std::filesystem::path config() const { return path / "config.yaml"; }  // as resolved
  std::filesystem::path log() const { return path / "log.csv"; }         // a row per epoch
  std::filesystem::path curves() const { return path / "curves.png"; }   // drawn from it
  std::filesystem::path state() const { return path / "state"; }         // to resume from
  std::filesystem::path best() const { return path / "best.pt"; }        // weights of the best epoch so far
  std::filesystem::path model() const { return path / "model.pt"; }      // calibrated
};

// The configuration that `settings` make over the defaults: INVALID_ARGUMENT for a bad setting, or none for
// the output. With `resume`, over that of the run in the output folder if there is one, whose result they
// must not change: then INVALID_ARGUMENT naming the key. Without, FAILED_PRECONDITION when the folder holds a
// run.
absl::StatusOr<RunConfig> ResolveRun(const std::vector<Setting>& settings, bool resume);

// The last output among `settings`; "" if there is none.
std::string OutputOf(const std::vector<Setting>& settings);

// Makes the output folder, which shows whether it can be written, and checks that no output would replace an
// input. INVALID_ARGUMENT naming the setting.
absl::Status PrepareFolder(const RunConfig& config);

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_RUN_FOLDER_H_
