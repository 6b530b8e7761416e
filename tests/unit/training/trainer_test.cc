#include "training/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "exercises/vocabulary.h"
#include "protogcn/network_torch.h"
#include "training/trainer_torch.h"

namespace trackfit::training {
namespace {

constexpr int kFrames = 16;

protogcn::NetworkConfig TinyNetwork() {
  protogcn::NetworkConfig config;
  config.layout = "blazepose_33";
  config.nodes = 33;
  config.bones = skeleton::Blazepose33().bones;
  config.window = kFrames;
  config.base_channels = 16;
  config.num_stages = 2;
  config.inflate_stages = {};
  config.down_stages = {2};
  config.num_prototypes = 8;
  config.classes = static_cast<int>(exercises::Builtin().classes().size());
  return config;
}

WindowSampler SyntheticSampler() {
  SamplerConfig config;
  config.shape.frames = kFrames;
  return *WindowSampler::Create({}, exercises::Builtin().classes(), config);
}

TrainingConfig ShortTraining() {
  TrainingConfig config;
  config.epochs = 2;
  config.samples_per_epoch = 8;
  config.batch_size = 4;
  config.reconstruction_start = 0;
  return config;
}

std::unique_ptr<Trainer> MakeTrainer(const TrainingConfig& config) {
  return *Trainer::Create(*protogcn::BuildNetwork(TinyNetwork(), 3), config);
}

std::vector<torch::Tensor> Parameters(const protogcn::Network& network) {
  std::vector<torch::Tensor> parameters;
  for (const torch::Tensor& parameter : network.module().parameters())
    parameters.push_back(parameter.detach().clone());
  return parameters;
}

// Before the first of so many steps on one batch, and before the last.
std::pair<Losses, Losses> LossesOf(Trainer& trainer, const Batch& batch, int steps) {
  const Losses first = *trainer.Step(batch);
  Losses last;
  for (int i = 0; i < steps; ++i) last = *trainer.Step(batch);
  return {first, last};
}

TEST(Trainer, StepsLowerTheLossOnASyntheticBatch) {
  TrainingConfig config = ShortTraining();
  config.epochs = 100;
  config.warmup_share = 0;
  const auto trainer = MakeTrainer(config);
  Random random(1);
  const Batch batch = DrawBatch(SyntheticSampler(), 8, random);
  const auto [first, last] = LossesOf(*trainer, batch, 25);
  EXPECT_LT(last.classification, 0.7 * first.classification);
  EXPECT_LT(last.reconstruction, first.reconstruction);
}

TEST(Trainer, AResumedRunEqualsAnUninterruptedOne) {
  const WindowSampler sampler = SyntheticSampler();
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "trackfit_trainer.state";
  const auto whole = MakeTrainer(ShortTraining());
  ASSERT_TRUE(whole->RunEpoch(sampler, nullptr).ok());
  ASSERT_TRUE(whole->Save(path).ok());
  ASSERT_TRUE(whole->RunEpoch(sampler, nullptr).ok());
  EXPECT_TRUE(whole->done());

  const auto resumed = MakeTrainer(ShortTraining());
  const absl::Status status = resumed->Resume(path);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(resumed->epoch(), 1);
  ASSERT_TRUE(resumed->RunEpoch(sampler, nullptr).ok());
  for (const auto& [a, b] : {std::pair{whole->network(), resumed->network()},
                             std::pair{whole->AveragedNetwork(), resumed->AveragedNetwork()}}) {
    const auto left = Parameters(a), right = Parameters(b);
    for (size_t i = 0; i < left.size(); ++i) EXPECT_TRUE(torch::allclose(left[i], right[i], 1e-4, 1e-6)) << i;
  }
}

TEST(Trainer, RefusesTheStateOfAnotherSeed) {
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "trackfit_seed.state";
  ASSERT_TRUE(MakeTrainer(ShortTraining())->Save(path).ok());
  TrainingConfig other = ShortTraining();
  other.seed = 9;
  EXPECT_THAT(std::string(MakeTrainer(other)->Resume(path).message()), ::testing::HasSubstr("seed"));
  EXPECT_EQ(MakeTrainer(other)->Resume("/nowhere").code(), absl::StatusCode::kNotFound);
}

TEST(Trainer, RefusesTheStateOfAnotherNetworkOrBatchSize) {
  const WindowSampler sampler = SyntheticSampler();
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "trackfit_other.state";
  const auto trainer = MakeTrainer(ShortTraining());
  ASSERT_TRUE(trainer->RunEpoch(sampler, nullptr).ok());
  ASSERT_TRUE(trainer->Save(path).ok());

  TrainingConfig smaller = ShortTraining();
  smaller.batch_size = 2;
  EXPECT_THAT(std::string(MakeTrainer(smaller)->Resume(path).message()),
              ::testing::HasSubstr("after step 2, but 1 epochs of 8 samples in batches of 2 have 4"));

  protogcn::NetworkConfig wider = TinyNetwork();
  wider.base_channels = 24;
  const auto other = *Trainer::Create(*protogcn::BuildNetwork(wider, 3), ShortTraining());
  EXPECT_THAT(std::string(other->Resume(path).message()), ::testing::HasSubstr("of its state has shape"));
}

TEST(Trainer, RefusesMomentumThatDoesNotFitAndStaysAsItWas) {
  const WindowSampler sampler = SyntheticSampler();
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "trackfit_momentum.state";
  const auto trainer = MakeTrainer(ShortTraining());
  ASSERT_TRUE(trainer->RunEpoch(sampler, nullptr).ok());
  ASSERT_TRUE(trainer->Save(path).ok());
  std::ifstream stream(path, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  const auto file = torch::pickle_load(bytes).toGenericDict();

  const auto resume_with = [&](const std::vector<torch::Tensor>& momentum) {
    auto changed = file.copy();
    changed.insert_or_assign("momentum", c10::List<torch::Tensor>(momentum));
    const std::vector<char> written = torch::pickle_save(changed);
    std::ofstream(path, std::ios::binary)
        .write(written.data(), static_cast<std::streamsize>(written.size()))
        .flush();
    const auto fresh = MakeTrainer(ShortTraining());
    const auto before = Parameters(fresh->network());
    const absl::Status status = fresh->Resume(path);
    EXPECT_EQ(fresh->epoch(), 0);
    const auto after = Parameters(fresh->network());
    for (size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(torch::equal(before[i], after[i])) << i;
    return std::string(status.message());
  };
  std::vector<torch::Tensor> momentum = file.at("momentum").toTensorVector();
  momentum[1] = torch::zeros({3, 1, 4});
  EXPECT_THAT(resume_with(momentum), ::testing::HasSubstr("tensor 1 of its momentum has shape [3, 1, 4]"));
  momentum.resize(2);
  EXPECT_THAT(resume_with(momentum), ::testing::HasSubstr("its momentum holds 2 tensors"));
}

TEST(Trainer, AFrozenBackboneStaysAsItIs) {
  TrainingConfig config = ShortTraining();
  config.freeze_epochs = 1;
  const auto trainer = MakeTrainer(config);
  std::map<std::string, torch::Tensor> before;
  for (const auto& item : trainer->network().module().named_parameters())
    before[item.name] = item.value.detach().clone();
  for (const auto& item : trainer->network().module().named_buffers()) before[item.name] = item.value.clone();
  const auto changed = [&](const std::string& prefix) {
    int count = 0;
    for (const auto& item : trainer->network().module().named_parameters()) {
      if (item.name.rfind(prefix, 0) == 0 && !torch::equal(item.value, before[item.name])) ++count;
    }
    for (const auto& item : trainer->network().module().named_buffers()) {
      if (item.name.rfind(prefix, 0) == 0 && !torch::equal(item.value, before[item.name])) ++count;
    }
    return count;
  };
  const WindowSampler sampler = SyntheticSampler();
  ASSERT_TRUE(trainer->RunEpoch(sampler, nullptr).ok());
  EXPECT_EQ(changed("backbone."), 0);
  EXPECT_GT(changed("cls_head.fc_cls"), 0);
  ASSERT_TRUE(trainer->RunEpoch(sampler, nullptr).ok());
  EXPECT_GT(changed("backbone."), 0) << "the second phase trains all";
}

TEST(Trainer, TheLearningRateRisesThenFalls) {
  TrainingConfig config = ShortTraining();
  config.epochs = 10;
  config.warmup_share = 0.2;
  const auto trainer = MakeTrainer(config);
  Random random(1);
  const Batch batch = DrawBatch(SyntheticSampler(), 2, random);
  std::vector<double> rates;
  for (int64_t i = 0; i < config.steps(); ++i) {
    rates.push_back(trainer->LearningRate());
    ASSERT_TRUE(trainer->Step(batch).ok());
  }
  EXPECT_LT(rates.front(), 0.1 * config.learning_rate);
  EXPECT_NEAR(rates[4], config.learning_rate, 1e-6);
  EXPECT_LT(rates.back(), 0.05 * config.learning_rate);
}

TEST(Trainer, NamesABadSetting) {
  TrainingConfig config = ShortTraining();
  config.batch_size = 0;
  const auto trainer = Trainer::Create(*protogcn::BuildNetwork(TinyNetwork(), 3), config);
  EXPECT_THAT(std::string(trainer.status().message()), ::testing::HasSubstr("batch_size is 0"));
}

TEST(Trainer, SaysWhichDeviceThereIsNot) {
  EXPECT_EQ(FindDevice("cpu")->type(), torch::kCPU);
  EXPECT_EQ(FindDevice("auto")->type(), torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
  EXPECT_EQ(FindDevice("gpu").status().code(), absl::StatusCode::kInvalidArgument);
  if (torch::cuda::is_available()) GTEST_SKIP() << "the rest is for machines without CUDA";
  TrainingConfig config = ShortTraining();
  config.device = "cuda";
  const auto trainer = Trainer::Create(*protogcn::BuildNetwork(TinyNetwork(), 3), config);
  EXPECT_EQ(trainer.status().code(), absl::StatusCode::kFailedPrecondition);
}

// Every loss at once.
TrainingConfig FullTraining() {
  TrainingConfig config = ShortTraining();
  config.names_weight = config.form_weight = config.joint_weight = config.contrast_weight = 1;
  return config;
}

protogcn::NetworkConfig TinyNetworkWithJointHead() {
  protogcn::NetworkConfig config = TinyNetwork();
  config.joint_channels = 8;
  return config;
}

WindowSampler FaultySampler() {
  SamplerConfig config;
  config.shape.frames = kFrames;
  config.disturbed_share = 0.5;
  return *WindowSampler::Create({}, exercises::Builtin().classes(), config);
}

TEST(Trainer, LearnsNamesFormJointsAndContrast) {
  TrainingConfig config = FullTraining();
  config.epochs = 100;
  config.warmup_share = 0;
  const WindowSampler sampler = FaultySampler();
  const auto trainer =
      *Trainer::Create(*protogcn::BuildNetwork(TinyNetworkWithJointHead(), 3), config, sampler.names());
  Random random(1);
  const Batch batch = DrawBatch(sampler, 8, random);
  const auto [first, last] = LossesOf(*trainer, batch, 60);
  EXPECT_LT(last.names, 0.8 * first.names);
  EXPECT_LT(last.form, first.form);
  EXPECT_LT(last.joints, 0.95 * first.joints);
  EXPECT_LT(last.contrast, first.contrast);
}

TEST(Trainer, TeachesADecoderWhereRightJointsAre) {
  protogcn::NetworkConfig network = TinyNetworkWithJointHead();
  network.joint_head = protogcn::kDecoderHead;
  TrainingConfig config = ShortTraining();
  config.epochs = 100;
  config.warmup_share = 0;
  config.joint_weight = 1;
  config.joints_only = true;
  const auto trainer = *Trainer::Create(*protogcn::BuildNetwork(network, 3), config);
  Random random(1);
  const Batch batch = DrawBatch(FaultySampler(), 8, random);
  const auto [first, last] = LossesOf(*trainer, batch, 60);
  EXPECT_LT(last.joints, 0.7 * first.joints);

  Batch faulty = batch;
  faulty.joint_faults = torch::ones_like(batch.joint_faults);
  EXPECT_EQ(trainer->Step(faulty)->joints, 0) << "wrong joints teach it nothing";
}

TEST(Trainer, AResumedRunKeepsWhatOnlyTrainingNeeds) {
  const WindowSampler sampler = FaultySampler();
  const std::filesystem::path path = std::filesystem::path(::testing::TempDir()) / "trackfit_full.state";
  const auto make = [&] {
    return *Trainer::Create(*protogcn::BuildNetwork(TinyNetworkWithJointHead(), 3), FullTraining(),
                            sampler.names());
  };
  const auto whole = make();
  ASSERT_TRUE(whole->RunEpoch(sampler, nullptr).ok());
  ASSERT_TRUE(whole->Save(path).ok());
  const auto resumed = make();
  const absl::Status status = resumed->Resume(path);
  ASSERT_TRUE(status.ok()) << status;
  const auto continued = whole->RunEpoch(sampler, nullptr), again = resumed->RunEpoch(sampler, nullptr);
  for (const auto field : {&Losses::names, &Losses::form, &Losses::joints, &Losses::contrast})
    EXPECT_NEAR((*continued).*field, (*again).*field, 1e-4);
  EXPECT_FALSE(MakeTrainer(ShortTraining())->Resume(path).ok()) << "it has no auxiliary heads";
}

TEST(Trainer, TeachesTheJointHeadAloneOnRequest) {
  TrainingConfig config = ShortTraining();
  config.joint_weight = 1;
  config.joints_only = true;
  const WindowSampler sampler = FaultySampler();
  const auto trainer = *Trainer::Create(*protogcn::BuildNetwork(TinyNetworkWithJointHead(), 3), config);
  std::map<std::string, torch::Tensor> before;
  for (const auto& item : trainer->network().module().named_parameters())
    before[item.name] = item.value.detach().clone();
  for (const auto& item : trainer->network().module().named_buffers()) before[item.name] = item.value.clone();
  ASSERT_TRUE(trainer->RunEpoch(sampler, nullptr).ok());
  for (const auto& item : trainer->network().module().named_buffers())
    EXPECT_TRUE(torch::equal(item.value, before[item.name])) << item.name;
  for (const auto& item : trainer->network().module().named_parameters()) {
    const bool of_the_head = item.name.rfind("joint_head.", 0) == 0;
    EXPECT_EQ(torch::equal(item.value, before[item.name]), !of_the_head) << item.name;
  }
}

TEST(Trainer, WantsAJointHeadForTheJointsLoss) {
  const auto trainer = Trainer::Create(*protogcn::BuildNetwork(TinyNetwork(), 3), FullTraining(), 5);
  EXPECT_THAT(std::string(trainer.status().message()), ::testing::HasSubstr("joint_weight"));
}

TEST(TrainingConfig, NamesTheWeightThatIsNegative) {
  TrainingConfig config = ShortTraining();
  config.form_weight = -1;
  EXPECT_THAT(std::string(config.Validate().message()), ::testing::HasSubstr("form_weight is -1"));
}

}  // namespace
}  // namespace trackfit::training
