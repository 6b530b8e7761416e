// The keys of a training run's configuration: one table of names, fields, limits and descriptions.
#ifndef TRACKFIT_EXPERIMENT_CONFIG_KEYS_H_
#define TRACKFIT_EXPERIMENT_CONFIG_KEYS_H_

#include <functional>
#include <string>
#include <vector>

#include "experiment/run_config.h"

namespace trackfit::experiment {

// A value as it is written: one text, or several in a list.
struct ConfigValue {
  std::vector<std::string> items;
  bool list = false;

  bool operator==(const ConfigValue&) const = default;
};

struct ConfigKey {
  std::string name;  // with dots: "training.epochs"
  std::string description;
  std::string limits;          // what a value must be, as messages say it: "a whole number in [1, 100000]"
  bool changes_result = true;  // whether a resumed run may not change it, because the result would differ
  std::function<bool(const ConfigValue& value, RunConfig& config)> set;  // false when it breaks `limits`
  std::function<ConfigValue(const RunConfig& config)> get;
};

// All keys; those of one section are next to each other. A new field of a struct takes one entry in this
// table.
const std::vector<ConfigKey>& ConfigKeys();

// The key of this name, or nullptr.
const ConfigKey* FindKey(const std::string& name);

}  // namespace trackfit::experiment

#endif  // TRACKFIT_EXPERIMENT_CONFIG_KEYS_H_
