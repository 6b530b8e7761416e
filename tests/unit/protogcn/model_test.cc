#include "protogcn/model.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "protogcn/archive_io.h"
#include "protogcn/network_torch.h"
#include "skeleton/layout.h"
#include "support/small_network.h"

namespace trackfit::protogcn {
namespace {

using ::testing::HasSubstr;

std::string PathFor(const std::string& name) {
  return ::testing::TempDir() + "model_test_" + std::to_string(getpid()) + "_" + name + ".pt";
}

// An archive that every test may read.
const std::string& ArchivePath() {
  static const std::string kPath = [] {
    const std::string path = PathFor("small");
    EXPECT_TRUE(
        SaveArchive(path, testing::MakeNetwork(testing::SmallConfig()), testing::SmallMetadata()).ok());
    return path;
  }();
  return kPath;
}

std::string Bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<float> Window(int seed) {
  torch::manual_seed(seed);
  const NetworkConfig config = testing::SmallConfig();
  const torch::Tensor values = torch::randn({config.window, config.nodes, config.in_channels});
  return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

std::unique_ptr<Model> LoadSmall() {
  auto model = Model::Load(ArchivePath());
  EXPECT_TRUE(model.ok()) << model.status();
  return *std::move(model);
}

TEST(ModelMetadata, GoesThroughJsonUnchanged) {
  ModelMetadata metadata = testing::SmallMetadata();
  metadata.temperature = 1.5;
  metadata.modality = "bone";
  metadata.window_poses = 32;
  metadata.network.joint_channels = 8;
  metadata.network.joint_head = kDecoderHead;
  metadata.joint_error = JointErrorSource::kHead;
  metadata.joint_mapping = skeleton::Coco20().sources;
  metadata.prototypes = {std::vector<float>(48, 1 / std::sqrt(48.0f)), {}, {}};
  metadata.calibration.resize(3);
  metadata.calibration[0].cosine = {0.5, 0.75, 1};
  metadata.calibration[1].joint_error.assign(20, {0.25, 0.5});
  metadata.calibration[1].worst_joint = {50, 90};
  metadata.provenance = {{"command", "trackfit train"}};
  metadata.metrics = {{"validation.accuracy", 0.9375}};
  auto read = MetadataFromJson(MetadataToJson(metadata));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(MetadataToJson(*read), MetadataToJson(metadata));
  EXPECT_EQ(read->network.bones, metadata.network.bones);
  EXPECT_EQ(read->prototypes, metadata.prototypes);
  EXPECT_EQ(read->poses_per_window(), 32);
  EXPECT_EQ(read->joint_error, JointErrorSource::kHead);
  EXPECT_EQ(read->calibration[1].worst_joint, metadata.calibration[1].worst_joint);
  EXPECT_EQ(read->calibration[1].joint_error, metadata.calibration[1].joint_error);
}

TEST(Metadata, KeepsWhatTellsCorrectFromIncorrect) {
  ModelMetadata metadata = testing::SmallMetadata();
  metadata.calibration.resize(metadata.classes.size());
  metadata.calibration[1].form.bias = -0.5F;
  metadata.calibration[1].form.curves[skeleton::kHips] = {.knots = {-1, 1}, .values = {0.25F, -0.25F}};
  metadata.calibration[1].form_logit = {-1, 0, 2};
  metadata.known_scale = 0.5;
  metadata.known_offset = -0.25;
  const auto read = MetadataFromJson(MetadataToJson(metadata));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->calibration[0].form.empty());
  EXPECT_EQ(read->calibration[1].form.curves.at(skeleton::kHips).values, (std::vector<float>{0.25F, -0.25F}));
  EXPECT_EQ(read->calibration[1].form_logit, metadata.calibration[1].form_logit);
  EXPECT_EQ(MetadataToJson(*read), MetadataToJson(metadata));

  std::string unknown = MetadataToJson(metadata);
  unknown.replace(unknown.find("\"hips\""), 6, "\"hops\"");
  EXPECT_THAT(std::string(MetadataFromJson(unknown).status().message()),
              HasSubstr("unknown measure \"hops\""));
}

struct BrokenMetadata {
  const char* name;
  const char* field;
  void (*breaks)(ModelMetadata&);
};

class BrokenMetadataTest : public ::testing::TestWithParam<BrokenMetadata> {};

TEST_P(BrokenMetadataTest, IsRefusedByName) {
  ModelMetadata metadata = testing::SmallMetadata();
  GetParam().breaks(metadata);
  EXPECT_THAT(std::string(metadata.Validate().message()), HasSubstr(GetParam().field));
  EXPECT_FALSE(SaveArchive(PathFor("refused"), testing::MakeNetwork(testing::SmallConfig()), metadata).ok());
}

INSTANTIATE_TEST_SUITE_P(
    Fields, BrokenMetadataTest,
    ::testing::Values(
        BrokenMetadata{"Version", "version", [](ModelMetadata& m) { m.version = ""; }},
        BrokenMetadata{"ClassCount", "classes", [](ModelMetadata& m) { m.classes.pop_back(); }},
        BrokenMetadata{"ClassTwice", "squat", [](ModelMetadata& m) { m.classes[1] = "squat"; }},
        BrokenMetadata{"Background", "background_class", [](ModelMetadata& m) { m.background_class = "x"; }},
        BrokenMetadata{"Layout", "layout", [](ModelMetadata& m) { m.network.layout = "dog_30"; }},
        BrokenMetadata{"Mapping", "joint_mapping", [](ModelMetadata& m) { m.joint_mapping = {{33}}; }},
        BrokenMetadata{"Rate", "rate_hz", [](ModelMetadata& m) { m.rate_hz = std::nan(""); }},
        BrokenMetadata{"MinFrames", "min_frames", [](ModelMetadata& m) { m.min_frames = 17; }},
        BrokenMetadata{"Normalization", "normalization", [](ModelMetadata& m) { m.normalization = "none"; }},
        BrokenMetadata{"Modality", "modality", [](ModelMetadata& m) { m.modality = "motion"; }},
        BrokenMetadata{"Prototypes", "prototypes",
                       [](ModelMetadata& m) {
                         m.prototypes.assign(3, {1, 0});
                       }},
        BrokenMetadata{"Cosines", "cosine",
                       [](ModelMetadata& m) {
                         m.calibration.resize(3);
                         m.calibration[2].cosine = {1, 0};
                       }},
        BrokenMetadata{"JointErrors", "joint_error",
                       [](ModelMetadata& m) {
                         m.calibration.resize(3);
                         m.calibration[0].joint_error = {{0, 1}};
                       }},
        BrokenMetadata{"WindowPoses", "window_poses", [](ModelMetadata& m) { m.window_poses = -1; }},
        BrokenMetadata{"JointHead", "joint_error",
                       [](ModelMetadata& m) { m.joint_error = JointErrorSource::kHead; }},
        BrokenMetadata{"WorstJoint", "worst_joint",
                       [](ModelMetadata& m) {
                         m.calibration.resize(3);
                         m.calibration[0].worst_joint = {1, 0};
                       }},
        BrokenMetadata{"Temperature", "temperature", [](ModelMetadata& m) { m.temperature = 0; }},
        BrokenMetadata{"KnownScale", "known_scale", [](ModelMetadata& m) { m.known_scale = 0; }},
        BrokenMetadata{"FormCurve", "form.hips",
                       [](ModelMetadata& m) {
                         m.calibration.resize(m.classes.size());
                         m.calibration[0].form.curves[skeleton::kHips] = {.knots = {0, 1}, .values = {0}};
                       }},
        BrokenMetadata{"FormLogit", "form_logit",
                       [](ModelMetadata& m) {
                         m.calibration.resize(m.classes.size());
                         m.calibration[0].form_logit = {2, 1};
                       }},
        BrokenMetadata{"Threshold", "known_threshold", [](ModelMetadata& m) { m.known_threshold = 2; }},
        BrokenMetadata{"Metrics", "metrics", [](ModelMetadata& m) { m.metrics["a"] = INFINITY; }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(ModelMetadata, OlderArchivesThatNameNoModalitySeeJoints) {
  ModelMetadata metadata = testing::SmallMetadata();
  metadata.modality = "bone";
  std::string json = MetadataToJson(metadata);
  const std::string field = "\"modality\":\"bone\",";
  ASSERT_NE(json.find(field), std::string::npos);
  json.erase(json.find(field), field.size());
  const auto read = MetadataFromJson(json);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->modality, "joint");
}

TEST(ModelMetadata, NamesWhatItsJsonLacks) {
  EXPECT_THAT(std::string(MetadataFromJson("{").status().message()), HasSubstr("not JSON"));
  EXPECT_THAT(std::string(MetadataFromJson("[]").status().message()), HasSubstr("not an object"));
  EXPECT_THAT(std::string(MetadataFromJson("{}").status().message()), HasSubstr("metadata.format"));
  std::string json = MetadataToJson(testing::SmallMetadata());
  json.replace(json.find("\"nodes\":20"), 10, "\"nodes\":\"\"");
  EXPECT_THAT(std::string(MetadataFromJson(json).status().message()), HasSubstr("metadata.network.nodes"));
}

TEST(Archive, KeepsTheNetworkTrainable) {
  auto archive = LoadArchive(ArchivePath());
  ASSERT_TRUE(archive.ok()) << archive.status();
  EXPECT_EQ(archive->metadata.version, "7");
  const torch::Tensor input = torch::randn({2, 1, 16, 20, 3});
  const Network original = testing::MakeNetwork(testing::SmallConfig());
  original.module().eval();
  EXPECT_TRUE(Forward(original, input).logits.equal(Forward(archive->network, input).logits));
  archive->network.module().train();
  Forward(archive->network, input).logits.sum().backward();
  bool found = false;
  for (const auto& item : archive->network.module().named_parameters()) {
    if (item.name != "cls_head.fc_cls.weight") continue;
    found = true;
    EXPECT_TRUE(item.value.grad().defined());
  }
  ASSERT_TRUE(found) << "cls_head.fc_cls.weight has another name";
}

TEST(Archive, IsTheSameFileForTheSameNetwork) {
  ASSERT_TRUE(
      SaveArchive(PathFor("again"), testing::MakeNetwork(testing::SmallConfig()), testing::SmallMetadata())
          .ok());
  EXPECT_TRUE(Bytes(PathFor("again")) == Bytes(ArchivePath()));
}

TEST(Archive, SaysWhenItCannotBeWritten) {
  for (const char* path : {"/nonexistent/model.pt", "/dev/full/model.pt"}) {
    const absl::Status status =
        SaveArchive(path, testing::MakeNetwork(testing::SmallConfig()), testing::SmallMetadata());
    EXPECT_THAT(std::string(status.message()), HasSubstr("cannot be written"));
  }
}

TEST(Model, AgreesWithTheNetworkThatWasSaved) {
  auto model = LoadSmall();
  const std::vector<float> window = Window(1);
  auto prediction = model->Run(window);
  ASSERT_TRUE(prediction.ok()) << prediction.status();

  const Network network = testing::MakeNetwork(testing::SmallConfig());
  network.module().eval();
  const NetworkOutput expected = Forward(network, torch::tensor(window).reshape({1, 1, 16, 20, 3}));
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(prediction->logits[c], expected.logits[0][c].item<float>(), 1e-4);
  const torch::Tensor errors = JointErrors(expected.graph, expected.recon_graph);
  ASSERT_EQ(prediction->joint_error.size(), 20);
  for (int v = 0; v < 20; ++v) EXPECT_NEAR(prediction->joint_error[v], errors[0][v].item<float>(), 1e-3);
}

TEST(Model, CanBeMadeWhereTrainingHasSwitchedTheOptimiserOff) {
  const torch::jit::GraphOptimizerEnabledGuard plain_executor(false);
  const auto model = Model::FromNetwork(*BuildNetwork(testing::SmallConfig()), testing::SmallMetadata());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_TRUE((*model)->Run(Window(1)).ok());
}

TEST(Model, TakesJointErrorsFromWhereItsMetadataSay) {
  ModelMetadata metadata = testing::SmallMetadata();
  metadata.network.joint_channels = 8;
  const Network network = testing::MakeNetwork(metadata.network);
  const auto graph = (*Model::FromNetwork(network, metadata))->Run(Window(2));
  metadata.joint_error = JointErrorSource::kHead;
  const auto head = (*Model::FromNetwork(network, metadata))->Run(Window(2));
  EXPECT_EQ(graph->logits, head->logits);
  EXPECT_NE(graph->joint_error, head->joint_error);
}

TEST(Model, OfANetworkInTrainingIsWhatItsArchiveWouldBe) {
  const Network network = testing::MakeNetwork(testing::SmallConfig());
  ASSERT_TRUE(network.module().is_training());
  auto model = Model::FromNetwork(network, testing::SmallMetadata());
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_TRUE(network.module().is_training()) << "it can be trained further";
  EXPECT_EQ((*model)->Run(Window(1))->logits, LoadSmall()->Run(Window(1))->logits);
}

TEST(Model, GivesProbabilitiesAndAUnitEmbedding) {
  auto prediction = LoadSmall()->Run(Window(2));
  ASSERT_TRUE(prediction.ok());
  const auto& p = prediction->probabilities;
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-6);
  EXPECT_EQ(
      std::max_element(p.begin(), p.end()) - p.begin(),
      std::max_element(prediction->logits.begin(), prediction->logits.end()) - prediction->logits.begin());
  double square = 0;
  for (const float value : prediction->embedding) square += double{value} * value;
  EXPECT_EQ(prediction->embedding.size(), 48);
  EXPECT_NEAR(square, 1, 1e-5);
}

TEST(Model, SoftensProbabilitiesByItsTemperature) {
  ModelMetadata metadata = testing::SmallMetadata();
  metadata.temperature = 1000;
  ASSERT_TRUE(SaveArchive(PathFor("hot"), testing::MakeNetwork(testing::SmallConfig()), metadata).ok());
  auto model = Model::Load(PathFor("hot"));
  ASSERT_TRUE(model.ok());
  auto prediction = (*model)->Run(Window(2));
  ASSERT_TRUE(prediction.ok());
  for (const float probability : prediction->probabilities) EXPECT_NEAR(probability, 1.0 / 3, 0.01);
}

TEST(Model, GivesEveryThreadTheSameAnswer) {
  auto model = LoadSmall();
  const std::vector<float> window = Window(3);
  const std::vector<float> expected = model->Run(window)->logits;
  std::vector<std::vector<float>> answers(4);
  std::vector<std::thread> threads;
  for (auto& answer : answers) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) answer = model->Run(window)->logits;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(answers, ::testing::Each(expected));
}

TEST(Model, RefusesAWindowThatDoesNotFit) {
  auto model = LoadSmall();
  std::vector<float> window = Window(4);
  window[5] = NAN;
  EXPECT_EQ(model->Run(window).status().code(), absl::StatusCode::kInvalidArgument);
  window.pop_back();
  EXPECT_THAT(std::string(model->Run(window).status().message()), HasSubstr("16 x 20 x 3"));
}

TEST(Model, RefusesAnArchiveWhoseMetadataDescribeAnotherNetwork) {
  ModelMetadata metadata = testing::SmallMetadata();
  metadata.network.classes = 2;
  metadata.classes = {"squat", "other"};
  ASSERT_TRUE(SaveArchive(PathFor("liar"), testing::MakeNetwork(testing::SmallConfig()), metadata).ok());
  EXPECT_EQ(Model::Load(PathFor("liar")).status().code(), absl::StatusCode::kDataLoss);
}

TEST(Model, RefusesANetworkThatGivesNoNumbers) {
  const Network network = testing::MakeNetwork(testing::SmallConfig());
  {
    torch::NoGradGuard no_grad;
    network.module()
        .attr("cls_head")
        .toModule()
        .attr("fc_cls")
        .toModule()
        .attr("weight")
        .toTensor()
        .fill_(NAN);
  }
  ASSERT_TRUE(SaveArchive(PathFor("nan"), network, testing::SmallMetadata()).ok());
  EXPECT_EQ(Model::Load(PathFor("nan")).status().code(), absl::StatusCode::kDataLoss);
}

TEST(Model, RefusesAbsentAndTruncatedFiles) {
  EXPECT_EQ(Model::Load(PathFor("absent")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Model::Load(::testing::TempDir()).status().code(), absl::StatusCode::kNotFound);
  const std::string bytes = Bytes(ArchivePath());
  for (const double share : {0.0, 0.1, 0.5, 0.9, 0.999}) {
    const std::string path = PathFor("truncated");
    std::ofstream(path, std::ios::binary) << bytes.substr(0, static_cast<size_t>(share * bytes.size()));
    EXPECT_EQ(Model::Load(path).status().code(), absl::StatusCode::kDataLoss) << share;
  }
}

// A byte between the records means nothing; all others count.
TEST(Archive, IsRefusedOrIntactWhenAByteIsDamaged) {
  const std::string bytes = Bytes(ArchivePath());
  const torch::Tensor input = torch::ones({1, 1, 16, 20, 3});
  const Network original = testing::MakeNetwork(testing::SmallConfig());
  original.module().eval();
  const torch::Tensor expected = Forward(original, input).logits;
  constexpr int kPlaces = 20;
  int refused = 0;
  for (int i = 1; i < kPlaces; ++i) {
    std::string damaged = bytes;
    damaged[bytes.size() * i / kPlaces] ^= 0x55;
    std::ofstream(PathFor("damaged"), std::ios::binary) << damaged;
    auto archive = LoadArchive(PathFor("damaged"));
    if (archive.ok()) {
      EXPECT_TRUE(Forward(archive->network, input).logits.equal(expected)) << i;
    } else {
      EXPECT_EQ(archive.status().code(), absl::StatusCode::kDataLoss) << archive.status();
      ++refused;
    }
  }
  EXPECT_GT(refused, kPlaces / 2);
}

TEST(Threads, AreOnePerInference) {
  ConfigureThreads();
  ConfigureThreads();
  EXPECT_EQ(at::get_num_threads(), 1);
  EXPECT_GT(MeasureBlas(), 0.1);
}

}  // namespace
}  // namespace trackfit::protogcn
