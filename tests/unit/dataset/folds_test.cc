#include "dataset/folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace trackfit::dataset {
namespace {

Clip InGroup(const std::string& group, const std::string& form, const std::string& exercise = "push_up") {
  return {.id = group + form,
          .source = "test",
          .exercise = exercise,
          .form = form,
          .fault = "",
          .group = group,
          .poses = {}};
}

TEST(GroupedFolds, SpreadBothFormsEvenly) {
  std::vector<Clip> clips;
  for (int g = 0; g < 40; ++g) {
    const std::string group = "group" + std::to_string(g);
    for (int i = 0; i <= g % 4; ++i) clips.push_back(InGroup(group, g % 2 == 0 ? "correct" : "incorrect"));
  }
  const auto folds = GroupedFolds(clips, 5);
  EXPECT_EQ(folds.size(), 40U);
  for (const char* form : {"correct", "incorrect"}) {
    std::vector<int> counts(5);
    for (const Clip& clip : clips) counts[FoldOf(folds, clip)] += clip.form == form ? 1 : 0;
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    EXPECT_LE(*most - *least, 3) << form;
    EXPECT_GT(*least, 5) << form;
  }
}

TEST(GroupedFolds, DoNotDependOnTheOrder) {
  std::vector<Clip> clips;
  for (int g = 0; g < 20; ++g) {
    clips.push_back(InGroup(std::to_string(g), g % 3 == 0 ? "correct" : "incorrect"));
    clips.push_back(InGroup(std::to_string(g), "unknown", g % 5 == 0 ? "squat" : "push_up"));
  }
  const auto folds = GroupedFolds(clips, 4);
  std::reverse(clips.begin(), clips.end());
  EXPECT_EQ(GroupedFolds(clips, 4), folds);
}

TEST(GroupedFolds, TakeAClipWithoutAGroupForItself) {
  const std::vector<Clip> clips = {InGroup("", "correct"), InGroup("", "incorrect")};
  const auto folds = GroupedFolds(clips, 2);
  EXPECT_NE(FoldOf(folds, clips[0]), FoldOf(folds, clips[1]));
  EXPECT_EQ(FoldOf(folds, InGroup("elsewhere", "correct")), -1);
}

TEST(GroupedFolds, AreTheSameWithAndWithoutTheMannequin) {
  std::vector<Clip> clips;
  const auto add = [&](const std::string& group, const std::string& form, SourceKind kind) {
    Clip& clip = clips.emplace_back();
    clip.id = group;
    clip.group = group;
    clip.exercise = "push_up";
    clip.form = form;
    clip.kind = kind;
  };
  for (int i = 0; i < 20; ++i) {
    add("person" + std::to_string(i), i % 3 == 0 ? "incorrect" : "correct", SourceKind::kRecorded);
  }
  const auto alone = GroupedFolds(clips, 5);
  for (int i = 0; i < 7; ++i) add("a_mannequin" + std::to_string(i), "correct", SourceKind::kMannequin);
  EXPECT_EQ(GroupedFolds(clips, 5), alone) << "training has it, judging has not";
  EXPECT_EQ(FoldOf(alone, clips.back()), -1);
}

}  // namespace
}  // namespace trackfit::dataset
