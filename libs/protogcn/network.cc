#include "protogcn/network.h"

#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/runtime/graph_executor.h>

#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"

namespace trackfit::protogcn {
namespace {

using torch::Tensor;
using torch::jit::Module;

// Upstream's random graphs: normal with this mean and deviation.
constexpr double kGraphMean = 0.04;
constexpr double kGraphDeviation = 0.02;
constexpr double kHeadDeviation = 0.01;
constexpr double kNodeDeviation = 0.1;
constexpr int kCourseSteps = 8;  // in which a joint head sees a window

// Dilations of the four temporal convolutions of a stage; a max pooling and a plain branch follow.
constexpr int kDilations[] = {1, 2, 3, 4};
constexpr int kBranches = 6;

// The children of upstream's nn.Sequential and nn.ModuleList are numbered; in TorchScript only getattr can
// name an attribute "0".

constexpr char kPointwiseSource[] = R"(
def forward(self, x):
    return torch.conv2d(x, self.weight, self.bias)
)";

constexpr char kBatchNormSource[] = R"(
def forward(self, x):
    return torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, self.training,
                            0.1, 1e-05, True)

def scale(self):
    return self.weight * torch.rsqrt(self.running_var + 1e-05)
)";

constexpr char kConvNormSource[] = R"(
def forward(self, x):
    return getattr(self, "1").forward(getattr(self, "0").forward(x))
)";

// $0: stride. Upstream's unit_tcn with a kernel of one.
constexpr char kResidualSource[] = R"(
def forward(self, x):
    return self.bn.forward(torch.conv2d(x, self.conv.weight, self.conv.bias, [$0, 1]))
)";

// The start of a branch, conv and norm in one: serving runs all branches' as a single convolution.
constexpr char kBranchEntrySource[] = R"(
def forward(self, x):
    return self.temporal(torch.relu(getattr(self, "1").forward(getattr(self, "0").forward(x))))

def folded_weight(self):
    return getattr(self, "0").weight * getattr(self, "1").scale().reshape([-1, 1, 1, 1])

def folded_bias(self):
    norm = getattr(self, "1")
    return (getattr(self, "0").bias - norm.running_mean) * norm.scale() + norm.bias
)";

// $0: stride, $1: dilation.
constexpr char kTemporalConvSource[] = R"(
def temporal(self, x):
    conv = getattr(self, "3").conv
    return torch.conv2d(x, conv.weight, conv.bias, [$0, 1], [$1, 0], [$1, 1])
)";

// $0: stride.
constexpr char kTemporalMaxSource[] = R"(
def temporal(self, x):
    return torch.max_pool2d(x, [3, 1], [$0, 1], [1, 0])
)";

// $0: stride.
constexpr char kPlainBranchSource[] = R"(
def forward(self, x):
    return torch.conv2d(x, self.weight, self.bias, [$0, 1])
)";

// $0: stride, $1: channels of the first branch, $2: channels of each other branch. In evaluation the entries
// of all branches run as one convolution, whose weights freezing makes constant.
constexpr char kBranchesSource[] = R"(
def trained(self, x):
    return torch.cat([getattr(self, "0").forward(x), getattr(self, "1").forward(x),
                      getattr(self, "2").forward(x), getattr(self, "3").forward(x),
                      getattr(self, "4").forward(x), getattr(self, "5").forward(x)], 1)

def served(self, x):
    b0 = getattr(self, "0")
    b1 = getattr(self, "1")
    b2 = getattr(self, "2")
    b3 = getattr(self, "3")
    b4 = getattr(self, "4")
    b5 = getattr(self, "5")
    weight = torch.cat([b0.folded_weight(), b1.folded_weight(), b2.folded_weight(), b3.folded_weight(),
                        b4.folded_weight(), b5.weight], 0)
    bias = torch.cat([b0.folded_bias(), b1.folded_bias(), b2.folded_bias(), b3.folded_bias(),
                      b4.folded_bias(), b5.bias], 0)
    entries = torch.split_with_sizes(torch.conv2d(x, weight, bias), [$1, $2, $2, $2, $2, $2], 1)
    return torch.cat([b0.temporal(torch.relu(entries[0])), b1.temporal(torch.relu(entries[1])),
                      b2.temporal(torch.relu(entries[2])), b3.temporal(torch.relu(entries[3])),
                      b4.temporal(torch.relu(entries[4])), entries[5][:, :, ::$0]], 1)

