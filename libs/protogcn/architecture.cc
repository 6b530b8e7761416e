#include "protogcn/architecture.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace trackfit::protogcn {
namespace {

// Generous for any model that could be served; they bound the memory that a hostile file can claim.
constexpr int kMaxNodes = 128;
constexpr int kMaxWindow = 4096;
constexpr int kMaxChannels = 4096;
constexpr int kMaxStages = 64;
constexpr int kMaxFilters = 64;
constexpr int kMaxClasses = 10000;
constexpr double kMaxParameters = 2e8;

// Upstream adds it before truncating a channel count.
constexpr double kRounding = 1e-4;

absl::Status InRange(const char* field, int value, int low, int high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("network.", field, " is ", value, "; it must lie in [", low, ", ", high, "]"));
}

absl::Status InRange(const char* field, double value, double low, double high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("network.", field, " is ", value, "; it must lie in [", low, ", ", high, "]"));
}

absl::Status ValidateStageList(const char* field, const std::vector<int>& stages, int num_stages) {
  for (size_t i = 0; i < stages.size(); ++i) {
    if (stages[i] < 2 || stages[i] > num_stages || (i > 0 && stages[i] <= stages[i - 1])) {
      return absl::InvalidArgumentError(absl::StrCat("network.", field, " has ", stages[i],
                                                     "; stages must ascend within [2, ", num_stages, "]"));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateBones(const NetworkConfig& config) {
  for (const auto& [child, parent] : config.bones) {
    if (child < 0 || child >= config.nodes || parent < 0 || parent >= config.nodes || child == parent) {
      return absl::InvalidArgumentError(absl::StrCat("network.bones has (", child, ", ", parent,
                                                     "); both must be different nodes below ", config.nodes));
    }
  }
  return absl::OkStatus();
}

// Only the weights of the wide convolutions; the others are few in comparison.
double ParameterEstimate(const NetworkConfig& config) {
  double parameters = 0;
  for (const Stage& stage : Stages(config)) {
    const double in = stage.in_channels, out = stage.out_channels;
    const double filters = static_cast<double>(config.num_filters) * stage.graph_channels;
    parameters += 3 * in * filters + filters * out + 2 * in * out + 3 * out * out;
  }
  const double graph = GraphChannels(config);
  const double nodes = config.nodes;
  const double joint_head = 24.0 * config.joint_channels * config.joint_channels;
  return parameters + joint_head + graph * (graph + 2.0 * config.num_prototypes) +
         nodes * nodes * (config.contrast_channels + config.num_filters * config.num_stages);
}

absl::Status ValidateStages(const NetworkConfig& config) {
  if (config.base_channels == config.in_channels) {
    return absl::InvalidArgumentError("network.base_channels must differ from network.in_channels");
  }
  const double widest =
      config.base_channels * std::pow(config.ch_ratio, static_cast<double>(config.inflate_stages.size()));
  if (widest > kMaxChannels) {
    return absl::InvalidArgumentError(absl::StrCat("network.ch_ratio widens the last stage to ", widest,
                                                   " channels; at most ", kMaxChannels));
  }
  for (const Stage& stage : Stages(config)) {
    if (stage.graph_channels < 1) {
      return absl::InvalidArgumentError(absl::StrCat("network.filter_ratio leaves no channel of ",
                                                     stage.out_channels, " for a filter's graph"));
    }
  }
  if (ParameterEstimate(config) > kMaxParameters) {
    return absl::InvalidArgumentError(absl::StrCat("the network has about ", ParameterEstimate(config),
                                                   " parameters; at most ", kMaxParameters));
  }
  const int shrink = 1 << std::min<size_t>(config.down_stages.size(), 16);
  if (config.window < shrink) {
    return absl::InvalidArgumentError(
        absl::StrCat("network.window is ", config.window, "; down_stages need at least ", shrink));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status NetworkConfig::Validate() const {
  if (layout.empty()) return absl::InvalidArgumentError("network.layout is empty");
  for (const absl::Status& status :
       {InRange("nodes", nodes, 1, kMaxNodes), InRange("window", window, 1, kMaxWindow),
        InRange("in_channels", in_channels, 1, kMaxChannels),
        InRange("base_channels", base_channels, 6, kMaxChannels), InRange("ch_ratio", ch_ratio, 1.0, 64.0),
        InRange("num_stages", num_stages, 1, kMaxStages),
        ValidateStageList("inflate_stages", inflate_stages, num_stages),
        ValidateStageList("down_stages", down_stages, num_stages),
        InRange("num_filters", num_filters, 1, kMaxFilters), InRange("filter_ratio", filter_ratio, 0.0, 1.0),
        InRange("num_prototypes", num_prototypes, 1, kMaxChannels),
        InRange("contrast_channels", contrast_channels, 1, kMaxChannels),
        InRange("classes", classes, 1, kMaxClasses), InRange("head_dropout", head_dropout, 0.0, 0.95),
        InRange("joint_channels", joint_channels, 0, kMaxChannels)}) {
    if (!status.ok()) return status;
  }
  if (joint_channels % kJointHeads != 0) {
    return absl::InvalidArgumentError(absl::StrCat("network.joint_channels is ", joint_channels,
                                                   "; it must be a multiple of ", kJointHeads));
  }
  if (joint_head != kFaultsHead && joint_head != kDecoderHead) {
    return absl::InvalidArgumentError(absl::StrCat("network.joint_head is \"", joint_head, "\"; known are ",
                                                   kFaultsHead, " and ", kDecoderHead));
  }
  if (joint_coefficients != 0) {
    if (auto status = InRange("joint_coefficients", joint_coefficients, nodes, kMaxNodes); !status.ok()) {
      return status;
    }
  }
  if (auto status = ValidateBones(*this); !status.ok()) return status;
  return ValidateStages(*this);
}

std::vector<Stage> Stages(const NetworkConfig& config) {
  const auto contains = [](const std::vector<int>& stages, int stage) {
    return std::find(stages.begin(), stages.end(), stage) != stages.end();
  };
  std::vector<Stage> stages;
  int inflations = 0;
  int in_channels = config.in_channels;
  for (int number = 1; number <= config.num_stages; ++number) {
    if (contains(config.inflate_stages, number)) ++inflations;
    Stage stage;
    stage.in_channels = in_channels;
    stage.out_channels =
        static_cast<int>(config.base_channels * std::pow(config.ch_ratio, inflations) + kRounding);
    stage.stride = contains(config.down_stages, number) ? 2 : 1;
    stage.graph_channels = static_cast<int>(config.filter_ratio * stage.out_channels);
    stage.residual = number > 1;
    stages.push_back(stage);
    in_channels = stage.out_channels;
  }
  return stages;
}

int GraphChannels(const NetworkConfig& config) {
  return config.num_filters * Stages(config).back().graph_channels;
}

int FeatureChannels(const NetworkConfig& config) { return Stages(config).back().out_channels; }

}  // namespace trackfit::protogcn
