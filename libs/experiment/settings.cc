#include "experiment/settings.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "protogcn/checkpoint.h"
#include "protogcn/model_archive.h"
#include "spelling/edit_distance.h"

namespace trackfit::experiment {
namespace {

std::string LastPart(const std::string& name) { return name.substr(name.rfind('.') + 1); }

// A missing section ("epochs") counts as one wrong letter.
std::string NearestKey(const std::string& name) {
  const ConfigKey* nearest = nullptr;
  size_t least = 0;
  for (const ConfigKey& key : ConfigKeys()) {
    const size_t distance = std::min(spelling::EditDistance(name, key.name),
                                     spelling::EditDistance(LastPart(name), LastPart(key.name)) + 1);
    if (nearest != nullptr && distance >= least) continue;
    nearest = &key;
    least = distance;
  }
  return least <= std::max<size_t>(3, name.size() / 3) ? nearest->name : "";
}

absl::Status Invalid(const std::string& where, const std::string& what) {
  return absl::InvalidArgumentError(where.empty() ? what : absl::StrCat(where, ": ", what));
}

bool IsSection(const std::string& name) {
  return std::any_of(ConfigKeys().begin(), ConfigKeys().end(), [&](const ConfigKey& key) {
    return absl::StartsWith(key.name, absl::StrCat(name, "."));
  });
}

absl::Status UnknownKey(const std::string& where, const std::string& name) {
  const std::string nearest = NearestKey(name);
  return Invalid(where, absl::StrCat("there is no key \"", name, "\"",
                                     nearest.empty() ? "; --list-keys shows them all"
                                                     : absl::StrCat("; did you mean ", nearest, "?")));
}

// Collects the settings of a YAML map; `prefix` is the name of its section with a dot.
absl::Status Collect(const YAML::Node& map, const std::string& prefix, const std::string& path,
                     std::set<std::string>& seen, std::vector<Setting>& settings) {
  for (const auto& entry : map) {
    const std::string where = absl::StrCat(path, ":", entry.first.Mark().line + 1);
    if (!entry.first.IsScalar()) return Invalid(where, "a key must be a word");
    const std::string name = prefix + entry.first.Scalar();
    const YAML::Node& node = entry.second;
    if (IsSection(name)) {
      if (node.IsNull()) continue;
      if (!node.IsMap()) return Invalid(where, absl::StrCat(name, " is a section; it must hold keys"));
      if (absl::Status status = Collect(node, absl::StrCat(name, "."), path, seen, settings); !status.ok())
        return status;
      continue;
    }
    if (FindKey(name) == nullptr) return UnknownKey(where, name);
    if (!seen.insert(name).second) return Invalid(where, absl::StrCat(name, " is there twice"));
    Setting setting{.key = name, .value = {}, .where = where};
    if (node.IsSequence()) {
      setting.value.list = true;
      for (const auto& item : node) {
        if (!item.IsScalar()) return Invalid(where, absl::StrCat(name, " must list plain values"));
        setting.value.items.push_back(item.Scalar());
      }
    } else if (node.IsMap()) {
      return Invalid(where, absl::StrCat(name, " holds no keys; it is ", FindKey(name)->limits));
    } else {
      setting.value.items.push_back(node.IsNull() ? "" : node.Scalar());
    }
    settings.push_back(std::move(setting));
  }
  return absl::OkStatus();
}

std::string_view SectionOf(const std::string& name) {
  const size_t dot = name.find('.');
  return dot == std::string::npos ? std::string_view() : std::string_view(name).substr(0, dot);
}

absl::Status InFile(const std::string& path, int line, const std::string& what) {
  return Invalid(line > 0 ? absl::StrCat(path, ":", line) : path, what);
}

void Emit(const ConfigValue& value, YAML::Emitter& yaml) {
  if (value.list)
    yaml << YAML::Flow << value.items;
  else
    yaml << value.items.front();
}

}  // namespace

std::string ToText(const ConfigValue& value) {
  YAML::Emitter yaml;
  Emit(value, yaml);
  return yaml.c_str();
}

absl::Status Apply(const Setting& setting, RunConfig& config) {
  const ConfigKey* key = FindKey(setting.key);
  if (key == nullptr) return UnknownKey(setting.where, setting.key);
  if (!key->set(setting.value, config)) {
    return Invalid(setting.where,
                   absl::StrCat(key->name, " is ", ToText(setting.value), "; it must be ", key->limits));
  }
  config.given.insert(key->name);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Setting>> ReadSettings(const std::string& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  if (!stream) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  try {
    const YAML::Node root = YAML::Load(text.str());
    std::vector<Setting> settings;
    if (root.IsNull()) return settings;  // nothing but comments
    if (!root.IsMap()) return InFile(path, 0, "it must hold keys and values");
    std::set<std::string> seen;
    if (absl::Status status = Collect(root, "", path, seen, settings); !status.ok()) return status;
    return settings;
  } catch (const YAML::Exception& error) {
    return InFile(path, error.mark.line + 1, error.msg);
  } catch (const std::exception& error) {
    return InFile(path, 0, error.what());
  }
}

absl::StatusOr<Setting> ParseSetting(const std::string& argument) {
  const size_t equals = argument.find('=');
  if (equals == std::string::npos || equals == 0)
    return absl::InvalidArgumentError(
        absl::StrCat("\"", argument, "\" is not of the form key=value; write ", argument, "=VALUE"));
  Setting setting{.key = argument.substr(0, equals), .value = {}, .where = ""};
  const ConfigKey* key = FindKey(setting.key);
  if (key == nullptr) return UnknownKey("", setting.key);
  absl::string_view text = absl::string_view(argument).substr(equals + 1);
  setting.value.list = key->get(RunConfig{}).list;
  if (!setting.value.list) {
    setting.value.items.emplace_back(text);
    return setting;
  }
  if (absl::StartsWith(text, "[") && absl::EndsWith(text, "]")) text = text.substr(1, text.size() - 2);
  for (const absl::string_view item : absl::StrSplit(text, ',', absl::SkipWhitespace()))
    setting.value.items.emplace_back(absl::StripAsciiWhitespace(item));
  return setting;
}

std::string ToYaml(const RunConfig& config) {
  YAML::Emitter yaml;
  yaml << YAML::BeginMap;
  std::string_view section;
  for (const ConfigKey& key : ConfigKeys()) {
    if (SectionOf(key.name) != section) {
      if (!section.empty()) yaml << YAML::EndMap;
      section = SectionOf(key.name);
      if (!section.empty()) yaml << YAML::Key << std::string(section) << YAML::Value << YAML::BeginMap;
    }
    yaml << YAML::Key << LastPart(key.name) << YAML::Value;
    Emit(key.get(config), yaml);
  }
  if (!section.empty()) yaml << YAML::EndMap;
  yaml << YAML::EndMap << YAML::Newline;
  return yaml.c_str();
}

std::string KeyList() {
  std::string text;
  for (const ConfigKey& key : ConfigKeys()) {
    const ConfigValue standard = key.get(RunConfig{});
    absl::StrAppend(&text, key.name, " = ", ToText(standard), "\n    ", key.description, " (", key.limits,
                    ")\n");
  }
  return text;
}

absl::Status AdoptNetworkOfInit(RunConfig& config) {
  if (config.init.empty()) return absl::OkStatus();
  const auto metadata = protogcn::ReadMetadata(config.init);
  if (!metadata.ok()) return metadata.status();
  RunConfig archive;
  archive.network = metadata->network;
  archive.modality = metadata->modality;
  archive.normalization = metadata->normalization;
  archive.rate_hz = metadata->rate_hz;
  archive.window_poses = metadata->window_poses;
  if (!metadata->joint_mapping.empty()) {
    if (metadata->joint_mapping != protogcn::TrackFitJointMapping() &&
        config.given.count("network.joint_mapping") == 0) {
      return Invalid("init",
                     absl::StrCat(config.init, " has a joint mapping of its own; set network.joint_mapping"));
    }
    archive.joint_mapping = "track_fit";
  }
  for (const ConfigKey& key : ConfigKeys()) {
    if (!absl::StartsWith(key.name, "network.") || config.given.count(key.name) > 0) continue;
    if (!key.set(key.get(archive), config)) {
      return Invalid("init", absl::StrCat(config.init, " has ", key.name, " ", ToText(key.get(archive)),
                                          "; it must be ", key.limits));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSameRun(const RunConfig& config, const RunConfig& begun) {
  for (const ConfigKey& key : ConfigKeys()) {
    const ConfigValue now = key.get(config), then = key.get(begun);
    if (!key.changes_result || now == then) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(key.name, " is ", ToText(now), ", but the run was begun with ", ToText(then),
                     "; to go on from its weights with other settings, begin a run with init=its model.pt"));
  }
  return absl::OkStatus();
}

}  // namespace trackfit::experiment
