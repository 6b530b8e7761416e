#include "protogcn/network.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "protogcn/network_script.h"
#include "protogcn/network_torch.h"

namespace trackfit::protogcn {
namespace {

using torch::Tensor;
using torch::jit::Module;

// Upstream's random graphs: normal with this mean and deviation.
constexpr double kGraphMean = 0.04;
constexpr double kGraphDeviation = 0.02;
constexpr double kHeadDeviation = 0.01;
constexpr double kNodeDeviation = 0.1;
constexpr int kCourseSteps = 8;  // to which a joint head pools the course of a window

// With other classes these parameters mean something else.
constexpr char kClassifierPrefix[] = "cls_head.fc_cls.";
constexpr char kJointHeadPrefix[] = "joint_head.";

// Dilations of the four temporal convolutions of a stage; a max pooling and a plain branch follow.
constexpr int kDilations[] = {1, 2, 3, 4};
constexpr int kBranches = 6;

// The bone tree as three graphs [3, V, V]: each joint itself, towards the centre, away from it; columns sum
// to one.
Tensor BoneGraphs(const NetworkConfig& config) {
  const int64_t nodes = config.nodes;
  Tensor inward = torch::zeros({nodes, nodes});
  for (const auto& [child, parent] : config.bones) inward[parent][child] = 1;
  const auto normalised = [](const Tensor& graph) { return graph / graph.sum(0, true).clamp_min(1); };
  return torch::stack({torch::eye(nodes), normalised(inward), normalised(inward.t())});
}

// [V, V]: true where the column's node is the row's or a descendant of it, away from the centre. A node that
// carries more than a limb, i.e. a quarter of the nodes, counts without its descendants.
Tensor HangingNodes(const NetworkConfig& config) {
  const int64_t nodes = config.nodes;
  Tensor towards_centre = torch::zeros({nodes, nodes});
  for (const auto& [child, parent] : config.bones) towards_centre[child][parent] = 1;
  Tensor hanging = torch::eye(nodes), step = torch::eye(nodes);
  for (int64_t depth = 1; depth < nodes; ++depth) {
    step = torch::mm(step, towards_centre);
    hanging += step.t();
  }
  const Tensor carried = hanging.gt(0);
  const Tensor limb = carried.sum(1, true).le(static_cast<double>(nodes) / 4);
  return carried.logical_and(limb).logical_or(torch::eye(nodes).gt(0));
}

// Builds modules bottom-up; every module owns its weights, its children and the script of its methods.
class NetworkBuilder {
 public:
  NetworkBuilder(const NetworkConfig& config, uint64_t seed)
      : config_(config),
        unit_(std::make_shared<torch::jit::CompilationUnit>()),
        generator_(at::detail::createCPUGenerator(seed)) {}

  Module Build() {
    Module network = Make("Network");
    network.register_module("backbone", Backbone());
    network.register_module("cls_head", Head());
    std::string joints;
    if (config_.joint_channels > 0) {
      network.register_module("joint_head",
                              config_.joint_head == kDecoderHead ? JointDecoder() : JointHead());
      joints = ", self.joint_head.forward(x)";
    }
    network.define(NetworkScript(joints));
    return network;
  }

 private:
  Module Make(const std::string& name) {
    Module module(c10::QualifiedName(absl::StrCat("__torch__.protogcn.", name)), unit_,
                  /*shouldMangle=*/true);
    module.register_attribute("training", c10::BoolType::get(), true);
    return module;
  }

  // PyTorch's default: uniform within 1 / sqrt(fan in), for the weight and for the bias.
  void AddWeights(Module& module, std::vector<int64_t> shape, bool bias) {
    Tensor weight = torch::empty(shape);
    const int64_t fan_in = weight.numel() / shape[0];
    const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
    module.register_parameter("weight", weight.uniform_(-bound, bound, generator_), false);
    if (bias) {
      module.register_parameter("bias", torch::empty({shape[0]}).uniform_(-bound, bound, generator_), false);
    }
  }

  Module Weights(const std::string& name, const std::vector<int64_t>& shape, bool bias = true) {
    Module module = Make(name);
    AddWeights(module, shape, bias);
    return module;
  }

  Module Pointwise(int in, int out) {
    Module module = Weights("Pointwise", {out, in, 1, 1});
    module.define(PointwiseScript());
    return module;
  }

