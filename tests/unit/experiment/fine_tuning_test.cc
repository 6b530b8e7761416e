// Fine-tuning of upstream's checkpoints, where they are at hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "experiment/run_folder.h"
#include "experiment/training_run.h"
#include "protogcn/archive_io.h"
#include "protogcn/checkpoint.h"
#include "support/scratch_folder.h"
#include "support/shared_data.h"
#include "support/small_network.h"
#include "training_fixtures.h"

namespace trackfit::experiment {
namespace {

using ::testing::HasSubstr;

TEST(FineTuning, AnImportedCheckpointLearnsNewClasses) {
  const auto checkpoint = testing::SharedData("conformance/protogcn/small_v33_seed3/checkpoint.pth");
  if (!checkpoint) GTEST_SKIP() << "the recorded checkpoints are not here; set TRACKFIT_SHARED";
  const testing::ScratchFolder folder;
  WriteData(folder.path());
  const auto imported = protogcn::ImportCheckpoint(checkpoint->string(), skeleton::Blazepose33());
  ASSERT_TRUE(imported.ok()) << imported.status();
  protogcn::ModelMetadata metadata;
  metadata.version = "imported";
  metadata.network = imported->config;
  metadata.network.window = 60;
  for (int i = 0; i < imported->config.classes; ++i) metadata.classes.push_back("class_" + std::to_string(i));
  metadata.normalization = "image";
  ASSERT_TRUE(protogcn::SaveArchive(folder.File("imported.pt"), imported->network, metadata).ok());

  const std::vector<std::string> arguments = {"init=" + folder.File("imported.pt"),
                                              "output=" + folder.File("run"),
                                              "data.dataset=" + folder.path(),
                                              "data.classes=squat,push_up,other",
                                              "training.epochs=1",
                                              "training.freeze_epochs=1",
                                              "training.samples_per_epoch=4",
                                              "training.batch_size=4"};
  const auto config = ResolveRun(Settings(arguments), false);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->network.base_channels, 24);
  EXPECT_EQ(config->network.ch_ratio, 4);
  EXPECT_EQ(config->network.window, 60);
  EXPECT_EQ(config->normalization, "image");
  std::ostringstream out;
  const auto result = TrainModel(*config, false, out);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(out.str(), HasSubstr(" tensors copied, 2 newly initialised, among them the classifier"));

  const auto trained = protogcn::LoadArchive(RunFolder(folder.File("run")).model().string());
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_EQ(trained->metadata.classes.size(), 3U);
  constexpr char kAdjacency[] = "backbone.gcn.0.gcn.A";
  EXPECT_TRUE(testing::AllClose(testing::WeightsOf(trained->network).at(kAdjacency),
                                testing::WeightsOf(imported->network).at(kAdjacency)))
      << "it was frozen";
}

}  // namespace
}  // namespace trackfit::experiment
