#include "dataset_building/dataset_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "dataset/split.h"
#include "support/poses.h"

namespace trackfit::dataset_building {
namespace {

using dataset::Clip;
using dataset::SourceKind;
using dataset::Subset;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Clip MakeClip(const std::string& id, const std::string& exercise, const std::string& group) {
  return {.id = id,
          .source = "camera",
          .exercise = exercise,
          .form = "correct",
          .fault = "",
          .group = group,
          .fps = 30,
          .kind = SourceKind::kRecorded,
          .poses = testing::WavingPoses(30, 2)};
}

Clip WithTeleport(Clip clip) {
  for (int t = 20; t < 23; ++t) clip.poses[t].landmarks[skeleton::kNose].x += 0.3F;
  return clip;
}

dataset::Split SplitOf(const nlohmann::json& train, const nlohmann::json& val) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "trackfit_builder_split.json";
  std::ofstream(path) << nlohmann::json(
      {{"train", {{"landmarks", train}}}, {"val", {{"landmarks", val}}}, {"val_groups", {"kept aside"}}});
  return *dataset::Split::Read(path);
}

std::vector<std::string> IdsOf(const std::vector<Clip>& clips) {
  std::vector<std::string> ids;
  for (const Clip& clip : clips) ids.push_back(clip.id);
  return ids;
}

DatasetCount Find(const std::vector<DatasetCount>& counts, const std::string& name, Subset side) {
  for (const DatasetCount& count : counts) {
    if (count.class_name == name && count.side == side) return count;
  }
  return {};
}

TEST(JoinClips, DividesAsTheSplitSaysAndMannequinsAreForTraining) {
  Clip mannequin = MakeClip("m", "squat", "mannequin_1");
  mannequin.kind = SourceKind::kMannequin;
  Clip aside = MakeClip("e", "squat", "kept aside");
  const auto set = JoinClips({MakeClip("a", "squat", "anna"), MakeClip("b", "squat", "ben"), mannequin,
                              MakeClip("c", "squat", "carl"), aside},
                             SplitOf({"a", "e"}, {"b"}), {});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(IdsOf(set->train), ElementsAre("a", "m"));
  EXPECT_THAT(IdsOf(set->val), ElementsAre("b"));
  EXPECT_THAT(set->not_in_split, ElementsAre("c", "e"));
}

TEST(JoinClips, KeepsVariantsForTrainingAlone) {
  const auto set = JoinClips({MakeClip("a", "squat", "anna"), MakeClip("a~1", "squat", "anna"),
                              MakeClip("b", "squat", "ben"), MakeClip("b~1", "squat", "ben")},
                             SplitOf({"a"}, {"b"}), {});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(IdsOf(set->train), ElementsAre("a", "a~1"));
  EXPECT_THAT(IdsOf(set->val), ElementsAre("b"));
  EXPECT_TRUE(set->not_in_split.empty());
}

TEST(JoinClips, RefusesAPersonOnBothSides) {
  const auto set =
      JoinClips({MakeClip("a", "squat", "anna"), MakeClip("b", "squat", "anna")}, SplitOf({"a"}, {"b"}), {});
  EXPECT_EQ(set.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(set.status().message()), HasSubstr("anna"));
}

TEST(JoinClips, KeepsTheFirstOfClipsWithOneId) {
  Clip again = MakeClip("a", "squat", "anna");
  again.source = "film";
  const auto set = JoinClips({MakeClip("a", "squat", "anna"), again, MakeClip("b", "squat", "ben")},
                             SplitOf({"a"}, {"b"}), {});
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->train.size(), 1U);
  EXPECT_EQ(set->train.front().source, "camera");
  EXPECT_THAT(set->duplicates, ElementsAre("a"));
}

TEST(JoinClips, RepairsTrainingAndOnlyCountsInValidation) {
  const auto set =
      JoinClips({WithTeleport(MakeClip("a", "squat", "anna")), WithTeleport(MakeClip("b", "squat", "ben"))},
                SplitOf({"a"}, {"b"}), {});
  ASSERT_TRUE(set.ok()) << set.status();
  const skeleton::AnomalyCounts& counts = set->anomalies.at("camera");
  EXPECT_EQ(counts.teleported, 6);
  EXPECT_EQ(counts.interpolated, 3);
  EXPECT_LT(set->train.front().poses[21].landmarks[skeleton::kNose].x, 0.6F);
  EXPECT_GT(set->val.front().poses[21].landmarks[skeleton::kNose].x, 0.7F);
}

TEST(JoinClips, RepairCanBeSwitchedOff) {
  const auto set = JoinClips({WithTeleport(MakeClip("a", "squat", "anna")), MakeClip("b", "squat", "ben")},
                             SplitOf({"a"}, {"b"}), {.repair = false, .rule = {}});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->anomalies.at("camera").teleported, 3);
  EXPECT_GT(set->train.front().poses[21].landmarks[skeleton::kNose].x, 0.7F);
}

TEST(JoinClips, LeavesOutTrainingClipsInWhichMostlyNobodyIsSeen) {
  Clip empty = MakeClip("e", "squat", "eve");
  for (size_t t = 0; t < 40; ++t) empty.poses[t].landmarks.fill({NAN, NAN, NAN, NAN, 0});
  const auto set = JoinClips({MakeClip("a", "squat", "anna"), empty, MakeClip("b", "squat", "ben")},
                             SplitOf({"a", "e"}, {"b"}), {});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(IdsOf(set->train), ElementsAre("a"));
  EXPECT_THAT(set->broken, ElementsAre("e"));
}

