#include "schema/node.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "spelling/edit_distance.h"

namespace trackfit::schema {
namespace {

std::string Suggestion(const std::string& name, const std::vector<std::string>& names) {
  const std::string meant = spelling::NearestName(name, names);
  return meant.empty() ? absl::StrCat("; there are ", absl::StrJoin(names, ", "))
                       : absl::StrCat("; did you mean ", meant, "?");
}

}  // namespace

void Fail(const YAML::Node& node, const std::string& what) { throw YAML::Exception(node.Mark(), what); }

void CheckKeys(const YAML::Node& map, const std::string& what, const std::vector<std::string>& known) {
  if (!map.IsMap()) Fail(map, absl::StrCat(what, " must hold keys and values"));
  std::set<std::string> seen;
  for (const auto& entry : map) {
    const std::string key = Text(entry.first, "a key");
    if (!seen.insert(key).second) Fail(entry.first, absl::StrCat(key, " is there twice"));
    if (std::ranges::find(known, key) == known.end()) {
      Fail(entry.first, absl::StrCat("there is no key \"", key, "\" in ", what, Suggestion(key, known)));
    }
  }
}

YAML::Node Needed(const YAML::Node& map, const std::string& key) {
  const YAML::Node node = map[key];
  if (!node) Fail(map, absl::StrCat(key, " is missing"));
  return node;
}

std::string Text(const YAML::Node& node, const std::string& key) {
  if (!node.IsScalar() || node.Scalar().empty()) Fail(node, absl::StrCat(key, " must be a text"));
  return node.Scalar();
}

YAML::Node Items(const YAML::Node& node, const std::string& key) {
  if (!node.IsSequence() || node.size() == 0) Fail(node, absl::StrCat(key, " must be a list"));
  return node;
}

double Number(const YAML::Node& node, const std::string& key, double low, double high) {
  double value = 0;
  const std::string text = Text(node, key);
  if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) {
    Fail(node, absl::StrCat(key, " is \"", text, "\", which is no number"));
  }
  if (value < low || value > high) {
    Fail(node, absl::StrCat(key, " is ", text, "; it must be in [", low, ", ", high, "]"));
  }
  return value;
}

double NumberOr(const YAML::Node& map, const std::string& key, double otherwise, double low, double high) {
  return map[key] ? Number(map[key], key, low, high) : otherwise;
}

bool BoolOr(const YAML::Node& map, const std::string& key, bool otherwise) {
  if (!map[key]) return otherwise;
  bool value = false;
  if (!YAML::convert<bool>::decode(map[key], value))
    Fail(map[key], absl::StrCat(key, " must be true or false"));
  return value;
}

int OneOf(const YAML::Node& node, const std::string& key, const std::vector<std::string>& names) {
  const std::string name = Text(node, key);
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) {
    Fail(node, absl::StrCat(key, " cannot be \"", name, "\"", Suggestion(name, names)));
  }
  return static_cast<int>(found - names.begin());
}

absl::Status Unknown(const std::string& message, const std::string& name,
                     const std::vector<std::string>& names) {
  return absl::InvalidArgumentError(absl::StrCat(message, Suggestion(name, names)));
}

}  // namespace trackfit::schema
