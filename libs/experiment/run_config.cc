#include "experiment/run_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <type_traits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "protogcn/checkpoint.h"
#include "protogcn/model_archive.h"
#include "skeleton/layout.h"
#include "skeleton/modality.h"
#include "skeleton/normalize.h"

namespace trackfit::experiment {
namespace {

// --- limits

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Limits {
  double low = -kInfinity;
  double high = kInfinity;
  bool low_open = false;
  bool high_open = false;
  std::vector<std::string> words;

  bool Hold(double value) const {
    return std::isfinite(value) && (low_open ? value > low : value >= low) &&
           (high_open ? value < high : value <= high);
  }
  bool Hold(const std::string& word) const {
    return words.empty() || std::find(words.begin(), words.end(), word) != words.end();
  }
  std::string Text() const {
    if (!words.empty()) return absl::StrCat("one of ", absl::StrJoin(words, ", "));
    if (high < kInfinity)
      return absl::StrCat("in ", low_open ? "(" : "[", low, ", ", high, high_open ? ")" : "]");
    if (low > -kInfinity) return absl::StrCat(low_open ? "above " : "from ", low, low_open ? "" : " on");
    return "";
  }
};

Limits Any() { return {}; }
Limits From(double low) { return {.low = low, .words = {}}; }
Limits Above(double low) { return {.low = low, .low_open = true, .words = {}}; }
Limits Within(double low, double high) { return {.low = low, .high = high, .words = {}}; }
Limits Below(double low, double high) { return {.low = low, .high = high, .high_open = true, .words = {}}; }
Limits OneOf(std::vector<std::string> words) { return {.words = std::move(words)}; }

// --- values of each type

template <typename T>
constexpr bool kIsList = false;
template <typename T>
constexpr bool kIsList<std::vector<T>> = true;

template <typename T>
std::string TypeWords() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_integral_v<T>) return "a whole number";
  if constexpr (std::is_floating_point_v<T>) return "a number";
  return "a text";
}

template <typename T>
bool Parse(const std::string& text, const Limits& limits, T& value) {
  T parsed{};
  if constexpr (std::is_same_v<T, std::string>) {
    parsed = text;
    if (!limits.Hold(parsed)) return false;
  } else if constexpr (std::is_same_v<T, bool>) {
    if (text != "true" && text != "false") return false;
    parsed = text == "true";
  } else if constexpr (std::is_integral_v<T>) {
    if (!absl::SimpleAtoi(text, &parsed) || !limits.Hold(static_cast<double>(parsed))) return false;
  } else {
    if (!absl::SimpleAtod(text, &parsed) || !limits.Hold(parsed)) return false;
  }
  value = parsed;
  return true;
}

template <typename T>
std::string Print(const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_floating_point_v<T>) {
    char text[32];
    const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;  // reads back as it was
    return {text, end};
  } else {
    return absl::StrCat(value);
  }
}

constexpr bool kKeepsTheResult = false;  // for Key()

// `access` gives the field of a configuration; its type is the key's.
template <typename Access>
ConfigKey Key(const char* name, Access access, const Limits& limits, const char* description,
              bool changes_result = true) {
  using Field = std::remove_reference_t<decltype(access(std::declval<RunConfig&>()))>;
  ConfigKey key{.name = name,
                .description = description,
                .limits = "",
                .changes_result = changes_result,
                .set = nullptr,
                .get = nullptr};
  if constexpr (kIsList<Field>) {
    using Item = typename Field::value_type;
    key.limits = absl::StrCat("a list, each ", TypeWords<Item>());
    key.set = [=](const ConfigValue& value, RunConfig& config) {
      Field items(value.items.size());
      for (size_t i = 0; i < items.size(); ++i) {
        if (!Parse(value.items[i], limits, items[i])) return false;
      }
      access(config) = std::move(items);
      return true;
    };
    key.get = [=](const RunConfig& config) {
      ConfigValue value{.items = {}, .list = true};
      for (const Item& item : access(config)) value.items.push_back(Print(item));
      return value;
    };
  } else {
    key.limits = TypeWords<Field>();
    key.set = [=](const ConfigValue& value, RunConfig& config) {
      return !value.list && value.items.size() == 1 && Parse(value.items[0], limits, access(config));
    };
    key.get = [=](const RunConfig& config) {
      return ConfigValue{.items = {Print(access(config))}, .list = false};
    };
  }
  if (const std::string text = limits.Text(); !text.empty())
    key.limits = limits.words.empty() ? absl::StrCat(key.limits, " ", text) : text;
  return key;
}

