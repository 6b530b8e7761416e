#include "experiment/run_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "experiment/config_keys.h"
#include "experiment/settings.h"
#include "support/scratch_folder.h"

namespace trackfit::experiment {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Written(const testing::ScratchFolder& folder, const std::string& text) {
  const std::string path = folder.File("a.yaml");
  std::ofstream(path) << text;
  return path;
}

// What a file with this text makes of the defaults.
absl::StatusOr<RunConfig> Read(const std::string& text) {
  const testing::ScratchFolder folder;
  const auto settings = ReadSettings(Written(folder, text));
  if (!settings.ok()) return settings.status();
  RunConfig config;
  for (const Setting& setting : *settings) {
    if (absl::Status status = Apply(setting, config); !status.ok()) return status;
  }
  return config;
}

std::string ErrorOf(const std::string& text) { return std::string(Read(text).status().message()); }

absl::Status Set(const std::string& argument, RunConfig& config) {
  const auto setting = ParseSetting(argument);
  return setting.ok() ? Apply(*setting, config) : setting.status();
}

std::string ArgumentError(const std::string& argument) {
  RunConfig config;
  return std::string(Set(argument, config).message());
}

TEST(RunConfig, AFileOfNestedMapsSetsTheFieldsOfTheLibraries) {
  const auto config = Read(
      "output: runs/a\nseed: 7\ntraining:\n  epochs: 3\n  learning_rate: 1e-3\n"
      "network:\n  widen: [2, 4]\nsampling: {background_share: 3}\naugmentation:\n  max_yaw_degrees: 20\n"
      "data:\n  landmarks:\n    - a\n    - b c\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->output, "runs/a");
  EXPECT_EQ(config->training.seed, 7U);
  EXPECT_EQ(config->training.epochs, 3);
  EXPECT_EQ(config->training.learning_rate, 1e-3);
  EXPECT_EQ(config->network.inflate_stages, std::vector<int>({2, 4}));
  EXPECT_EQ(config->sampling.background_share, 3);
  EXPECT_EQ(config->sampling.augmentation.max_yaw_degrees, 20);
  EXPECT_EQ(config->data.landmarks, std::vector<std::string>({"a", "b c"}));
  EXPECT_EQ(config->training.batch_size, RunConfig{}.training.batch_size) << "the default";
}

TEST(RunConfig, WhatItPrintsIsReadBackAsItWas) {
  RunConfig config;
  for (const char* argument :
       {"training.learning_rate=0.1234567890123", "network.widen=", "data.landmarks=a b,null,it's",
        "output=- [x]: #y", "seed=18446744073709551615"}) {
    ASSERT_TRUE(Set(argument, config).ok()) << argument;
  }
  const auto again = Read(ToYaml(config));
  ASSERT_TRUE(again.ok()) << again.status();
  for (const ConfigKey& key : ConfigKeys()) EXPECT_EQ(key.get(*again), key.get(config)) << key.name;
}

TEST(RunConfig, EveryKeyTakesItsOwnDefault) {
  for (const ConfigKey& key : ConfigKeys()) {
    RunConfig config;
    EXPECT_TRUE(key.set(key.get(config), config)) << key.name;
    EXPECT_FALSE(key.description.empty()) << key.name;
  }
}

TEST(RunConfig, AnUnknownKeyIsRefusedWithTheNearestOne) {
  EXPECT_THAT(ErrorOf("training:\n  epochs: 3\n  lerning_rate: 1\n"),
              AllOf(HasSubstr("a.yaml:3: "), HasSubstr("\"training.lerning_rate\""),
                    EndsWith("did you mean training.learning_rate?")));
  EXPECT_THAT(ArgumentError("epochs=3"), EndsWith("did you mean training.epochs?"));
  EXPECT_THAT(ArgumentError("trainig.seed=3"), EndsWith("did you mean seed?"));
  EXPECT_THAT(ArgumentError("completely_else=3"), EndsWith("--list-keys shows them all"));
}

TEST(RunConfig, WrongTypesAndLimitsAreNamedWithFileLineAndKey) {
  EXPECT_THAT(ErrorOf("training:\n  epochs: many\n"),
              EndsWith("a.yaml:2: training.epochs is many; it must be a whole number in [0, 1e+06]"));
  EXPECT_THAT(ErrorOf("training: {epochs: -1}"), HasSubstr("training.epochs is -1"));
  EXPECT_THAT(ErrorOf("training: {epochs: 2.5}"), HasSubstr("must be a whole number"));
  EXPECT_THAT(ErrorOf("training: {epochs: [1, 2]}"), HasSubstr("training.epochs is [1, 2]; it must be"));
  EXPECT_THAT(ErrorOf("training: {epochs: }"), HasSubstr("training.epochs is \"\""));
  EXPECT_THAT(ErrorOf("network: {widen: [3, x]}"), HasSubstr("[3, x]; it must be a list, each a whole"));
  EXPECT_THAT(ErrorOf("network: {modality: motion}"), EndsWith("it must be one of joint, bone, k_bone"));
  EXPECT_EQ(ArgumentError("training.momentum=1"), "training.momentum is 1; it must be a number in [0, 1)");
  EXPECT_THAT(ArgumentError("training.learning_rate=nan"), HasSubstr("must be a number above 0"));
  EXPECT_THAT(ArgumentError("training.epochs"), HasSubstr("not of the form key=value"));
}

TEST(RunConfig, ABrokenFileIsAStatusWithItsLine) {
  EXPECT_THAT(ErrorOf("seed: 1\ntraining: [1\n"), HasSubstr("a.yaml:"));
  EXPECT_THAT(ErrorOf("- 1\n"), HasSubstr("must hold keys and values"));
  EXPECT_THAT(ErrorOf("training: 3\n"), HasSubstr("training is a section"));
  EXPECT_THAT(ErrorOf("seed: {a: 1}\n"), HasSubstr("seed holds no keys"));
  EXPECT_THAT(ErrorOf("seed: 1\nseed: 2\n"), HasSubstr("a.yaml:2: seed is there twice"));
  EXPECT_EQ(ReadSettings("/nowhere.yaml").status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Read("# nothing\n").ok());
}

TEST(RunConfig, TheListOfKeysNamesAllWithTheirDefaults) {
  const std::string list = KeyList();
  for (const ConfigKey& key : ConfigKeys()) EXPECT_THAT(list, HasSubstr(key.name + " = "));
  EXPECT_THAT(list, HasSubstr("training.keep = best\n"));
}

TEST(RunConfig, APresetIsValidAndSetsWhatItSays) {
  int presets = 0;
  for (const auto& file : std::filesystem::directory_iterator("deploy/training")) {
    const auto settings = ReadSettings(file.path().string());
    ASSERT_TRUE(settings.ok()) << settings.status();
    RunConfig config;
    for (const Setting& setting : *settings) {
      const absl::Status status = Apply(setting, config);
      EXPECT_TRUE(status.ok()) << status;
    }
    EXPECT_TRUE(NetworkOf(config).ok()) << file.path();
    EXPECT_TRUE(config.training.Validate().ok()) << file.path();
    const bool freezes = config.training.freeze_epochs == config.training.epochs;
    EXPECT_EQ(freezes, file.path().filename() == "phase1_freeze.yaml") << file.path();
    ++presets;
  }
  EXPECT_EQ(presets, 7);
}

TEST(RunConfig, ARunIsAnotherOneWhenAKeyThatCountsDiffers) {
  RunConfig begun, now;
  now.training.device = "auto";
  now.output = "./elsewhere";
  EXPECT_TRUE(CheckSameRun(now, begun).ok());
  for (const char* argument : {"training.batch_size=3", "training.samples_per_epoch=3", "seed=3",
                               "data.split=other.json", "augmentation.jitter=0", "network.modality=bone"}) {
    RunConfig other;
    ASSERT_TRUE(Set(argument, other).ok()) << argument;
    const std::string key = std::string(argument).substr(0, std::string(argument).find('='));
    EXPECT_THAT(std::string(CheckSameRun(other, begun).message()), StartsWith(key + " is "));
  }
}

TEST(RunConfig, TheShapeOfTheNetworkFollowsFromItsKeys) {
  RunConfig config;
  ASSERT_TRUE(Set("network.layout=coco_20", config).ok());
  ASSERT_TRUE(Set("network.modality=k_bone", config).ok());
  ASSERT_TRUE(Set("data.classes=squat,other", config).ok());
  const auto network = NetworkOf(config);
  ASSERT_TRUE(network.ok()) << network.status();
  EXPECT_EQ(network->nodes, 20);
  EXPECT_EQ(network->classes, 2);
  EXPECT_EQ(ShapeOf(config)->modality, skeleton::Modality::kKBone);
  ASSERT_TRUE(Set("network.joint_mapping=track_fit", config).ok());
  EXPECT_EQ(ShapeOf(config)->layout.sources[17], std::vector<int>({19}));
  ASSERT_TRUE(Set("network.layout=blazepose_33", config).ok());
  EXPECT_THAT(std::string(ShapeOf(config).status().message()), HasSubstr("track_fit is for"));
}

}  // namespace
}  // namespace trackfit::experiment
