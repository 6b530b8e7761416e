#include "tflite/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "tflite/network_plan.h"
#include "tiny_model.h"
#include "unit/blazepose/models.h"

namespace trackfit::tflite {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::FloatNear;
using ::testing::Pointwise;
using trackfit::testing::SummingConvolution;
using trackfit::testing::TinyConvolution;

TfliteModel Build(const TinyConvolution& convolution) {
  auto model = TfliteModel::Parse(trackfit::testing::WriteTinyModel(convolution));
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

TfliteModel LoadModel(const std::string& name) {
  auto model = TfliteModel::Load(std::filesystem::path(trackfit::testing::kBlazePoseFolder) / name);
  EXPECT_TRUE(model.ok()) << model.status() << ": run tools/setup";
  return *std::move(model);
}

// A deterministic image, independent of the standard library's generators.
void FillPattern(absl::Span<float> input) {
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<float>(i * 7919 % 257) / 256.0f;
}

TEST(Network, PadsSameConvolutionsOfStrideTwoAtTheEndOnly) {
  auto network = Network::Create(Build(SummingConvolution()), {0});
  ASSERT_TRUE(network.ok()) << network.status();
  for (size_t i = 0; i < 16; ++i) network->input()[i] = static_cast<float>(i);
  network->Run();
  // Windows start at rows and columns 0 and 2; values past the last are zero.
  EXPECT_THAT(network->output(0), ElementsAre(45.5f, 39.5f, 66.5f, 50.5f));
}

TEST(Network, RefusesAnOutputShapeThatDoesNotMatchTheWindow) {
  TinyConvolution wrong = SummingConvolution();
  wrong.output_shape = {1, 4, 4, 1};
  EXPECT_EQ(Network::Create(Build(wrong), {0}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Network, RefusesAFilterForOtherChannels) {
  TinyConvolution wrong = SummingConvolution();
  wrong.filter_shape = {1, 3, 1, 3};
  EXPECT_EQ(Network::Create(Build(wrong), {0}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Network, RefusesAnOutputThatDoesNotExist) {
  EXPECT_EQ(Network::Create(Build(SummingConvolution()), {1}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// A few values of every output of a network.
struct Golden {
  size_t output;
  double mean_absolute;
  std::vector<float> samples;  // at 0, n/3, n/2 and n-1
};

void ExpectGolden(const std::string& name, const std::vector<int>& outputs,
                  const std::vector<Golden>& expected) {
  auto network = Network::Create(LoadModel(name), outputs);
  ASSERT_TRUE(network.ok()) << network.status();
  FillPattern(network->input());
  network->Run();
  for (const Golden& golden : expected) {
    const absl::Span<const float> values = network->output(golden.output);
    const size_t n = values.size();
    double sum = 0;
    for (const float value : values) sum += std::fabs(value);
    const double tolerance = 1e-3 * golden.mean_absolute;  // the order of summation depends on the CPU
    EXPECT_NEAR(sum / static_cast<double>(n), golden.mean_absolute, tolerance) << "output " << golden.output;
    const std::vector<size_t> positions = {0, n / 3, n / 2, n - 1};
    for (size_t i = 0; i < golden.samples.size(); ++i) {
      EXPECT_NEAR(values[positions[i]], golden.samples[i], tolerance)
          << "output " << golden.output << ", position " << positions[i];
    }
  }
}

TEST(Network, DetectorGivesItsGoldenOutputs) {
  ExpectGolden("pose_detection.tflite", {0, 1},
               {{0, 29.8396, {-4.24712f, -83.6939f, -3.25302f, 0.0765352f}},
                {1, 60.6174, {-73.194f, -8.59309f, -7.02911f, -31.7216f}}});
}

TEST(Network, LiteLandmarkModelGivesItsGoldenOutputs) {
  ExpectGolden("pose_landmark_lite.tflite", {0, 1, 3, 4},
               {{0, 60.0862, {112.801f, 119.423f, -83.5915f, -0.755557f}},
                {1, 0.182761, {0.182761f}},
                {2, 8.52685, {-11.7043f, -9.4417f, -10.7538f, -9.12302f}},
                {3, 0.237079, {0.0535587f, 0.0937714f, -0.398058f, 0.337569f}}});
}

TEST(Network, FullLandmarkModelGivesItsGoldenOutputs) {
  ExpectGolden("pose_landmark_full.tflite", {0, 1, 3, 4},
               {{0, 54.4652, {134.336f, 150.864f, -48.7696f, -1.49403f}},
                {1, 0.0519618, {0.0519618f}},
                {2, 6.05476, {-28.4111f, -2.43515f, -17.6291f, -7.05224f}},
                {3, 0.257768, {0.0622f, 0.169777f, -0.675014f, -0.0235769f}}});
}

TEST(Network, HeavyLandmarkModelGivesItsGoldenOutputs) {
  ExpectGolden("pose_landmark_heavy.tflite", {0, 1, 3, 4},
               {{0, 52.5664, {134.982f, 153.682f, -46.2169f, -1.47118f}},
                {1, 0.983321, {0.983321f}},
                {2, 10.9317, {-26.5911f, -3.90122f, -10.6237f, -76.0621f}},
                {3, 0.411608, {0.0501476f, 0.214663f, -0.65263f, 0.904184f}}});
}

// The detector enlarges twice and looks at single pixels of what comes out; its golden outputs are those of
// the order in its file.
TEST(Network, LooksAtPixelsBeforeTheyAreEnlarged) {
  const TfliteModel detector = LoadModel("pose_detection.tflite");
  const auto plan = PlanNetwork(detector, {0, 1});
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(std::ranges::count(plan->nodes, NodeKind::kResize, &PlanNode::kind), 2);
  for (const PlanNode& node : plan->nodes) {
    if (node.kind != NodeKind::kResize) continue;
    EXPECT_EQ(node.limits.high, 6) << "the activation comes last";
  }
  EXPECT_LT(MultiplyAdds(detector, *plan), 390'000'000) << "430 million in the order of the file";
}

TEST(Network, ResultsDoNotDependOnEarlierRuns) {
  const auto model = LoadModel("pose_landmark_lite.tflite");
  auto fresh = Network::Create(model, {0, 3});
  auto used = Network::Create(model, {0, 3});
  ASSERT_TRUE(fresh.ok() && used.ok());
  for (float& value : used->input()) value = 0.75f;
  used->Run();
  for (Network* network : {&*fresh, &*used}) {
    FillPattern(network->input());
    network->Run();
  }
  EXPECT_EQ(fresh->output(0), used->output(0));
  EXPECT_EQ(fresh->output(1), used->output(1));
}

TEST(Network, ReplicasShareTheWeightsAndGiveTheSameBits) {
  auto network = Network::Create(LoadModel("pose_landmark_lite.tflite"), {0, 3});
  ASSERT_TRUE(network.ok()) << network.status();
  Network replica = network->Replica();
  for (Network* instance : {&*network, &replica}) FillPattern(instance->input());
  network->Run();
  for (float& value : network->input()) value = 0;
  replica.Run();
  const std::vector<float> expected(network->output(0).begin(), network->output(0).end());
  EXPECT_THAT(replica.output(0), ElementsAreArray(expected));
  EXPECT_GT(network->shared_bytes(), size_t{4} << 20);
  EXPECT_LT(replica.own_bytes(), size_t{5} << 20);
}

TEST(Network, ResultsAgreeBetweenCpuKernels) {
  const TfliteModel model = LoadModel("pose_landmark_lite.tflite");
  auto best = Network::Create(model, {0, 3}, BestKernels());
  auto portable = Network::Create(model, {0, 3}, PortableKernels());
  ASSERT_TRUE(best.ok() && portable.ok());
  for (Network* network : {&*best, &*portable}) {
    FillPattern(network->input());
    network->Run();
  }
  for (const size_t output : {0, 1}) {
    EXPECT_THAT(portable->output(output),
                Pointwise(FloatNear(2e-3f),
                          std::vector<float>(best->output(output).begin(), best->output(output).end())));
  }
}

}  // namespace
}  // namespace trackfit::tflite