// Wide enough for any run; the libraries check what depends on other fields.
constexpr double kMany = 1e6;

// Reaches a field of a configuration, constant or not.
#define FIELD(path) \
  [](auto& config) -> auto& { return config.path; }

std::vector<ConfigKey> MakeKeys() {
  return {
      Key("output", FIELD(output), Any(), "Folder of the run: made where it does not exist", kKeepsTheResult),
      Key("init", FIELD(init), Any(),
          "Model archive whose weights to start from; network.* keys that are not set become its"),
      Key("version", FIELD(version), Any(), "Version to write into the model", kKeepsTheResult),
      Key("seed", FIELD(training.seed), From(0),
          "Of weights and samples: the same seed gives the same model"),

      Key("data.landmarks", FIELD(data.landmarks), Any(),
          "Landmark files, or folders of them; take data.split along"),
      Key("data.split", FIELD(data.split), Any(),
          "Which clips are for training and which for validation (JSON)"),
      Key("data.dataset", FIELD(data.dataset), Any(),
          "Folder with train.pt and val.pt, instead of or beside data.landmarks"),
      Key("data.classes", FIELD(data.classes), Any(),
          "Exercises to tell apart; \"other\" stands for everything else"),
      Key("data.folds", FIELD(data.folds), Within(0, 100),
          "Parts of the training groups for cross-validation; 0 = none"),
      Key("data.hold_out_fold", FIELD(data.hold_out_fold), Within(0, 100),
          "From 1 on: this fold is left out of training; 0 = none"),

      Key("network.layout", FIELD(network.layout), OneOf({"blazepose_33", "body_19", "coco_20"}),
          "Nodes of the skeleton"),
      Key("network.joint_mapping", FIELD(joint_mapping), OneOf({"layout", "track_fit"}),
          "Which joints feed the nodes: track_fit is for weights of Track-Fit's"),
      Key("network.modality", FIELD(modality), OneOf({"joint", "bone", "k_bone"}),
          "What it sees of a node: itself, or from its parent or grandparent"),
      Key("network.normalization", FIELD(normalization), Any(),
          "Of poses: body, torso, flat or facing (the camera removed, see docs/training.md), or image "
          "(upstream's)"),
      Key("network.window", FIELD(network.window), Within(2, 4096), "Frames per window that it sees"),
      Key("network.window_poses", FIELD(window_poses), Within(0, 4096),
          "Poses per window, brought to network.window frames; 0 = as many"),
      Key("network.rate_hz", FIELD(rate_hz), Within(1, 1000), "Of the poses"),
      Key("network.base_channels", FIELD(network.base_channels), Within(6, 4096), "Width of the first stage"),
      Key("network.widening", FIELD(network.ch_ratio), Within(1, 64),
          "By what each of network.widen multiplies the width"),
      Key("network.stages", FIELD(network.num_stages), Within(1, 64), "Number of stages"),
      Key("network.widen", FIELD(network.inflate_stages), Within(2, 64), "Stages that widen"),
      Key("network.halve", FIELD(network.down_stages), Within(2, 64), "Stages that halve the frame rate"),
      Key("network.filters", FIELD(network.num_filters), Within(1, 64), "Learned graphs per stage"),
      Key("network.filter_ratio", FIELD(network.filter_ratio), Within(0, 1),
          "Width of a graph, as a share of its stage's"),
      Key("network.prototypes", FIELD(network.num_prototypes), Within(1, 4096), "Of the reconstruction"),
      Key("network.contrast_channels", FIELD(network.contrast_channels), Within(1, 4096),
          "Width of the contrastive feature"),
      Key("network.joint_coefficients", FIELD(network.joint_coefficients), Within(0, 128),
          "0 = one per node; upstream has 25 for 20"),
      Key("network.joint_channels", FIELD(network.joint_channels), Within(0, 4096),
          "Width of the head that points at wrong joints; 0 = none"),
      Key("network.joint_head", FIELD(network.joint_head),
          OneOf({protogcn::kFaultsHead, protogcn::kDecoderHead}),
          "What it learns: movements with known faults, or where a joint is by the others"),
      Key("network.dropout", FIELD(network.head_dropout), Within(0, 0.95),
          "Before the classifier, while it trains"),

      Key("sampling.min_source_frames", FIELD(sampling.min_source_frames), Within(2, 4096),
          "Shortest piece that is stretched to a window"),
      Key("sampling.max_source_frames", FIELD(sampling.max_source_frames), Within(2, 4096), "Longest"),
      Key("sampling.recorded_share", FIELD(sampling.recorded_share), From(0),
          "Of a class's windows: film of people"),
      Key("sampling.rendered_share", FIELD(sampling.rendered_share), From(0), "Film of drawn people"),
      Key("sampling.photo_share", FIELD(sampling.photo_share), From(0), "Photo pairs brought to motion"),
      Key("sampling.synthetic_share", FIELD(sampling.synthetic_share), From(0),
          "The mannequin, made anew for every window"),
      Key("sampling.mannequin_share", FIELD(sampling.mannequin_share), From(0),
          "The mannequin, filmed and seen by BlazePose"),
      Key("sampling.background_share", FIELD(sampling.background_share), From(0),
          "Windows of other movements for each of one exercise"),
      Key("sampling.synthetic_faults", FIELD(sampling.synthetic_faults), Within(0, 1),
          "Share of the mannequin's movements with a fault"),
      Key("sampling.disturbed_share", FIELD(sampling.disturbed_share), Within(0, 1),
          "Of the other windows: with one limb or joint made wrong"),

      Key("augmentation.mirror_probability", FIELD(sampling.augmentation.mirror_probability), Within(0, 1),
          "Left and right exchanged"),
      Key("augmentation.reverse_probability", FIELD(sampling.augmentation.reverse_probability), Within(0, 1),
          "Played backwards"),
      Key("augmentation.max_roll_degrees", FIELD(sampling.augmentation.max_roll_degrees), Within(0, 180),
          "The camera turned about its viewing axis"),
      Key("augmentation.max_yaw_degrees", FIELD(sampling.augmentation.max_yaw_degrees), Within(0, 180),
          "The person turned about the vertical"),
      Key("augmentation.max_pitch_degrees", FIELD(sampling.augmentation.max_pitch_degrees), Within(0, 90),
          "The camera higher or lower"),
      Key("augmentation.depth_scale", FIELD(sampling.augmentation.depth_scale), From(0),
          "Deviation of log depth"),
      Key("augmentation.flat_probability", FIELD(sampling.augmentation.flat_probability), Within(0, 1),
          "No depth at all"),
      Key("augmentation.aspect_probability", FIELD(sampling.augmentation.aspect_probability), Within(0, 1),
          "A picture's size left out"),
      Key("augmentation.max_aspect", FIELD(sampling.augmentation.max_aspect), From(1), "Of such a picture"),
      Key("augmentation.time_warp", FIELD(sampling.augmentation.time_warp), Below(0, 0.3),
          "Of the window's length"),
      Key("augmentation.absence_probability", FIELD(sampling.augmentation.absence_probability), Within(0, 1),
          "Joints absent throughout"),
      Key("augmentation.jitter", FIELD(sampling.augmentation.jitter), From(0),
          "Of the torso length, per frame"),
      Key("augmentation.offset", FIELD(sampling.augmentation.offset), From(0),
          "Of the torso length, per window and joint"),
      Key("augmentation.drift", FIELD(sampling.augmentation.drift), From(0),
          "Of the torso length over the window: a moving camera"),

      Key("training.epochs", FIELD(training.epochs), Within(0, kMany),
          "Epochs in all; 0 = only calibrate the weights of init anew"),
      Key("training.freeze_epochs", FIELD(training.freeze_epochs), Within(0, kMany),
          "First epochs in which only the classifier learns"),
      Key("training.samples_per_epoch", FIELD(training.samples_per_epoch), Within(1, 1e9),
          "Windows drawn per epoch"),
      Key("training.batch_size", FIELD(training.batch_size), Within(1, kMany), "Windows per step"),
      Key("training.learning_rate", FIELD(training.learning_rate), Above(0), "At its peak"),
      Key("training.warmup_share", FIELD(training.warmup_share), Below(0, 1),
          "Of all steps, in which the learning rate rises"),
      Key("training.momentum", FIELD(training.momentum), Below(0, 1), "Of Nesterov's kind"),
      Key("training.weight_decay", FIELD(training.weight_decay), From(0), "Of matrices and kernels"),
      Key("training.label_smoothing", FIELD(training.label_smoothing), Below(0, 1),
          "Share of the target spread over all classes"),
      Key("training.gradient_clip", FIELD(training.gradient_clip), Above(0), "Largest L2 norm"),
      Key("training.reconstruction_weight", FIELD(training.reconstruction_weight), From(0),
          "Of the graph reconstruction's loss"),
      Key("training.reconstruction_start", FIELD(training.reconstruction_start), Below(0, 1),
          "Share of all steps after which it is trained"),
      Key("training.names_weight", FIELD(training.names_weight), From(0),
          "Of telling all movements apart by name, each of the background's for itself"),
      Key("training.form_weight", FIELD(training.form_weight), From(0),
          "Of telling correct from incorrect by the cosine to a prototype"),
      Key("training.joint_weight", FIELD(training.joint_weight), From(0),
          "Of what the joint head learns; needs network.joint_channels"),
      Key("training.joints_only", FIELD(training.joints_only), Any(),
          "The joint head alone learns, all else stays as it is"),
      Key("training.contrast_weight", FIELD(training.contrast_weight), From(0),
          "Of upstream's class-specific contrast"),
      Key("training.average_decay", FIELD(training.average_decay), Below(0, 1),
          "Per step, of the averaged weights that are evaluated and kept"),
      Key("training.device", FIELD(training.device), OneOf({"cpu", "cuda", "auto"}),
          "auto = cuda where there is one", kKeepsTheResult),
      Key("training.keep", FIELD(keep), OneOf({"best", "last"}),
          "The averaged weights of the epoch that validates best, or of the last"),
      Key("training.validate_every", FIELD(validate_every), Within(0, kMany),
          "Epochs between validations; 0 = after the last only"),
  };
}

