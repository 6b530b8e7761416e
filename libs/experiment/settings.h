// Settings from YAML files and the command line, and the configurations that they make.
#ifndef TRACKFIT_EXPERIMENT_SETTINGS_H_
#define TRACKFIT_EXPERIMENT_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "experiment/config_keys.h"
#include "experiment/run_config.h"

namespace trackfit::experiment {

// As in YAML: training, "a #b", [3, 5].
std::string ToText(const ConfigValue& value);

// The value of one key, and where it was set, for messages: "debug.yaml:7", or "" on the command line.
struct Setting {
  std::string key;
  ConfigValue value;
  std::string where;
};

// INVALID_ARGUMENT naming the place, the key and what its value must be; for an unknown key, the nearest one.
absl::Status Apply(const Setting& setting, RunConfig& config);

// The settings of a YAML file of nested maps. NOT_FOUND, or INVALID_ARGUMENT naming file and line.
absl::StatusOr<std::vector<Setting>> ReadSettings(const std::string& path);

// "key=value"; a value with commas is a list for keys that take one, also in brackets: key=[a,b].
absl::StatusOr<Setting> ParseSetting(const std::string& argument);

// All keys as YAML that ReadSettings() takes.
std::string ToYaml(const RunConfig& config);

// All keys with their meaning, limits and defaults, for people.
std::string KeyList();

// Takes the network.* keys that nobody has set from the archive `init`, if one is named. The same errors as
// protogcn::ReadMetadata().
absl::Status AdoptNetworkOfInit(RunConfig& config);

// INVALID_ARGUMENT naming the first key that changes the result and differs from `begun`, the configuration
// with which the run was started.
absl::Status CheckSameRun(const RunConfig& config, const RunConfig& begun);

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_SETTINGS_H_
