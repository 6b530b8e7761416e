// On the recorded landmark files, where they are at hand.
#include "support/shared_data.h"

#include <gtest/gtest.h>

#include <set>

#include "dataset/landmark_file.h"
#include "dataset/split.h"
#include "exercises/vocabulary.h"
#include "protogcn/network.h"
#include "training/trainer_torch.h"

namespace trackfit::dataset {
namespace {

#define SKIP_WITHOUT(path) \
  if (!(path)) GTEST_SKIP() << "the recorded landmark data is not here; set TRACKFIT_SHARED"

TEST(SharedData, TrainingAndValidationShareNoGroup) {
  const auto folder = testing::SharedData("datasets/landmarks");
  SKIP_WITHOUT(folder);
  const auto split = Split::Read(*testing::SharedData("datasets/splits.json"));
  ASSERT_TRUE(split.ok()) << split.status();
  std::set<std::string> train, val;
  for (const auto& file : std::filesystem::directory_iterator(*folder)) {
    const auto clips = ReadLandmarkFile(file.path());
    ASSERT_TRUE(clips.ok()) << clips.status();
    for (const Clip& clip : *clips) {
      const auto subset = split->SubsetOf(clip);
      if (subset) (*subset == Subset::kTrain ? train : val).insert(clip.group);
    }
  }
  EXPECT_GT(train.size(), 100U);
  EXPECT_GT(val.size(), 50U);
  for (const std::string& group : val) EXPECT_EQ(train.count(group), 0U) << group;
}

TEST(SharedData, AStepOnARealBatchLowersTheLoss) {
  const auto file = testing::SharedData("datasets/landmarks/mediapipe_barbell_biceps_curl.pt");
  SKIP_WITHOUT(file);
  const auto clips = ReadLandmarkFile(*file);
  ASSERT_TRUE(clips.ok()) << clips.status();
  training::SamplerConfig sampling;
  sampling.shape.frames = 32;
  const auto sampler = training::WindowSampler::Create(*clips, exercises::Builtin().classes(), sampling);
  ASSERT_TRUE(sampler.ok()) << sampler.status();
  protogcn::NetworkConfig network;
  network.layout = "blazepose_33";
  network.nodes = 33;
  network.bones = skeleton::Blazepose33().bones;
  network.window = 32;
  network.base_channels = 16;
  network.num_stages = 3;
  network.inflate_stages = {3};
  network.down_stages = {3};
  network.classes = static_cast<int>(exercises::Builtin().classes().size());
  training::TrainingConfig training;
  training.warmup_share = 0;
  const auto trainer = training::Trainer::Create(*protogcn::BuildNetwork(network, 1), training);
  ASSERT_TRUE(trainer.ok()) << trainer.status();
  training::Random random(1);
  const training::Batch batch = training::DrawBatch(*sampler, 8, random);
  const double before = (*trainer)->Step(batch)->classification;
  for (int i = 0; i < 8; ++i) ASSERT_TRUE((*trainer)->Step(batch).ok());
  EXPECT_LT((*trainer)->Step(batch)->classification, before);
}

}  // namespace
}  // namespace trackfit::dataset
