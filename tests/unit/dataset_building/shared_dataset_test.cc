// The data set of the recorded landmark files, where they are at hand.
#include <gtest/gtest.h>

#include <algorithm>

#include "dataset/landmark_file.h"
#include "dataset/split.h"
#include "dataset_building/dataset_builder.h"
#include "exercises/vocabulary.h"
#include "support/shared_data.h"

namespace trackfit::dataset_building {
namespace {

TEST(SharedDataset, HoldsEveryExerciseApartByPeopleAndKnowsItsWeaknesses) {
  const auto folder = testing::SharedData("datasets/landmarks");
  if (!folder) GTEST_SKIP() << "the recorded landmark data is not here; set TRACKFIT_SHARED";
  const auto split = dataset::Split::Read(*testing::SharedData("datasets/splits.json"));
  ASSERT_TRUE(split.ok()) << split.status();
  auto clips = dataset::ReadLandmarks(*folder);
  ASSERT_TRUE(clips.ok()) << clips.status();
  const size_t read = clips->size();
  const auto set = JoinClips(*std::move(clips), *split, {});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_TRUE(dataset::CheckGroupsApart(set->train, set->val).ok());
  EXPECT_EQ(set->train.size() + set->val.size() + set->duplicates.size() + set->not_in_split.size() +
                set->broken.size(),
            read);

  const std::vector<DatasetCount> counts = CountDataset(*set);
  for (const std::string& name : exercises::Builtin().classes()) {
    for (const dataset::Subset side : {dataset::Subset::kTrain, dataset::Subset::kVal}) {
      const bool held = std::any_of(counts.begin(), counts.end(), [&](const DatasetCount& count) {
        return count.class_name == name && count.side == side;
      });
      EXPECT_TRUE(held) << name;
    }
  }
  EXPECT_FALSE(WarningsOf(counts).empty());

  skeleton::AnomalyCounts all;
  for (const auto& [source, found] : set->anomalies) all += found;
  EXPECT_GT(all.teleported, 0);
  EXPECT_LT(all.teleported + all.bone_jumps + all.swapped, all.joints / 50);
}

}  // namespace
}  // namespace trackfit::dataset_building