#undef FIELD

// --- nearest key

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

absl::string_view LastPart(absl::string_view name) { return name.substr(name.rfind('.') + 1); }

// A forgotten section ("epochs") is as near as a wrong letter.
std::string NearestKey(const std::string& name) {
  const ConfigKey* nearest = nullptr;
  size_t least = 0;
  for (const ConfigKey& key : ConfigKeys()) {
    const size_t distance =
        std::min(EditDistance(name, key.name), EditDistance(LastPart(name), LastPart(key.name)) + 1);
    if (nearest != nullptr && distance >= least) continue;
    nearest = &key;
    least = distance;
  }
  return least <= std::max<size_t>(3, name.size() / 3) ? nearest->name : "";
}

absl::Status Invalid(const std::string& where, const std::string& what) {
  return absl::InvalidArgumentError(where.empty() ? what : absl::StrCat(where, ": ", what));
}

const ConfigKey* FindKey(const std::string& name) {
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.name == name) return &key;
  }
  return nullptr;
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

// --- YAML

std::string Quoted(const std::string& text) {
  const bool plain =
      !text.empty() && text != "null" && text != "Null" && text != "NULL" &&
      std::all_of(text.begin(), text.end(),
                  [](unsigned char c) {
                    return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '/' || c == '+' || c == '-';
                  }) &&
      text != "-" && text.rfind("---", 0) != 0;
  if (plain) return text;
  std::string quoted = "'";  // in which only itself needs another
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

// Goes through a map of YAML; `prefix` is the section's name with its dot.
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

}  // namespace

