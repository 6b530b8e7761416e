#include "protogcn/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "protogcn/network_torch.h"
#include "support/small_network.h"

namespace trackfit::protogcn {
namespace {

using torch::Tensor;

Tensor Input(const NetworkConfig& config, int batch) {
  torch::manual_seed(3);
  return torch::randn({batch, 1, config.window, config.nodes, config.in_channels});
}

float Distance(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<float>(); }

TEST(Network, AnswersWithTheDocumentedShapes) {
  const NetworkConfig config = testing::SmallConfig();
  const Network network = testing::MakeNetwork(config);
  network.module().eval();
  torch::NoGradGuard no_grad;
  const NetworkOutput output = Forward(network, Input(config, 3));
  EXPECT_EQ(output.logits.sizes(), (torch::IntArrayRef{3, 3}));
  EXPECT_EQ(output.pooled.sizes(), (torch::IntArrayRef{3, 48}));
  EXPECT_EQ(output.graph.sizes(), (torch::IntArrayRef{3, 48, 20, 20}));
  EXPECT_EQ(output.recon_graph.sizes(), (torch::IntArrayRef{3, 48, 20, 20}));
  EXPECT_EQ(output.recon_mean.sizes(), (torch::IntArrayRef{3, 400}));
  EXPECT_EQ(output.response.sizes(), (torch::IntArrayRef{3, 400, 10}));
  EXPECT_EQ(JointErrors(output.graph, output.recon_graph).sizes(), (torch::IntArrayRef{3, 20}));
}

TEST(Network, TreatsABatchAsItsMembers) {
  const NetworkConfig config = testing::SmallConfig();
  const Network network = testing::MakeNetwork(config);
  network.module().eval();
  torch::NoGradGuard no_grad;
  const Tensor input = Input(config, 2);
  const NetworkOutput both = Forward(network, input);
  for (int i = 0; i < 2; ++i) {
    const NetworkOutput one = Forward(network, input.narrow(0, i, 1));
    EXPECT_LT(Distance(both.logits.narrow(0, i, 1), one.logits), 1e-5);
    EXPECT_LT(Distance(both.recon_graph.narrow(0, i, 1), one.recon_graph), 1e-5);
  }
}

TEST(Network, FrozenGivesTheSameAnswer) {
  const NetworkConfig config = testing::SmallConfig();
  const Network network = testing::MakeNetwork(config);
  auto frozen = FreezeNetwork(network);
  ASSERT_TRUE(frozen.ok()) << frozen.status();
  EXPECT_TRUE(network.module().is_training());
  network.module().eval();
  torch::NoGradGuard no_grad;
  const Tensor input = Input(config, 1);
  const NetworkOutput expected = Forward(network, input);
  for (int run = 0; run < 3; ++run) {
    const NetworkOutput actual = Forward(*frozen, input);
    EXPECT_LT(Distance(expected.logits, actual.logits), 1e-4);
    EXPECT_LT(Distance(expected.graph, actual.graph), 1e-4);
    EXPECT_LT(Distance(expected.recon_graph, actual.recon_graph), 1e-4);
    EXPECT_LT(Distance(expected.response, actual.response), 1e-4);
  }
}

TEST(Network, ServesTheBranchesOfAStageAsOneConvolutionOfConstants) {
  const NetworkConfig config = testing::SmallConfig();
  auto frozen = FreezeNetwork(testing::MakeNetwork(config));
  ASSERT_TRUE(frozen.ok()) << frozen.status();
  const std::string graph = frozen->module().get_method("forward").graph()->toString();
  const auto count = [&graph](const std::string& word) {
    size_t found = 0;
    for (size_t at = graph.find(word); at != std::string::npos; at = graph.find(word, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("aten::rsqrt"), 0) << "the folded weights are computed anew in every call";
  EXPECT_LE(count("aten::batch_norm"), 1 + 3)
      << "only the input's and the transforms' norms have no convolution before them";
}

TEST(Network, TrainingReachesEveryParameter) {
  const NetworkConfig config = testing::SmallConfig();
  const Network network = testing::MakeNetwork(config);
  network.module().train();
  const NetworkOutput output = Forward(network, Input(config, 4));
  const Tensor contrast = network.module().get_method("contrast")({output.recon_mean}).toTensor();
  const Tensor loss = torch::nll_loss(torch::log_softmax(output.logits, 1), torch::tensor({0, 1, 2, 0})) +
                      contrast.square().mean() + output.recon_graph.square().mean();
  loss.backward();
  for (const auto& item : network.module().named_parameters()) {
    ASSERT_TRUE(item.value.grad().defined()) << item.name;
    EXPECT_GT(item.value.grad().abs().sum().item<float>(), 0) << item.name;
  }
}

TEST(Network, TrainingFollowsTheBatchStatistics) {
  const NetworkConfig config = testing::SmallConfig();
  const Network network = testing::MakeNetwork(config);
  const Tensor mean =
      network.module().attr("backbone").toModule().attr("data_bn").toModule().attr("running_mean").toTensor();
  const Tensor before = mean.clone();
  network.module().eval();
  Forward(network, Input(config, 4));
  EXPECT_TRUE(mean.equal(before));
  network.module().train();
  Forward(network, Input(config, 4));
  EXPECT_FALSE(mean.equal(before));
}

TEST(Network, StartsTheSameForTheSameSeed) {
  const NetworkConfig config = testing::SmallConfig();
  auto first = BuildNetwork(config, 11), second = BuildNetwork(config, 11), third = BuildNetwork(config, 12);
  ASSERT_TRUE(first.ok() && second.ok() && third.ok());
  for (auto* network : {&*first, &*second, &*third}) network->module().eval();
  torch::NoGradGuard no_grad;
  const Tensor input = Input(config, 1);
  EXPECT_TRUE(Forward(*first, input).logits.equal(Forward(*second, input).logits));
  EXPECT_FALSE(Forward(*first, input).logits.equal(Forward(*third, input).logits));
}

TEST(Network, AveragesOverPeople) {
  const NetworkConfig config = testing::SmallConfig();
  const Network network = testing::MakeNetwork(config);
  network.module().eval();
  torch::NoGradGuard no_grad;
  const Tensor one = Input(config, 1);
  const Tensor twins = torch::cat({one, one}, 1);
  EXPECT_LT(Distance(Forward(network, one).logits, Forward(network, twins).logits), 1e-5);
}

struct BrokenConfig {
  const char* field;
  void (*breaks)(NetworkConfig&);
};

class NetworkConfigTest : public ::testing::TestWithParam<BrokenConfig> {};

TEST_P(NetworkConfigTest, NamesTheBrokenField) {
  NetworkConfig config = testing::SmallConfig();
  GetParam().breaks(config);
  const absl::Status status = config.Validate();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(GetParam().field));
  EXPECT_FALSE(BuildNetwork(config).ok());
}

INSTANTIATE_TEST_SUITE_P(
    Fields, NetworkConfigTest,
    ::testing::Values(BrokenConfig{"layout", [](NetworkConfig& c) { c.layout = ""; }},
                      BrokenConfig{"nodes", [](NetworkConfig& c) { c.nodes = 0; }},
                      BrokenConfig{"bones",
                                   [](NetworkConfig& c) {
                                     c.bones.push_back({20, 0});
                                   }},
                      BrokenConfig{"window", [](NetworkConfig& c) { c.window = 1; }},
                      BrokenConfig{"base_channels", [](NetworkConfig& c) { c.base_channels = 1 << 20; }},
                      BrokenConfig{"ch_ratio", [](NetworkConfig& c) { c.ch_ratio = std::nan(""); }},
                      BrokenConfig{"inflate_stages", [](NetworkConfig& c) { c.inflate_stages = {1}; }},
                      BrokenConfig{"down_stages",
                                   [](NetworkConfig& c) {
                                     c.down_stages = {3, 3};
                                   }},
                      BrokenConfig{"filter_ratio", [](NetworkConfig& c) { c.filter_ratio = 0.01; }},
                      BrokenConfig{"classes", [](NetworkConfig& c) { c.classes = 0; }},
                      BrokenConfig{"joint_coefficients", [](NetworkConfig& c) { c.joint_coefficients = 19; }},
                      BrokenConfig{"joint_channels", [](NetworkConfig& c) { c.joint_channels = 10; }},
                      BrokenConfig{"joint_head", [](NetworkConfig& c) { c.joint_head = "guess"; }},
                      BrokenConfig{"parameters",
                                   [](NetworkConfig& c) {
                                     c.base_channels = 4000;
                                     c.inflate_stages = {};
                                     c.num_stages = 64;
                                   }}),
    [](const auto& test) { return std::string(test.param.field); });

TEST(Network, AnswersForEveryNodeWithAJointHead) {
  NetworkConfig config = testing::SmallConfig();
  const Network plain = testing::MakeNetwork(config);
  EXPECT_FALSE(Forward(plain, torch::randn({2, 1, 16, 20, 3})).joints.defined());
  config.joint_channels = 8;
  const Network network = testing::MakeNetwork(config);
  network.module().eval();
  const torch::Tensor input = torch::randn({2, 1, 16, 20, 3});
  const torch::Tensor joints = Forward(network, input).joints;
  EXPECT_EQ(joints.sizes(), (torch::IntArrayRef{2, 20}));
  const Network frozen = *FreezeNetwork(network);
  EXPECT_TRUE(torch::allclose(Forward(frozen, input).joints, joints, 1e-4, 1e-5));
  EXPECT_FALSE(DecodesJoints(network));
}

TEST(Network, ADecoderJudgesANodeByTheOthersOnly) {
  NetworkConfig config = testing::SmallConfig();
  config.joint_channels = 8;
  config.joint_head = kDecoderHead;
  const Network network = testing::MakeNetwork(config);
  EXPECT_TRUE(DecodesJoints(network));
  network.module().eval();
  constexpr int kShoulder = 5, kElbow = 7, kWrist = 9, kOtherElbow = 8;  // of coco_20
  const torch::Tensor input = torch::randn({1, 1, 16, 20, 3});
  const auto with_wrist_moved_by = [&](float distance) {
    torch::Tensor moved = input.clone();
    moved.select(3, kWrist).select(3, 0) += distance;
    return Forward(network, moved).joints[0];
  };
  constexpr float kFar = 1000;
  const torch::Tensor before = Forward(network, input).joints[0];
  const torch::Tensor right = with_wrist_moved_by(kFar), left = with_wrist_moved_by(-kFar);
  EXPECT_NEAR((right[kWrist] + left[kWrist]).item<float>(), 2 * kFar, 0.05)
      << "where it is expected has not moved with it";
  for (const int node : {kElbow, kShoulder})
    EXPECT_FLOAT_EQ(right[node].item<float>(), before[node].item<float>()) << "covered with node " << node;
  EXPECT_NE(right[kOtherElbow].item<float>(), before[kOtherElbow].item<float>()) << "that one sees the wrist";
  const Network frozen = *FreezeNetwork(network);
  EXPECT_TRUE(torch::allclose(Forward(frozen, input).joints[0], before, 1e-4, 1e-5));
}

TEST(CopyWeights, TakesWhatFitsAndCountsTheRest) {
  NetworkConfig other = testing::SmallConfig();
  other.classes = 5;
  const Network from = *BuildNetwork(other, 11);
  const Network to = *BuildNetwork(testing::SmallConfig(), 12);
  const CopiedWeights count = CopyWeights(from, to, /*same_classes=*/true);
  EXPECT_EQ(count.kept, 2) << "the classifier's weight and bias";
  EXPECT_EQ(count.copied + count.kept,
            static_cast<int>(to.module().parameters().size() + to.module().buffers().size()));
  EXPECT_EQ(testing::WeightsOf(from).at("backbone.gcn.0.gcn.A"),
            testing::WeightsOf(to).at("backbone.gcn.0.gcn.A"));
}

TEST(CopyWeights, LeavesAJointHeadOfAnotherKind) {
  NetworkConfig faults = testing::SmallConfig();
  faults.joint_channels = 8;
  NetworkConfig decoder = faults;
  decoder.joint_head = kDecoderHead;
  const Network to = *BuildNetwork(decoder, 12);
  const CopiedWeights other_kind = CopyWeights(*BuildNetwork(faults, 11), to, /*same_classes=*/true);
  const torch::jit::Module head = to.module().attr("joint_head").toModule();
  EXPECT_EQ(other_kind.kept, static_cast<int>(head.parameters().size() + head.buffers().size()));
  EXPECT_EQ(CopyWeights(*BuildNetwork(decoder, 11), to, /*same_classes=*/true).kept, 0);
}

TEST(CopyWeights, LeavesAClassifierOfOtherClassesEvenWhereItFits) {
  const Network from = *BuildNetwork(testing::SmallConfig(), 11);
  const Network to = *BuildNetwork(testing::SmallConfig(), 12);
  const auto classifier = [](const Network& network) {
    return network.module().attr("cls_head").toModule().attr("fc_cls").toModule().attr("weight").toTensor();
  };
  EXPECT_EQ(CopyWeights(from, to, /*same_classes=*/false).kept, 2);
  EXPECT_FALSE(torch::equal(classifier(from), classifier(to)));
  EXPECT_EQ(CopyWeights(from, to, /*same_classes=*/true).kept, 0);
  EXPECT_TRUE(torch::equal(classifier(from), classifier(to)));
}

}  // namespace
}  // namespace trackfit::protogcn