def forward(self, x):
    if self.training:
        y = self.trained(x)
    else:
        y = self.served(x)
    return y
)";

constexpr char kTransformSource[] = R"(
def forward(self, x):
    return getattr(self, "2").forward(torch.relu(getattr(self, "0").forward(x)))
)";

// $0: nodes. The mean over the joints rides along as one more joint and is mixed in by a learned coefficient.
constexpr char kTemporalSource[] = R"(
def forward(self, x):
    y = self.branches.forward(torch.cat([x, torch.mean(x, [3], True)], 3))
    y = torch.addcmul(y[:, :, :, :$0], y[:, :, :, $0:], self.add_coeff[:$0])
    return self.bn.forward(self.transform.forward(y))
)";

// $0: filters, $1: channels per filter, $2: their product, $3: nodes, $4: the shortcut. Upstream averages
// conv1(x) and conv2(x) over time; averaging x first is the same and saves T - 1 of T parts.
constexpr char kGraphSource[] = R"(
def forward(self, x):
    n = x.size(0)
    t = x.size(2)
    mean = torch.mean(x, [2], True)
    a = self.conv1.forward(mean).reshape([n, $0, $1, $3])
    b = self.conv2.forward(mean).reshape([n, $0, $1, $3])
    inter = torch.tanh(a.unsqueeze(-1) - b.unsqueeze(-2))
    intra = torch.softmax(torch.matmul(a.transpose(2, 3), b), -2) * self.beta[0]
    graph = torch.addcmul(intra.unsqueeze(2), inter, self.alpha[0])
    adjacency = (graph + self.A.unsqueeze(1)).reshape([n * $2, $3, $3])
    h = torch.relu(self.pre.forward(x)).reshape([n * $2, t, $3])
    y = self.bn.forward(self.post.forward(torch.bmm(h, adjacency).reshape([n, $2, t, $3])))
    return torch.relu(y + $4), graph.reshape([n, $2, $3, $3])
)";

// $0: the term that the residual adds.
constexpr char kStageSource[] = R"(
def forward(self, x):
    y, graph = self.gcn.forward(x)
    return torch.relu(self.tcn.forward(y)$0), graph
)";

constexpr char kPrototypesSource[] = R"(
def response(self, x):
    return torch.softmax(torch.linear(x, self.query_matrix.weight), -1)

def recall(self, response):
    return torch.dropout(torch.linear(response, self.memory_matrix.weight), 0.1, self.training)
)";

// $0: nodes, $1: input channels, $2: graph channels, $3: one line per stage.
constexpr char kBackboneSource[] = R"(
def reconstruct(self, graph):
    n = graph.size(0)
    response = self.prn.response(graph.reshape([n, $2, $0 * $0]).transpose(1, 2))
    prn_graph = self.prn.recall(response).transpose(1, 2).reshape([n, $2, $0, $0])
    recon_graph = torch.relu(self.bn.forward(self.post.forward(prn_graph)))
    return prn_graph, recon_graph, response

def forward(self, x):
    n = x.size(0)
    m = x.size(1)
    t = x.size(2)
    y = self.data_bn.forward(x.permute([0, 1, 3, 4, 2]).reshape([n * m, $0 * $1, t]))
    y = y.reshape([n * m, $0, $1, t]).permute([0, 2, 3, 1]).contiguous()
    s = self.gcn
$3
    pooled = torch.mean(y, [2, 3]).reshape([n, m, -1]).mean([1])
    graph = graph.reshape([n, m, $2, $0, $0]).mean([1])
    return pooled, graph
)";

// $0: dropout.
constexpr char kHeadSource[] = R"(
def forward(self, pooled):
    return torch.linear(torch.dropout(pooled, $0, self.training), self.fc_cls.weight, self.fc_cls.bias)