  Module BatchNorm(int channels) {
    Module module = Make("BatchNorm");
    module.register_parameter("weight", torch::ones({channels}), false);
    module.register_parameter("bias", torch::zeros({channels}), false);
    module.register_buffer("running_mean", torch::zeros({channels}));
    module.register_buffer("running_var", torch::ones({channels}));
    module.register_buffer("num_batches_tracked", torch::zeros({}, torch::kLong));
    module.define(BatchNormScript());
    return module;
  }

  Module ConvNorm(int in, int out) {
    Module module = Make("ConvNorm");
    module.register_module("0", Pointwise(in, out));
    module.register_module("1", BatchNorm(out));
    module.define(ConvNormScript());
    return module;
  }

  Module Branch(int in, int out, int stride, int dilation) {
    Module module = Make("Branch");
    module.register_module("0", Pointwise(in, out));
    module.register_module("1", BatchNorm(out));
    if (dilation > 0) {
      Module temporal = Make("Temporal");
      temporal.register_module("conv", Weights("Conv", {out, out, 3, 1}));
      module.register_module("3", temporal);
      module.define(TemporalConvScript(stride, dilation));
    } else {
      module.define(TemporalMaxScript(stride));
    }
    module.define(BranchEntryScript());
    return module;
  }

  Module Branches(int channels, int stride) {
    const int others = channels / kBranches;
    const int first = channels - (kBranches - 1) * others;
    Module module = Make("Branches");
    int index = 0;
    for (const int dilation : kDilations) {
      module.register_module(absl::StrCat(index),
                             Branch(channels, index == 0 ? first : others, stride, dilation));
      ++index;
    }
    module.register_module("4", Branch(channels, others, stride, /*dilation=*/0));
    Module plain = Weights("Plain", {others, channels, 1, 1});
    plain.define(PlainBranchScript(stride));
    module.register_module("5", plain);
    module.define(BranchesScript(stride, first, others));
    return module;
  }

  Module TemporalUnit(int channels, int stride) {
    const int coefficients = config_.joint_coefficients > 0 ? config_.joint_coefficients : config_.nodes;
    Module transform = Make("Transform");
    transform.register_module("0", BatchNorm(channels));
    transform.register_module("2", Pointwise(channels, channels));
    transform.define(TransformScript());

    Module module = Make("TemporalUnit");
    module.register_parameter("add_coeff", torch::zeros({coefficients}), false);
    module.register_module("branches", Branches(channels, stride));
    module.register_module("transform", transform);
    module.register_module("bn", BatchNorm(channels));
    module.define(TemporalScript(config_.nodes));
    return module;
  }

  // Upstream's random graphs; where bones are known, the first three also hold the bone tree.
  Tensor Graphs() {
    Tensor graphs = torch::empty({config_.num_filters, config_.nodes, config_.nodes})
                        .normal_(kGraphMean, kGraphDeviation, generator_);
    if (!config_.bones.empty() && config_.num_filters >= 3) {
      graphs.narrow(0, 0, 3) += BoneGraphs(config_);
    }
    return graphs;
  }

  Module GraphUnit(const Stage& stage) {
    const int width = config_.num_filters * stage.graph_channels;
    const bool widens = stage.in_channels != stage.out_channels;
    Module module = Make("GraphUnit");
    module.register_parameter("A", Graphs(), false);
    module.register_parameter("alpha", torch::zeros({config_.num_filters}), false);
    module.register_parameter("beta", torch::zeros({config_.num_filters}), false);
    module.register_module("pre", ConvNorm(stage.in_channels, width));
    module.register_module("post", Pointwise(width, stage.out_channels));
    module.register_module("conv1", Pointwise(stage.in_channels, width));
    module.register_module("conv2", Pointwise(stage.in_channels, width));
    if (widens) module.register_module("down", ConvNorm(stage.in_channels, stage.out_channels));
    module.register_module("bn", BatchNorm(stage.out_channels));
    module.define(GraphScript(config_.num_filters, stage.graph_channels, width, config_.nodes,
                              widens ? "self.down.forward(x)" : "x"));
    return module;
  }

  Module Residual(const Stage& stage) {
    Module module = Make("Residual");
    module.register_module("conv", Weights("Conv", {stage.out_channels, stage.in_channels, 1, 1}));
    module.register_module("bn", BatchNorm(stage.out_channels));
    module.define(ResidualScript(stage.stride));
    return module;
  }