protogcn::NetworkConfig DefaultNetwork() {
  protogcn::NetworkConfig network;
  network.layout = "blazepose_33";
  network.base_channels = 32;
  network.num_stages = 6;
  network.inflate_stages = {3, 5};
  network.down_stages = {2, 3, 5};
  return network;
}

std::string ToText(const ConfigValue& value) {
  if (!value.list) return Quoted(value.items.front());
  const auto quote = [](std::string* out, const std::string& item) { *out += Quoted(item); };
  return absl::StrCat("[", absl::StrJoin(value.items, ", ", quote), "]");
}

const std::vector<ConfigKey>& ConfigKeys() {
  static const auto* const keys = new std::vector<ConfigKey>(MakeKeys());
  return *keys;
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
  std::string yaml;
  std::string_view section;
  for (const ConfigKey& key : ConfigKeys()) {
    if (SectionOf(key.name) != section) {
      section = SectionOf(key.name);
      if (!section.empty()) absl::StrAppend(&yaml, std::string(section), ":\n");
    }
    absl::StrAppend(&yaml, section.empty() ? "" : "  ", LastPart(key.name), ": ", ToText(key.get(config)),
                    "\n");
  }
  return yaml;
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

absl::StatusOr<protogcn::WindowShape> ShapeOf(const RunConfig& config) {
  auto layout = skeleton::FindLayout(config.network.layout);
  if (!layout.ok()) return layout.status();
  if (config.joint_mapping == "track_fit") {
    if (layout->name != "coco_20")
      return absl::InvalidArgumentError("network.joint_mapping track_fit is for network.layout coco_20");
    layout->sources = protogcn::TrackFitJointMapping();
  }
  const auto normalization = skeleton::ParseNormalization(config.normalization);
  if (!normalization.ok()) return Invalid("network", std::string(normalization.status().message()));
  const auto modality = skeleton::ParseModality(config.modality);
  if (!modality.ok()) return Invalid("network", std::string(modality.status().message()));
  return protogcn::WindowShape{.layout = *std::move(layout),
                               .normalization = *normalization,
                               .frames = config.network.window,
                               .poses = config.window_poses > 0 ? config.window_poses : config.network.window,
                               .rate_hz = config.rate_hz,
                               .modality = *modality};
}

absl::StatusOr<protogcn::NetworkConfig> NetworkOf(const RunConfig& config) {
  const auto layout = skeleton::FindLayout(config.network.layout);
  if (!layout.ok()) return layout.status();
  protogcn::NetworkConfig network = config.network;
  network.nodes = layout->nodes();
  network.bones = layout->bones;
  network.classes = static_cast<int>(config.data.classes.size());
  if (absl::Status status = network.Validate(); !status.ok()) return status;
  return network;
}

absl::Status AdoptNetworkOfInit(RunConfig& config) {
  if (config.init.empty()) return absl::OkStatus();
  const auto metadata = protogcn::ReadMetadata(config.init);
  if (!metadata.ok()) return metadata.status();
  RunConfig archive;
  archive.network = metadata->network;
  archive.modality = metadata->modality;
  archive.normalization = metadata->normalization;
  archive.window_poses = metadata->window_poses;
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