def contrast(self, recon_mean):
    return torch.linear(recon_mean, self.csc_loss.cl_fc.weight, self.csc_loss.cl_fc.bias)
)";

// Not upstream's. Of every node and of the bone that it ends: the course over the window in $0 steps, mean,
// spread and extremes; then attention among the nodes, for whether a joint is wrong shows in the others. It
// shares nothing with the backbone: what tells exercises apart forgets just those differences that it is
// after, and it can be trained alone, much faster. $1: one line per block.
constexpr char kJointHeadSource[] = R"(
def statistics(self, x):
    n = x.size(0)
    v = x.size(2)
    course = torch.adaptive_avg_pool1d(x.permute([0, 2, 3, 1]).flatten(1, 2), [$0]).reshape([n, v, -1])
    spread, mean = torch.var_mean(x, [1], False)
    return torch.cat([course, mean, torch.sqrt(spread + 1e-06), torch.amin(x, [1]), torch.amax(x, [1])], 2)

def forward(self, x):
    posture = x.mean([1])
    bones = posture - posture.index_select(2, self.parent)
    lengths = torch.sqrt((bones * bones).sum([3]) + 1e-06)
    length_spread, length_mean = torch.var_mean(lengths, [1], False)
    steps = posture[:, 1:] - posture[:, :-1]
    speed = torch.sqrt((steps * steps).sum([3]) + 1e-06).mean([1])
    features = torch.cat([self.statistics(posture), self.statistics(bones),
                          torch.stack([length_mean, torch.sqrt(length_spread + 1e-06), speed], 2)], 2)
    y = self.entry.forward(features) + self.node
$1
    return self.exit.forward(self.norm.forward(y)).squeeze(2)
)";

// Not upstream's either: a masked-joint decoder. As many copies of the body as nodes; in each one node and
// the limb that hangs on it (`hidden`, a row per copy) is covered, and the rest tells its course over the
// window in $0 steps, in $1 channels. $2: one line per block.
constexpr char kJointDecoderSource[] = R"(
def forward(self, x):
    n = x.size(0)
    v = x.size(3)
    posture = x.mean([1])
    course = torch.adaptive_avg_pool1d(posture.permute([0, 2, 3, 1]).flatten(1, 2), [$0]).reshape([n, v, -1])
    hidden = self.hidden.unsqueeze(2).to(course)
    seen = self.entry.forward(course.unsqueeze(1) * (1 - hidden)) + self.node + self.veil * hidden
    y = seen.flatten(0, 1)
$2
    asked = torch.diagonal(y.reshape([n, v, v, -1]), 0, 1, 2).transpose(1, 2)
    expected = self.exit.forward(self.norm.forward(asked))
    away = (expected - course).reshape([n, v, $1, $0])
    return torch.sqrt((away * away).sum([2]) + 1e-06).mean([2])
)";

// $0: heads, $1: channels per head.
constexpr char kAttentionSource[] = R"(
def forward(self, x):
    n = x.size(0)
    v = x.size(1)
    parts = self.parts.forward(self.norm1.forward(x)).reshape([n, v, 3, $0, $1]).permute([2, 0, 3, 1, 4])
    weights = torch.softmax(torch.matmul(parts[0], parts[1].transpose(2, 3)) * $1 ** -0.5, -1)
    heard = torch.matmul(weights, parts[2]).transpose(1, 2).reshape([n, v, $0 * $1])
    y = x + self.mix.forward(heard)
    return y + self.narrow.forward(torch.relu(self.widen.forward(self.norm2.forward(y))))
)";

constexpr char kLayerNormSource[] = R"(
def forward(self, x):
    return torch.layer_norm(x, [$0], self.weight, self.bias)
)";

constexpr char kLinearSource[] = R"(
def forward(self, x):
    return torch.linear(x, self.weight, self.bias)
)";

// $0: the joint head's term of the answer.
constexpr char kNetworkSource[] = R"(
def reconstruct(self, graph):
    return self.backbone.reconstruct(graph)

