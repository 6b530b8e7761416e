// Sweeps: a training run for every combination of the values that are given for some keys.
#ifndef TRACKFIT_EXPERIMENT_MULTIRUN_H_
#define TRACKFIT_EXPERIMENT_MULTIRUN_H_

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiment/run_config.h"
#include "experiment/settings.h"
#include "experiment/training_run.h"

namespace trackfit::experiment {

struct Variant {
  std::vector<std::string> values;  // of the sweep's keys
  std::vector<Setting> settings;
};

struct Sweep {
  std::vector<std::string> keys;  // those with several values
  std::vector<Variant> variants;  // the last key varies fastest

  // "training.epochs=3,seed=1", as a folder name: characters other than letters, digits and ._+-,=[] become
  // _.
  std::string NameOf(const Variant& variant) const;
};

// The product of the comma lists in arguments "key=a,b". A list in brackets is one value: key=[3,5],[4].
// INVALID_ARGUMENT for an argument that is not a setting, when no key has several values, and when two
// variants would share a folder.
absl::StatusOr<Sweep> ExpandSweep(const std::vector<std::string>& arguments);

using TrainFunction =
    std::function<absl::StatusOr<RunResult>(const RunConfig& config, const std::string& label)>;

// Trains every variant, its settings over `base`, in a folder of its name inside the output. All
// configurations are resolved before the first run. A run that fails is reported, and the others continue;
// the error at the end says how many failed. OUTPUT/summary.csv is updated after each run; the table goes to
// `out` at the end.
absl::Status TrainAll(const std::vector<Setting>& base, const Sweep& sweep, bool resume,
                      const TrainFunction& train, std::ostream& out);

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_MULTIRUN_H_