  Module StageModule(const Stage& stage) {
    Module module = Make("Stage");
    module.register_module("gcn", GraphUnit(stage));
    module.register_module("tcn", TemporalUnit(stage.out_channels, stage.stride));
    const bool projects = stage.in_channels != stage.out_channels || stage.stride != 1;
    std::string term;
    if (stage.residual && projects) {
      module.register_module("residual", Residual(stage));
      term = " + self.residual.forward(x)";
    } else if (stage.residual) {
      term = " + x";
    }
    module.define(StageScript(term));
    return module;
  }

  Module Prototypes(int channels) {
    Module module = Make("Prototypes");
    module.register_module("query_matrix", Weights("Linear", {config_.num_prototypes, channels}, false));
    module.register_module("memory_matrix", Weights("Linear", {channels, config_.num_prototypes}, false));
    module.define(PrototypesScript());
    return module;
  }

  Module Backbone() {
    const int graph_channels = GraphChannels(config_);
    Module stages = Make("Stages");
    std::vector<std::string> calls;
    for (const Stage& stage : Stages(config_)) {
      const size_t index = calls.size();
      stages.register_module(absl::StrCat(index), StageModule(stage));
      calls.push_back(absl::StrCat("    y, graph = getattr(s, \"", index, "\").forward(y)"));
    }
    Module module = Make("Backbone");
    module.register_module("data_bn", BatchNorm(config_.in_channels * config_.nodes));
    module.register_module("gcn", stages);
    module.register_module("post", Pointwise(graph_channels, graph_channels));
    module.register_module("bn", BatchNorm(graph_channels));
    module.register_module("prn", Prototypes(graph_channels));
    module.define(
        BackboneScript(config_.nodes, config_.in_channels, graph_channels, absl::StrJoin(calls, "\n")));
    return module;
  }

  Module Head() {
    Module contrast = Make("Contrast");
    contrast.register_module("cl_fc",
                             Weights("Linear", {config_.contrast_channels, config_.nodes * config_.nodes}));
    Module classifier = Make("Linear");
    classifier.register_parameter(
        "weight",
        torch::empty({config_.classes, FeatureChannels(config_)}).normal_(0, kHeadDeviation, generator_),
        false);
    classifier.register_parameter("bias", torch::zeros({config_.classes}), false);

    Module module = Make("Head");
    module.register_module("csc_loss", contrast);
    module.register_module("fc_cls", classifier);
    module.define(HeadScript(config_.head_dropout));
    return module;
  }

  Module Linear(int64_t out, int64_t in) {
    Module module = Weights("Linear", {out, in});
    module.define(LinearScript());
    return module;
  }

  Module LayerNorm(int channels) {
    Module module = Make("LayerNorm");
    module.register_parameter("weight", torch::ones({channels}), false);
    module.register_parameter("bias", torch::zeros({channels}), false);
    module.define(LayerNormScript(channels));
    return module;
  }

  Module Attention(int width) {
    Module module = Make("Attention");
    module.register_module("norm1", LayerNorm(width));
    module.register_module("parts", Linear(3 * width, width));
    module.register_module("mix", Linear(width, width));
    module.register_module("norm2", LayerNorm(width));
    module.register_module("widen", Linear(2 * width, width));
    module.register_module("narrow", Linear(width, 2 * width));
    module.define(AttentionScript(kJointHeads, width / kJointHeads));
    return module;
  }

  // For both joint heads: a token per node from `features` numbers, attention between the tokens, `outputs`
  // numbers per token. Returns the lines that run the blocks.
  std::string AddTokens(Module& module, int features, int outputs) {
    constexpr int kBlocks = 3;
    const int width = config_.joint_channels;
    module.register_parameter(
        "node", torch::empty({config_.nodes, width}).normal_(0, kNodeDeviation, generator_), false);
    module.register_module("entry", Linear(width, features));
    std::vector<std::string> calls;
    for (int block = 0; block < kBlocks; ++block) {
      module.register_module(absl::StrCat("block", block), Attention(width));
      calls.push_back(absl::StrCat("    y = self.block", block, ".forward(y)"));
    }
    module.register_module("norm", LayerNorm(width));
    module.register_module("exit", Linear(outputs, width));
    return absl::StrJoin(calls, "\n");
  }