def contrast(self, recon_mean):
    return self.cls_head.contrast(recon_mean)

def forward(self, x):
    pooled, graph = self.backbone.forward(x)
    prn_graph, recon_graph, response = self.backbone.reconstruct(graph)
    recon_mean = recon_graph.mean([1]).reshape([x.size(0), -1])
    return self.cls_head.forward(pooled), pooled, graph, recon_graph, recon_mean, response$0
)";

// The bone tree as three graphs [3, V, V]: each joint itself, towards the centre, away from it; columns sum
// to one.
Tensor BoneGraphs(const NetworkConfig& config) {
  const int64_t nodes = config.nodes;
  Tensor inward = torch::zeros({nodes, nodes});
  for (const auto& [child, parent] : config.bones) inward[parent][child] = 1;
  const auto normalised = [](const Tensor& graph) { return graph / graph.sum(0, true).clamp_min(1); };
  return torch::stack({torch::eye(nodes), normalised(inward), normalised(inward.t())});
}

// [V, V]: true where the column's node is the row's or hangs on it, away from the centre. What carries more
// than a limb, a quarter of the nodes, stands for itself alone.
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

  Module Network() {
    Module network = Make("Network");
    network.register_module("backbone", Backbone());
    network.register_module("cls_head", Head());
    std::string joints;
    if (config_.joint_channels > 0) {
      network.register_module("joint_head",
                              config_.joint_head == kDecoderHead ? JointDecoder() : JointHead());
      joints = ", self.joint_head.forward(x)";
    }
    network.define(absl::Substitute(kNetworkSource, joints));
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
    const double bound = 1 / std::sqrt(static_cast<double>(weight.numel() / shape[0]));
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
    module.define(kPointwiseSource);
    return module;
  }

  Module BatchNorm(int channels) {
    Module module = Make("BatchNorm");
    module.register_parameter("weight", torch::ones({channels}), false);
    module.register_parameter("bias", torch::zeros({channels}), false);
    module.register_buffer("running_mean", torch::zeros({channels}));
    module.register_buffer("running_var", torch::ones({channels}));
    module.register_buffer("num_batches_tracked", torch::zeros({}, torch::kLong));
    module.define(kBatchNormSource);
    return module;
  }

  Module ConvNorm(int in, int out) {
    Module module = Make("ConvNorm");
    module.register_module("0", Pointwise(in, out));
    module.register_module("1", BatchNorm(out));
    module.define(kConvNormSource);
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
      module.define(absl::Substitute(kTemporalConvSource, stride, dilation));
    } else {
      module.define(absl::Substitute(kTemporalMaxSource, stride));
    }
    module.define(kBranchEntrySource);
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
    plain.define(absl::Substitute(kPlainBranchSource, stride));
    module.register_module("5", plain);
    module.define(absl::Substitute(kBranchesSource, stride, first, others));
    return module;
  }

  Module TemporalUnit(int channels, int stride) {
    const int coefficients = config_.joint_coefficients > 0 ? config_.joint_coefficients : config_.nodes;
    Module transform = Make("Transform");
    transform.register_module("0", BatchNorm(channels));
    transform.register_module("2", Pointwise(channels, channels));
    transform.define(kTransformSource);

    Module module = Make("TemporalUnit");
    module.register_parameter("add_coeff", torch::zeros({coefficients}), false);
    module.register_module("branches", Branches(channels, stride));
    module.register_module("transform", transform);
    module.register_module("bn", BatchNorm(channels));
    module.define(absl::Substitute(kTemporalSource, config_.nodes));
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
    module.define(absl::Substitute(kGraphSource, config_.num_filters, stage.graph_channels, width,
                                   config_.nodes, widens ? "self.down.forward(x)" : "x"));
    return module;
  }

  Module Residual(const Stage& stage) {
    Module module = Make("Residual");
    module.register_module("conv", Weights("Conv", {stage.out_channels, stage.in_channels, 1, 1}));
    module.register_module("bn", BatchNorm(stage.out_channels));
    module.define(absl::Substitute(kResidualSource, stage.stride));
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
    module.define(absl::Substitute(kStageSource, term));
    return module;
  }

  Module Prototypes(int channels) {
    Module module = Make("Prototypes");
    module.register_module("query_matrix", Weights("Linear", {config_.num_prototypes, channels}, false));
    module.register_module("memory_matrix", Weights("Linear", {channels, config_.num_prototypes}, false));
    module.define(kPrototypesSource);
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
    module.define(absl::Substitute(kBackboneSource, config_.nodes, config_.in_channels, graph_channels,
                                   absl::StrJoin(calls, "\n")));
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
    module.define(absl::Substitute(kHeadSource, absl::StrFormat("%.6f", config_.head_dropout)));
    return module;
  }

  Module Linear(int64_t out, int64_t in) {
    Module module = Weights("Linear", {out, in});
    module.define(kLinearSource);
    return module;
  }

  Module LayerNorm(int channels) {
    Module module = Make("LayerNorm");
    module.register_parameter("weight", torch::ones({channels}), false);
    module.register_parameter("bias", torch::zeros({channels}), false);
    module.define(absl::Substitute(kLayerNormSource, channels));
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
    module.define(absl::Substitute(kAttentionSource, kJointHeads, width / kJointHeads));
    return module;
  }

  // Both joint heads: a token for every node from `features` numbers, attention among them, `answers` numbers
  // for each. Gives the lines that run the blocks.
  std::string AddTokens(Module& module, int features, int answers) {
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
    module.register_module("exit", Linear(answers, width));
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
    module.define(absl::Substitute(kJointHeadSource, kCourseSteps, blocks));
    return module;
  }

  Module JointDecoder() {
    const int width = config_.joint_channels, numbers = kCourseSteps * config_.in_channels;
    Module module = Make("JointDecoder");
    module.register_buffer("hidden", HangingNodes(config_));
    module.register_parameter("veil", torch::empty({width}).normal_(0, kNodeDeviation, generator_), false);
    const std::string blocks = AddTokens(module, numbers, numbers);
    module.define(absl::Substitute(kJointDecoderSource, kCourseSteps, config_.in_channels, blocks));
    return module;
  }

  const NetworkConfig& config_;
  std::shared_ptr<torch::jit::CompilationUnit> unit_;
  at::Generator generator_;
};

}  // namespace

