// Everything that decides how a training run goes, and the keys by which it is set.
#ifndef TRACKFIT_EXPERIMENT_RUN_CONFIG_H_
#define TRACKFIT_EXPERIMENT_RUN_CONFIG_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataset/dataset.h"
#include "protogcn/architecture.h"
#include "protogcn/window_shape.h"
#include "training/training_config.h"
#include "training/window_sampler.h"

namespace trackfit::experiment {

struct DataConfig {
  std::vector<std::string> landmarks;
  std::string split;
  std::string dataset;
  std::vector<std::string> classes = dataset::DefaultClasses();
  int folds = 0;
  int hold_out_fold = 0;
};

// The defaults of what the libraries' structs leave open or set for other purposes.
protogcn::NetworkConfig DefaultNetwork();

struct RunConfig {
  std::string output;
  std::string init;
  std::string version = "1";
  DataConfig data;
  // Nodes, bones and classes follow from the layout and the data: see NetworkOf().
  protogcn::NetworkConfig network = DefaultNetwork();
  std::string modality = "joint";
  std::string normalization = "torso";
  std::string joint_mapping = "layout";
  double rate_hz = 30;
  int window_poses = 0;
  // The shape follows from the network: see ShapeOf().
  training::SamplerConfig sampling;
  training::TrainingConfig training;
  std::string keep = "best";
  int validate_every = 2;

  std::set<std::string> given;  // keys that a file or the command line has set
};

// A value as it is written: one text, or several in a list.
struct ConfigValue {
  std::vector<std::string> items;
  bool list = false;

  bool operator==(const ConfigValue&) const = default;
};
// As in YAML: training, "a b", [3, 5].
std::string ToText(const ConfigValue& value);

// One setting and where it was made, for messages: "debug.yaml:7", or "" on the command line.
struct Setting {
  std::string key;
  ConfigValue value;
  std::string where;
};

struct ConfigKey {
  std::string name;  // with dots: "training.epochs"
  std::string description;
  std::string limits;          // what a value must be, as messages say it: "a whole number in [1, 100000]"
  bool changes_result = true;  // whether a run that goes on with another value would become another run
  std::function<bool(const ConfigValue& value, RunConfig& config)> set;  // false when `limits` do not hold
  std::function<ConfigValue(const RunConfig& config)> get;
};

// All keys, those of one section beside each other. A new field of a struct takes one entry in this table.
const std::vector<ConfigKey>& ConfigKeys();

// INVALID_ARGUMENT naming the place, the key and what it must be; for a key that there is not, the nearest.
absl::Status Apply(const Setting& setting, RunConfig& config);

// The settings of a YAML file of nested maps. NOT_FOUND, or INVALID_ARGUMENT naming file and line.
absl::StatusOr<std::vector<Setting>> ReadSettings(const std::string& path);

// "key=value"; a value with commas is a list for keys that take one, also in brackets: key=[a,b].
absl::StatusOr<Setting> ParseSetting(const std::string& argument);

// All keys as YAML that ReadSettings() takes.
std::string ToYaml(const RunConfig& config);

// All keys with what they are, their limits and defaults, for people.
std::string KeyList();

// INVALID_ARGUMENT for an unknown layout, normalisation, modality or joint mapping.
absl::StatusOr<protogcn::WindowShape> ShapeOf(const RunConfig& config);
absl::StatusOr<protogcn::NetworkConfig> NetworkOf(const RunConfig& config);

// Takes the network.* keys that nobody has set from the archive `init`, if one is named. Errors as
// protogcn::ReadMetadata().
absl::Status AdoptNetworkOfInit(RunConfig& config);

// INVALID_ARGUMENT naming the first key that changes the result and differs from `begun`, a run's own
// configuration.
absl::Status CheckSameRun(const RunConfig& config, const RunConfig& begun);

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_RUN_CONFIG_H_
