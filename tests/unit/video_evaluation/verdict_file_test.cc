#include "video_evaluation/verdict_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "support/scratch_folder.h"

namespace trackfit::video_evaluation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

evaluation::VideoVerdict Verdict(const std::string& id) {
  return {.id = id, .exercise = "squat", .model_version = "7", .named = "squat", .known = true};
}

class VerdictFileTest : public ::testing::Test {
 protected:
  VerdictFile Open() {
    auto file = VerdictFile::Open(path_);
    EXPECT_TRUE(file.ok()) << file.status();
    return *std::move(file);
  }

  testing::ScratchFolder scratch_;
  std::string path_ = scratch_.File("verdicts.jsonl");
};

TEST_F(VerdictFileTest, KeepsVerdictsForTheNextRun) {
  {
    VerdictFile file = Open();
    EXPECT_EQ(file.Find("a"), nullptr);
    ASSERT_TRUE(file.SetModel("7", {"push_up", "squat"}).ok());
    ASSERT_TRUE(file.Add(Verdict("a")).ok());
  }
  VerdictFile file = Open();
  EXPECT_THAT(file.exercises(), ElementsAre("push_up", "squat"));
  ASSERT_NE(file.Find("a"), nullptr);
  EXPECT_EQ(file.Find("a")->named, "squat");
  EXPECT_EQ(file.Find("b"), nullptr);
}

TEST_F(VerdictFileTest, DropsALineThatWasCutShortAndGoesOn) {
  {
    VerdictFile file = Open();
    ASSERT_TRUE(file.SetModel("7", {"squat"}).ok());
    ASSERT_TRUE(file.Add(Verdict("a")).ok());
    ASSERT_TRUE(file.Add(Verdict("b")).ok());
  }
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 5);
  {
    VerdictFile file = Open();
    EXPECT_NE(file.Find("a"), nullptr);
    EXPECT_EQ(file.Find("b"), nullptr);
    ASSERT_TRUE(file.SetModel("7", {"squat"}).ok());
    ASSERT_TRUE(file.Add(Verdict("c")).ok());
  }
  VerdictFile file = Open();
  EXPECT_NE(file.Find("a"), nullptr);
  EXPECT_EQ(file.Find("b"), nullptr);
  EXPECT_NE(file.Find("c"), nullptr);
}

TEST_F(VerdictFileTest, MixesNoModels) {
  {
    VerdictFile file = Open();
    ASSERT_TRUE(file.SetModel("7", {"squat"}).ok());
    EXPECT_TRUE(file.SetModel("7", {"squat"}).ok());
    EXPECT_EQ(file.SetModel("8", {"squat"}).code(), absl::StatusCode::kFailedPrecondition);
  }
  VerdictFile file = Open();
  const absl::Status status = file.SetModel("8", {"squat"});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("holds verdicts of model 7"));
}

TEST_F(VerdictFileTest, LeavesOtherFilesAlone) {
  for (const char* line : {"exercise,id\n", "{\"model\": 7, \"exercises\": []}\n"}) {
    std::ofstream(path_) << line;
    EXPECT_EQ(VerdictFile::Open(path_).status().code(), absl::StatusCode::kInvalidArgument) << line;
    EXPECT_EQ(std::filesystem::file_size(path_), std::string(line).size());
  }
}

TEST_F(VerdictFileTest, KeepsNothingWithoutAPath) {
  auto file = VerdictFile::Open("");
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->SetModel("7", {"squat"}).ok());
  ASSERT_TRUE(file->Add(Verdict("a")).ok());
  EXPECT_NE(file->Find("a"), nullptr);
}

}  // namespace
}  // namespace trackfit::video_evaluation
