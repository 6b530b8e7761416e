#include "experiment/training_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_split.h"
#include "experiment/config_keys.h"
#include "experiment/run_folder.h"
#include "protogcn/archive_io.h"
#include "support/scratch_folder.h"
#include "support/small_network.h"
#include "training_fixtures.h"

namespace trackfit::experiment {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string ContentOf(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Two epochs of a network as small as they come, in folder/run.
std::vector<std::string> Small(const testing::ScratchFolder& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"output=" + folder.File("run"),
                                        "data.dataset=" + folder.path(),
                                        "data.classes=squat,push_up,other",
                                        "network.window=16",
                                        "network.window_poses=32",
                                        "network.base_channels=8",
                                        "network.stages=2",
                                        "network.widen=",
                                        "network.halve=2",
                                        "network.prototypes=4",
                                        "training.epochs=2",
                                        "training.samples_per_epoch=8",
                                        "training.batch_size=4",
                                        "training.validate_every=1"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

absl::StatusOr<RunResult> Train(const std::vector<std::string>& arguments, bool resume, std::ostream& out) {
  const auto config = ResolveRun(Settings(arguments), resume);
  if (!config.ok()) return config.status();
  return TrainModel(*config, resume, out);
}

void ExpectSameWeights(const fs::path& a, const fs::path& b) {
  const auto left = protogcn::LoadArchive(a.string()), right = protogcn::LoadArchive(b.string());
  ASSERT_TRUE(left.ok() && right.ok()) << left.status() << right.status();
  const auto expected = testing::WeightsOf(right->network);
  ASSERT_EQ(testing::WeightsOf(left->network).size(), expected.size());
  for (const auto& [name, weights] : testing::WeightsOf(left->network))
    EXPECT_TRUE(testing::AllClose(weights, expected.at(name))) << name;
}

TEST(TrainingRun, FillsItsFolder) {
  const testing::ScratchFolder folder;
  WriteData(folder.path());
  std::ostringstream out;
  const auto result = Train(Small(folder), false, out);
  ASSERT_TRUE(result.ok()) << result.status();
  const RunFolder run(folder.File("run"));
  EXPECT_TRUE(fs::exists(run.state()));

  const std::vector<std::string> log = absl::StrSplit(ContentOf(run.log()), '\n', absl::SkipEmpty());
  ASSERT_EQ(log.size(), 3U);
  EXPECT_EQ(log[0],
            "epoch,learning_rate,loss,names,form,joints,contrast,reconstruction,accuracy,validation.loss,"
            "validation.exercises.accuracy,validation.film.accuracy,validation.photo_pairs.accuracy,"
            "validation.others.rejected,validation.known.auroc,selection.score,best_epoch,seconds");
  std::vector<std::string> last = absl::StrSplit(log[2], ',');
  ASSERT_EQ(last.size(), 18U);
  EXPECT_EQ(last[14], "") << "no AUROC without other movements";
  last.erase(last.begin() + 14);
  EXPECT_EQ(last[0], "2");
  EXPECT_THAT(last, ::testing::Each(::testing::Not(::testing::IsEmpty())));

  const auto metadata = protogcn::ReadMetadata(run.model().string());
  ASSERT_TRUE(metadata.ok()) << metadata.status();
  EXPECT_EQ(metadata->metrics.count("validation.exercises.accuracy"), 1U);
  EXPECT_FALSE(metadata->calibration.empty());
  EXPECT_THAT(metadata->provenance.at("selection"),
              AllOf(HasSubstr("the averaged weights after epoch " + std::to_string(result->epoch) + " of 2"),
                    HasSubstr("the best by mean of exercises named right")));
  const auto best = protogcn::ReadMetadata(run.best().string());
  EXPECT_EQ(best->metrics.at("selection.epoch"), result->epoch);
  ExpectSameWeights(run.best(), run.model());

  const auto again = ReadSettings(run.config().string());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->size(), ConfigKeys().size());
}

TEST(TrainingRun, KeepsTheLastEpochWhereItIsTold) {
  const testing::ScratchFolder folder;
  WriteData(folder.path());
  std::ostringstream out;
  const auto result = Train(Small(folder, {"training.keep=last", "training.validate_every=0"}), false, out);
  ASSERT_TRUE(result.ok()) << result.status();
  const RunFolder run(folder.File("run"));
  EXPECT_EQ(result->epoch, 2);
  EXPECT_FALSE(fs::exists(run.best()));
  EXPECT_THAT(protogcn::ReadMetadata(run.model().string())->provenance.at("selection"),
              HasSubstr("no epoch was chosen by validation"));
}

TEST(TrainingRun, WithoutEpochsOnlyCalibratesTheGivenWeights) {
  const testing::ScratchFolder folder;
  WriteData(folder.path());
  std::ostringstream out;
  ASSERT_TRUE(Train(Small(folder, {"network.joint_channels=8", "training.joint_weight=1"}), false, out).ok());
  const std::string model = RunFolder(folder.File("run")).model().string();
  const std::vector<std::string> calibrate = {"output=" + folder.File("again"), "init=" + model,
                                              "training.epochs=0"};
  const auto again = Train(Small(folder, calibrate), false, out);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(protogcn::ReadMetadata(RunFolder(folder.File("again")).model().string())->joint_error,
            protogcn::JointErrorSource::kHead)
      << "it points at joints as before";
  std::vector<std::string> wider = calibrate;
  wider.emplace_back("network.base_channels=12");
  EXPECT_THAT(std::string(Train(Small(folder, wider), false, out).status().message()),
              HasSubstr("tensors of the network do not come from"));
  std::vector<std::string> decoding = calibrate;
  decoding.emplace_back("network.joint_head=decoder");
  EXPECT_THAT(std::string(Train(Small(folder, decoding), false, out).status().message()),
              HasSubstr("tensors of the network do not come from"))
      << "a head that knows faults is no decoder";
  ExpectSameWeights(model, RunFolder(folder.File("again")).model());
  EXPECT_FALSE(protogcn::ReadMetadata(RunFolder(folder.File("again")).model().string())->calibration.empty());
  EXPECT_THAT(
      std::string(Train(Small(folder, {"output=" + folder.File("none"), "training.epochs=0"}), false, out)
                      .status()
                      .message()),
      HasSubstr("init names no model"));
}

// A run that was killed after its first epoch: as a whole one, cut back.
TEST(TrainingRun, AResumedRunEqualsAnUninterruptedOneAndRefusesToBecomeAnother) {
  const testing::ScratchFolder folder;
  WriteData(folder.path());
  std::ostringstream out;
  ASSERT_TRUE(Train(Small(folder), false, out).ok());
  const RunFolder whole(folder.File("run"));
  fs::copy(whole.path, folder.File("whole"), fs::copy_options::recursive);

  EXPECT_THAT(std::string(Train(Small(folder), false, out).status().message()),
              HasSubstr("holds a run already; --resume"));
  for (const auto& [other, key] :
       {std::pair<std::string, std::string>{"training.batch_size=2", "training.batch_size is 2, but the run"},
        {"training.samples_per_epoch=16", "training.samples_per_epoch is 16"},
        {"seed=2", "seed is 2, but the run was begun with 1"},
        {"training.epochs=5", "training.epochs is 5"}}) {
    EXPECT_THAT(std::string(Train(Small(folder, {other}), true, out).status().message()), HasSubstr(key));
  }

  // Back to the end of the first epoch: train it anew, stopping there.
  fs::remove_all(whole.path);
  const auto config = *ResolveRun(Settings(Small(folder)), false);
  class StopAfterAnEpoch : public std::stringbuf {
    int sync() override {
      if (str().find("epoch 2/2") != std::string::npos) throw std::runtime_error("stopped");
      return 0;
    }
  } buffer;
  std::ostream stopping(&buffer);
  stopping.exceptions(std::ios::badbit);
  EXPECT_FALSE(TrainModel(config, false, stopping).ok());
  ASSERT_TRUE(fs::exists(whole.state()));
  EXPECT_FALSE(fs::exists(whole.model()));

  std::ostringstream rest;
  const auto resumed = Train({"output=" + folder.File("run")}, true, rest);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_THAT(rest.str(), HasSubstr("Resuming after epoch 1"));
  ExpectSameWeights(whole.model(), fs::path(folder.File("whole")) / "model.pt");
  const std::vector<std::string> log = absl::StrSplit(ContentOf(whole.log()), '\n', absl::SkipEmpty());
  EXPECT_EQ(log.size(), 3U) << "a row per epoch, none twice";
}

TEST(TrainingRun, LabelsEveryLine) {
  const testing::ScratchFolder folder;
  const auto config = ResolveRun(Settings(Small(folder)), false);
  std::ostringstream out;
  const auto result = TrainModel(*config, false, out, "[1/2] ");
  EXPECT_FALSE(result.ok()) << "there is no data";
  WriteData(folder.path());
  ASSERT_TRUE(TrainModel(*config, false, out, "[1/2] ").ok());
  for (const auto& line : absl::StrSplit(out.str(), '\n', absl::SkipEmpty()))
    EXPECT_THAT(std::string(line), ::testing::StartsWith("[1/2] "));
}

TEST(TrainingRun, NeedsAnOutput) {
  std::ostringstream out;
  EXPECT_THAT(std::string(Train({"seed=1"}, false, out).status().message()), HasSubstr("output is not set"));
}

}  // namespace
}  // namespace trackfit::experiment
