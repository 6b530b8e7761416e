#include "protogcn/folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace trackfit::protogcn {
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

}  // namespace
}  // namespace trackfit::protogcn