absl::StatusOr<Module> BuildNetwork(const NetworkConfig& config, uint64_t seed) {
  if (absl::Status status = config.Validate(); !status.ok()) return status;
  try {
    torch::NoGradGuard no_grad;
    Module network = NetworkBuilder(config, seed).Network();
    for (Tensor parameter : network.parameters()) parameter.requires_grad_(true);
    return network;
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("cannot build the network: ", error.what()));
  }
}

bool DecodesJoints(const Module& network) {
  return network.hasattr("joint_head") && network.attr("joint_head").toModule().hasattr("hidden");
}

NetworkOutput Forward(Module& network, const Tensor& input) {
  const auto outputs = network.forward({input}).toTuple();
  const auto tensor = [&outputs](size_t index) { return outputs->elements().at(index).toTensor(); };
  const bool has_joints = outputs->elements().size() > 6;
  return {
      tensor(0), tensor(1), tensor(2), tensor(3), tensor(4), tensor(5), has_joints ? tensor(6) : Tensor()};
}

absl::StatusOr<Module> FreezeNetwork(const Module& network) {
  try {
    // Without the optimiser, which training switches off, freezing leaves calls of methods that it removes.
    const torch::jit::GraphOptimizerEnabledGuard optimise(true);
    Module copy = network.deepcopy();
    copy.eval();
    return torch::jit::freeze(copy);
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("cannot freeze the network: ", error.what()));
  }
}

Tensor JointErrors(const Tensor& graph, const Tensor& recon_graph) {
  const Tensor error = (graph - recon_graph).abs().mean(1);
  return error.sum(2) + error.sum(1);
}

}  // namespace trackfit::protogcn
