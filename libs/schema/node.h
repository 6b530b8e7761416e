// Reading YAML that people write. Within Read() readers throw YAML::Exception, as yaml-cpp does; outside
// there are only statuses.
#ifndef TRACKFIT_SCHEMA_NODE_H_
#define TRACKFIT_SCHEMA_NODE_H_

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace trackfit::schema {

// Throws YAML::Exception with the place of `node`.
[[noreturn]] void Fail(const YAML::Node& node, const std::string& what);

// `map` must be a map with no other keys than `known`, each at most once. `what` says what it is: "a
// measure".
void CheckKeys(const YAML::Node& map, const std::string& what, const std::vector<std::string>& known);

// A value that must be there.
YAML::Node Needed(const YAML::Node& map, const std::string& key);

// A text that is not empty. `key` says what it is.
std::string Text(const YAML::Node& node, const std::string& key);

// A list that is not empty.
YAML::Node Items(const YAML::Node& node, const std::string& key);

// A finite number in [low, high].
double Number(const YAML::Node& node, const std::string& key, double low, double high);
// The same of a key that may be absent.
double NumberOr(const YAML::Node& map, const std::string& key, double otherwise, double low, double high);

bool BoolOr(const YAML::Node& map, const std::string& key, bool otherwise);

// The index of a text among `names`.
int OneOf(const YAML::Node& node, const std::string& key, const std::vector<std::string>& names);

// Fails with INVALID_ARGUMENT if there is no `name` among `names`: "<message>; did you mean <nearest>?", or
// the names there are if none is near.
absl::Status Unknown(const std::string& message, const std::string& name,
                     const std::vector<std::string>& names);

// Calls read(root) of the YAML text; what it throws becomes INVALID_ARGUMENT "<file>:<line>: <what>".
template <class T, class ReadRoot>
absl::StatusOr<T> Read(const std::string& file, const std::string& yaml, const ReadRoot& read) {
  try {
    return read(YAML::Load(yaml));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(file, ":", error.mark.line + 1, ": ", error.msg));
  }
}

}  // namespace trackfit::schema

#endif  // TRACKFIT_SCHEMA_NODE_H_