TEST(JoinClips, NamesClipsInWhichPeopleStandOnTheirHeads) {
  Clip turned = MakeClip("t", "squat", "tom");
  for (skeleton::Pose& pose : turned.poses) {
    for (skeleton::Landmark& landmark : pose.landmarks) {
      landmark.x = 1 - landmark.x;
      landmark.y = 1 - landmark.y;
    }
  }
  const auto set = JoinClips({MakeClip("a", "squat", "anna"), turned, MakeClip("b", "squat", "ben")},
                             SplitOf({"a", "t"}, {"b"}), {});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_THAT(set->upside_down, ElementsAre("t"));
  EXPECT_THAT(IdsOf(set->train), ElementsAre("a", "t"));
  EXPECT_EQ(DatasetJson(*set, {})["upside_down"][0], "t");
}

TEST(JoinClips, ShowsValidationClipsInSpaceThroughACameraAndLeavesThoseOfTraining) {
  Clip train = MakeClip("t", "squat", "t"), val = MakeClip("v", "squat", "v");
  train.metric = val.metric = true;
  const auto joined = JoinClips({train, val}, SplitOf({"t"}, {"v"}), {});
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_TRUE(joined->train.front().metric);
  EXPECT_FALSE(joined->val.front().metric);
  EXPECT_NE(joined->val.front().poses[0].landmarks[0].x, val.poses[0].landmarks[0].x);
}

TEST(CountDataset, CountsClipsFramesAndPeoplePerClass) {
  const auto set = JoinClips({MakeClip("a", "squat", "anna"), MakeClip("a2", "squat", "anna"),
                              MakeClip("c", "cable_curl", "carl"), MakeClip("b", "squat", "ben")},
                             SplitOf({"a", "a2", "c"}, {"b"}), {});
  ASSERT_TRUE(set.ok()) << set.status();
  const std::vector<DatasetCount> counts = CountDataset(*set);
  const DatasetCount squats = Find(counts, "squat", Subset::kTrain);
  EXPECT_EQ(squats.clips, 2);
  EXPECT_EQ(squats.frames, 120);
  EXPECT_EQ(squats.groups, 1);
  EXPECT_EQ(Find(counts, "squat", Subset::kVal).clips, 1);
  EXPECT_EQ(Find(counts, "barbell_biceps_curl", Subset::kTrain).clips, 1);  // any curl is taught as this one
}

TEST(DatasetWarnings, NameClassesThatRestOnFewPeopleOrOnNone) {
  std::vector<DatasetCount> counts;
  for (const Subset side : {Subset::kTrain, Subset::kVal}) {
    counts.push_back(
        {.class_name = "squat", .kind = SourceKind::kRecorded, .side = side, .clips = 9, .groups = 3});
    counts.push_back(
        {.class_name = "push_up", .kind = SourceKind::kRecorded, .side = side, .clips = 90, .groups = 30});
    counts.push_back(
        {.class_name = "pull_up", .kind = SourceKind::kPhotoPair, .side = side, .clips = 5, .groups = 5});
  }
  const std::vector<std::string> warnings = WarningsOf(counts);
  EXPECT_THAT(warnings, Contains(HasSubstr("squat: the 9 videos of real people show 3 people")));
  EXPECT_THAT(warnings, Contains(HasSubstr("pull_up: no video of real people to train on")));
  EXPECT_THAT(warnings, Contains(HasSubstr("pull_up: validation holds no video of real people")));
  EXPECT_THAT(warnings, Contains("bench_press: validation holds no clip of it"));
  EXPECT_THAT(warnings, Not(Contains(HasSubstr("push_up"))));
}

TEST(WriteDataset, IsReadAgainWithItsSidesAndKinds) {
  Clip mannequin = MakeClip("m", "squat", "mannequin_1");
  mannequin.source = dataset::kMannequinSource;
  mannequin.kind = SourceKind::kMannequin;
  const auto set = JoinClips({MakeClip("a", "squat", "anna"), MakeClip("b", "squat", "ben"), mannequin},
                             SplitOf({"a"}, {"b"}), {});
  ASSERT_TRUE(set.ok()) << set.status();
  const auto folder = std::filesystem::path(::testing::TempDir()) / "trackfit_builder_set";
  ASSERT_TRUE(WriteDataset(folder, *set, DatasetJson(*set, {})).ok());

  const auto split = dataset::Split::Read(folder / "splits.json");
  ASSERT_TRUE(split.ok()) << split.status();
  const auto train = dataset::ReadSubset({folder.string()}, *split, Subset::kTrain);
  ASSERT_TRUE(train.ok()) << train.status();
  EXPECT_THAT(IdsOf(*train), ElementsAre("a", "m"));
  EXPECT_EQ(train->back().kind, SourceKind::kMannequin);
  EXPECT_THAT(IdsOf(*dataset::ReadSubset({folder.string()}, *split, Subset::kVal)), ElementsAre("b"));

  const nlohmann::json report = nlohmann::json::parse(std::ifstream(folder / "dataset.json"));
  EXPECT_EQ(report["train"]["clips"], 2);
  EXPECT_EQ(report["val"]["frames"], 60);
  EXPECT_EQ(report["rule"]["teleport_distance"], skeleton::AnomalyRule{}.teleport_distance);
}

}  // namespace
}  // namespace trackfit::dataset_building
