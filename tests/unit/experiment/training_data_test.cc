#include "experiment/training_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "dataset/landmark_file.h"
#include "dataset/split.h"
#include "support/poses.h"
#include "support/scratch_folder.h"

namespace trackfit::experiment {
namespace {

using ::testing::HasSubstr;

dataset::Clip MakeClip(const std::string& id, const std::string& group) {
  return {.id = id,
          .source = "test",
          .exercise = "squat",
          .form = "correct",
          .fault = "",
          .group = group,
          .fps = 30,
          .kind = dataset::SourceKind::kRecorded,
          .poses = testing::WavingPoses(30, 1)};
}

std::string ErrorOf(const DataConfig& config) {
  return std::string(ReadTrainingData(config).status().message());
}

TEST(TrainingData, SaysWhatIsNotSet) {
  EXPECT_THAT(ErrorOf({}), HasSubstr("set data.landmarks and data.split, or data.dataset"));
  EXPECT_THAT(ErrorOf({.landmarks = {"a.pt"}, .split = "", .dataset = ""}), HasSubstr("go together"));
  EXPECT_THAT(ErrorOf({.landmarks = {}, .split = "", .dataset = "d", .folds = 5, .hold_out_fold = 6}),
              HasSubstr("data.hold_out_fold is 6; data.folds is 5"));
}

TEST(TrainingData, ReadsBothSidesOfADataSet) {
  const testing::ScratchFolder folder;
  ASSERT_TRUE(
      dataset::WriteLandmarkFile(folder.File("train.pt"), {MakeClip("a", "p"), MakeClip("b", "q")}).ok());
  ASSERT_TRUE(dataset::WriteLandmarkFile(folder.File("val.pt"), {MakeClip("c", "r")}).ok());
  DataConfig config;
  config.dataset = folder.path() + "/";
  const auto data = ReadTrainingData(config);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->train.size(), 2U);
  EXPECT_EQ(data->val.size(), 1U);
  EXPECT_THAT(data->files, HasSubstr("(2 training clips)"));

  ASSERT_TRUE(dataset::WriteLandmarkFile(folder.File("val.pt"), {MakeClip("c", "p")}).ok());
  EXPECT_THAT(ErrorOf(config), HasSubstr("p")) << "somebody is on both sides";
  EXPECT_FALSE(ReadTrainingData(config).ok());
}

TEST(Folds, AGroupIsNeverTornApart) {
  TrainingData data;
  for (int i = 0; i < 200; ++i)
    data.train.push_back(MakeClip("clip" + std::to_string(i), "group" + std::to_string(i % 50)));
  std::set<std::string> seen;
  for (int fold = 1; fold <= 5; ++fold) {
    TrainingData part = data;
    part.val.push_back(MakeClip("v", "someone else"));
    HoldOutFold(5, fold, part);
    EXPECT_EQ(part.val.size(), 1U) << "validation stays as it is";
    std::set<std::string> kept;
    for (const dataset::Clip& clip : part.train) kept.insert(clip.id);
    std::vector<dataset::Clip> held_out = data.train;
    std::erase_if(held_out, [&](const dataset::Clip& clip) { return kept.contains(clip.id); });
    EXPECT_GT(held_out.size(), 12U);
    EXPECT_TRUE(dataset::CheckGroupsApart(part.train, held_out).ok());
    for (const dataset::Clip& clip : held_out) EXPECT_TRUE(seen.insert(clip.id).second) << clip.id;
  }
  EXPECT_EQ(seen.size(), 200U) << "every clip is held out once";
}

}  // namespace
}  // namespace trackfit::experiment
