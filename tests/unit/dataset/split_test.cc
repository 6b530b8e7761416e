#include "dataset/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "unit/dataset/dataset_fixtures.h"

namespace trackfit::dataset {
namespace {

using ::testing::HasSubstr;

class SplitTest : public ::testing::Test {
 protected:
  absl::StatusOr<Split> Read(const std::string& json) {
    WriteText(TempFile("split.json"), json);
    return Split::Read(TempFile("split.json"));
  }
};

TEST_F(SplitTest, KeepsGroupsApart) {
  const auto split =
      Read(R"({"train": {"landmarks": ["a", "c"], "videos": ["v"]}, "val": {"landmarks": ["b"]},
                              "val_groups": ["group_of_b", "group_of_c"]})");
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_EQ(split->SubsetOf(MakeClip("a", "squat")), Subset::kTrain);
  EXPECT_EQ(split->SubsetOf(MakeClip("v", "squat")), Subset::kTrain);
  EXPECT_EQ(split->SubsetOf(MakeClip("b", "squat")), Subset::kVal);
  EXPECT_EQ(split->SubsetOf(MakeClip("c", "squat")), std::nullopt)
      << "a validation group is never trained on";
  EXPECT_EQ(split->SubsetOf(MakeClip("unknown", "squat")), std::nullopt);
}

TEST_F(SplitTest, PutsVariantsOnTheSideOfTheirOriginal) {
  const auto split = Read(R"({"train": {"landmarks": ["a", "b~1"]}, "val": {"landmarks": ["c"]}})");
  ASSERT_TRUE(split.ok()) << split.status();
  EXPECT_EQ(split->SubsetOf(MakeClip("a~3", "squat")), Subset::kTrain);
  EXPECT_EQ(split->SubsetOf(MakeClip("c~3", "squat")), Subset::kVal);
  EXPECT_EQ(split->SubsetOf(MakeClip("b~1", "squat")), Subset::kTrain) << "listed without its original";
  EXPECT_EQ(split->SubsetOf(MakeClip("d~1", "squat")), std::nullopt);
}

TEST_F(SplitTest, RefusesAnIdOnBothSides) {
  const auto split = Read(R"({"train": {"landmarks": ["a"]}, "val": {"landmarks": ["a"]}})");
  EXPECT_THAT(std::string(split.status().message()), HasSubstr("a is both in train and in val"));
}

TEST_F(SplitTest, RefusesWhatIsNoSplit) {
  EXPECT_EQ(Read("{}").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Read("nonsense").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Groups, AreOnOneSideOnly) {
  Clip train = MakeClip("a", "squat"), val = MakeClip("b", "squat");
  EXPECT_TRUE(CheckGroupsApart({train}, {val}).ok());
  train.group = val.group = "";
  EXPECT_TRUE(CheckGroupsApart({train}, {val}).ok()) << "groups that are not known";
  train.group = val.group = "one_gym";
  const absl::Status status = CheckGroupsApart({train}, {val});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"one_gym\""));
  EXPECT_THAT(std::string(status.message()), HasSubstr("a is in train, b in val"));
}

}  // namespace
}  // namespace trackfit::dataset
