#include "experiment/config_keys.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <type_traits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

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
    const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;  // parses to the same value
    return {text, end};
  } else {
    return absl::StrCat(value);
  }
}

constexpr bool kKeepsTheResult = false;  // of Key()

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
#define FIELD(path) ([](auto& config) -> auto& { return config.path; })

std::vector<ConfigKey> MakeKeys() {
  return {
      Key("output", FIELD(output), Any(), "Folder of the run: made where it does not exist", kKeepsTheResult),
      Key("init", FIELD(init), Any(),
          "Model archive with the initial weights; network.* keys that are not set are taken from it"),
      Key("version", FIELD(version), Any(), "Version to write into the model", kKeepsTheResult),
      Key("seed", FIELD(training.seed), From(0),
          "Of weights and samples: the same seed gives the same model"),

      Key("data.landmarks", FIELD(data.landmarks), Any(),
          "Landmark files, or folders of them; needs data.split"),
      Key("data.split", FIELD(data.split), Any(),
          "Which clips are for training and which for validation (JSON)"),
      Key("data.dataset", FIELD(data.dataset), Any(),
          "Folder with train.pt and val.pt, instead of data.landmarks or in addition"),
      Key("data.classes", FIELD(data.classes), Any(),
          "Exercises to tell apart; \"other\" stands for everything else"),
      Key("data.folds", FIELD(data.folds), Within(0, 100),
          "Parts of the training groups for cross-validation; 0 = none"),
      Key("data.hold_out_fold", FIELD(data.hold_out_fold), Within(0, 100),
          "From 1 on: this fold is left out of training; 0 = none"),

      Key("network.layout", FIELD(network.layout), OneOf({"blazepose_33", "body_19", "coco_20"}),
          "Nodes of the skeleton"),
      Key("network.joint_mapping", FIELD(joint_mapping), OneOf({"layout", "track_fit"}),
          "Which joints feed the nodes: track_fit is for weights of Track-Fit"),
      Key("network.modality", FIELD(modality), OneOf({"joint", "bone", "k_bone"}),
          "Input per node: its position, or the vector from its parent or grandparent"),
      Key("network.normalization", FIELD(normalization), Any(),
          "Of poses: body, torso, flat or facing (the camera removed, see docs/training.md), or image "
          "(upstream's)"),
      Key("network.window", FIELD(network.window), Within(2, 4096), "Frames per window that it sees"),
      Key("network.window_poses", FIELD(window_poses), Within(0, 4096),
          "Poses per window, resampled to network.window frames; 0 = as many"),
      Key("network.rate_hz", FIELD(rate_hz), Within(1, 1000), "Of the poses"),
      Key("network.base_channels", FIELD(network.base_channels), Within(6, 4096), "Width of the first stage"),
      Key("network.widening", FIELD(network.ch_ratio), Within(1, 64),
          "Factor by which each of network.widen multiplies the width"),
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
          "Width of the head that finds wrong joints; 0 = none"),
      Key("network.joint_head", FIELD(network.joint_head),
          OneOf({protogcn::kFaultsHead, protogcn::kDecoderHead}),
          "Its task: to find known faults, or to predict a joint from the others"),
      Key("network.dropout", FIELD(network.head_dropout), Within(0, 0.95),
          "Before the classifier, in training"),

      Key("sampling.min_source_frames", FIELD(sampling.min_source_frames), Within(2, 4096),
          "Shortest piece that is stretched to a window"),
      Key("sampling.max_source_frames", FIELD(sampling.max_source_frames), Within(2, 4096), "Longest"),
      Key("sampling.recorded_share", FIELD(sampling.recorded_share), From(0),
          "Of a class's windows: recordings of people"),
      Key("sampling.rendered_share", FIELD(sampling.rendered_share), From(0),
          "Recordings of rendered people"),
      Key("sampling.photo_share", FIELD(sampling.photo_share), From(0),
          "Movements interpolated between two photos"),
      Key("sampling.synthetic_share", FIELD(sampling.synthetic_share), From(0),
          "The mannequin, generated for every window"),
      Key("sampling.mannequin_share", FIELD(sampling.mannequin_share), From(0),
          "The mannequin, rendered and seen by BlazePose"),
      Key("sampling.background_share", FIELD(sampling.background_share), From(0),
          "Windows of other movements per window of one exercise"),
      Key("sampling.idle_share", FIELD(sampling.idle_share), From(0),
          "Of the background's mannequins: held start positions, per mannequin that moves"),
      Key("sampling.travel_share", FIELD(sampling.travel_share), Within(0, 1),
          "Of windows whose hips are pinned: the travel of the body restored"),
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
          "The picture's size unknown"),
      Key("augmentation.max_aspect", FIELD(sampling.augmentation.max_aspect), From(1), "Of such a picture"),
      Key("augmentation.time_warp", FIELD(sampling.augmentation.time_warp), Below(0, 0.3),
          "Of the window's length"),
      Key("augmentation.absence_probability", FIELD(sampling.augmentation.absence_probability), Within(0, 1),
          "Joints absent throughout"),
      Key("augmentation.guessed_legs_probability", FIELD(sampling.augmentation.guessed_legs_probability),
          Within(0, 1), "Legs that the picture does not show, as BlazePose guesses them"),
      Key("augmentation.jitter", FIELD(sampling.augmentation.jitter), From(0),
          "Of the torso length, per frame"),
      Key("augmentation.offset", FIELD(sampling.augmentation.offset), From(0),
          "Of the torso length, per window and joint"),
      Key("augmentation.drift", FIELD(sampling.augmentation.drift), From(0),
          "Of the torso length over the window: a moving camera"),

      Key("training.epochs", FIELD(training.epochs), Within(0, kMany),
          "Epochs in all; 0 = only recalibrate the weights of init"),
      Key("training.freeze_epochs", FIELD(training.freeze_epochs), Within(0, kMany),
          "First epochs, in which only the classifier is trained"),
      Key("training.samples_per_epoch", FIELD(training.samples_per_epoch), Within(1, 1e9),
          "Windows drawn per epoch"),
      Key("training.batch_size", FIELD(training.batch_size), Within(1, kMany), "Windows per step"),
      Key("training.learning_rate", FIELD(training.learning_rate), Above(0), "At its peak"),
      Key("training.warmup_share", FIELD(training.warmup_share), Below(0, 1),
          "Share of all steps in which the learning rate rises"),
      Key("training.momentum", FIELD(training.momentum), Below(0, 1), "Nesterov's"),
      Key("training.weight_decay", FIELD(training.weight_decay), From(0), "Of matrices and kernels"),
      Key("training.label_smoothing", FIELD(training.label_smoothing), Below(0, 1),
          "Share of the target spread over all classes"),
      Key("training.gradient_clip", FIELD(training.gradient_clip), Above(0), "Largest L2 norm"),
      Key("training.reconstruction_weight", FIELD(training.reconstruction_weight), From(0),
          "Of the graph reconstruction's loss"),
      Key("training.reconstruction_start", FIELD(training.reconstruction_start), Below(0, 1),
          "Share of all steps after which it is trained"),
      Key("training.names_weight", FIELD(training.names_weight), From(0),
          "Of telling all movements apart by name, those of the background included"),
      Key("training.form_weight", FIELD(training.form_weight), From(0),
          "Of telling correct from incorrect by the cosine to a prototype"),
      Key("training.joint_weight", FIELD(training.joint_weight), From(0),
          "Of the joint head's loss; needs network.joint_channels"),
      Key("training.joints_only", FIELD(training.joints_only), Any(),
          "Only the joint head is trained, all else stays as it is"),
      Key("training.contrast_weight", FIELD(training.contrast_weight), From(0),
          "Of upstream's class-specific contrast"),
      Key("training.average_decay", FIELD(training.average_decay), Below(0, 1),
          "Per step, of the averaged weights that are evaluated and kept"),
      Key("training.device", FIELD(training.device), OneOf({"cpu", "cuda", "auto"}),
          "auto = cuda if available", kKeepsTheResult),
      Key("training.keep", FIELD(keep), OneOf({"best", "last"}),
          "The averaged weights of the epoch with the best validation, or of the last"),
      Key("training.validate_every", FIELD(validate_every), Within(0, kMany),
          "Epochs between validations; 0 = after the last only"),
  };
}

#undef FIELD

}  // namespace

const std::vector<ConfigKey>& ConfigKeys() {
  static const auto* const kKeys = new std::vector<ConfigKey>(MakeKeys());
  return *kKeys;
}

const ConfigKey* FindKey(const std::string& name) {
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

}  // namespace trackfit::experiment