  Module JointHead() {
    constexpr int kStatistics = 4;
    std::vector<int64_t> parents(config_.nodes);
    std::iota(parents.begin(), parents.end(), 0);
    for (const auto& [child, parent] : config_.bones) parents[child] = parent;
    const int features = 2 * config_.in_channels * (kCourseSteps + kStatistics) + 3;
    Module module = Make("JointHead");
    module.register_buffer("parent", torch::tensor(parents, torch::kLong));
    const std::string blocks = AddTokens(module, features, 1);
    module.define(JointHeadScript(kCourseSteps, blocks));
    return module;
  }

  Module JointDecoder() {
    const int width = config_.joint_channels, numbers = kCourseSteps * config_.in_channels;
    Module module = Make("JointDecoder");
    module.register_buffer("hidden", HangingNodes(config_));
    module.register_parameter("veil", torch::empty({width}).normal_(0, kNodeDeviation, generator_), false);
    const std::string blocks = AddTokens(module, numbers, numbers);
    module.define(JointDecoderScript(kCourseSteps, config_.in_channels, blocks));
    return module;
  }

  const NetworkConfig& config_;
  std::shared_ptr<torch::jit::CompilationUnit> unit_;
  at::Generator generator_;
};

}  // namespace

Network::Network(const Module& module) : module_(std::make_shared<Module>(module)) {}

absl::StatusOr<Network> BuildNetwork(const NetworkConfig& config, uint64_t seed) {
  if (absl::Status status = config.Validate(); !status.ok()) return status;
  try {
    torch::NoGradGuard no_grad;
    Module module = NetworkBuilder(config, seed).Build();
    for (Tensor parameter : module.parameters()) parameter.requires_grad_(true);
    return Network(module);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("cannot build the network: ", error.what()));
  }
}

bool DecodesJoints(const Network& network) {
  const Module& module = network.module();
  return module.hasattr("joint_head") && module.attr("joint_head").toModule().hasattr("hidden");
}

NetworkOutput Forward(const Network& network, const Tensor& input) {
  Module module = network.module();  // each call its own handle: Module::forward() is not const
  const auto outputs = module.forward({input}).toTuple();
  const auto tensor = [&outputs](size_t index) { return outputs->elements().at(index).toTensor(); };
  const bool has_joints = outputs->elements().size() > 6;
  return {
      tensor(0), tensor(1), tensor(2), tensor(3), tensor(4), tensor(5), has_joints ? tensor(6) : Tensor()};
}

absl::StatusOr<Network> FreezeNetwork(const Network& network) {
  try {
    // Without the optimiser, which training switches off, freezing leaves calls of methods that it removes.
    const torch::jit::GraphOptimizerEnabledGuard optimise(true);
    Module copy = network.module().deepcopy();
    copy.eval();
    return Network(torch::jit::freeze(copy));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("cannot freeze the network: ", error.what()));
  }
}

Tensor JointErrors(const Tensor& graph, const Tensor& recon_graph) {
  const Tensor error = (graph - recon_graph).abs().mean(1);
  return error.sum(2) + error.sum(1);
}

CopiedWeights CopyWeights(const Network& from, const Network& to, bool same_classes) {
  torch::NoGradGuard no_grad;
  std::map<std::string, Tensor> source;
  for (const auto& item : from.module().named_parameters()) source[item.name] = item.value;
  for (const auto& item : from.module().named_buffers()) source[item.name] = item.value;
  const bool same_joint_head = DecodesJoints(from) == DecodesJoints(to);
  CopiedWeights count;
  const auto copy = [&](const std::string& name, const Tensor& target) {
    const auto found = source.find(name);
    const bool means_the_same = (same_classes || !absl::StartsWith(name, kClassifierPrefix)) &&
                                (same_joint_head || !absl::StartsWith(name, kJointHeadPrefix));
    if (found == source.end() || found->second.sizes() != target.sizes() || !means_the_same) {
      ++count.kept;
      return;
    }
    target.detach().copy_(found->second);
    ++count.copied;
  };
  for (const auto& item : to.module().named_parameters()) copy(item.name, item.value);
  for (const auto& item : to.module().named_buffers()) copy(item.name, item.value);
  return count;
}

}  // namespace trackfit::protogcn
