#include "video_evaluation/video_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "command_line/exit_code.h"
#include "support/scratch_folder.h"
#include "support/video_files.h"

namespace trackfit::video_evaluation {
namespace {

using ::testing::HasSubstr;

// Two videos, and an earlier run's verdict on one of them.
class EvaluateVideosTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* id : {"a", "b"})
      testing::WriteVideo(scratch_.File(std::string(id) + ".mp4"), 3, 25, {64, 48});
    options_.sources.folder = scratch_.path();
    options_.verdicts = scratch_.File("verdicts.jsonl");
    options_.json = scratch_.File("figures.json");
    auto file = VerdictFile::Open(options_.verdicts);
    ASSERT_TRUE(file.ok() && file->SetModel("7", {"push_up", "squat"}).ok());
    ASSERT_TRUE(file->Add(Verdict("a")).ok());
  }

  static evaluation::VideoVerdict Verdict(const std::string& id) {
    return {
        .id = id, .exercise = "squat", .group = id, .model_version = "7", .named = "squat", .known = true};
  }

  testing::ScratchFolder scratch_;
  VideoEvaluationOptions options_;
  std::ostringstream text_, log_;
};

TEST_F(EvaluateVideosTest, PrintsWhatIsThereWhenItIsInterrupted) {
  const absl::Status status = EvaluateVideos(
      options_, [] { return true; }, text_, log_);
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("1 of 2 videos are not done. Run the same command again"));
  EXPECT_THAT(text_.str(), HasSubstr("1 of 1, 100.0 %"));
}

TEST_F(EvaluateVideosTest, NeedsNoGatewayWhenAllVerdictsAreThere) {
  auto file = VerdictFile::Open(options_.verdicts);
  ASSERT_TRUE(file.ok() && file->Add(Verdict("b")).ok());
  const absl::Status status = EvaluateVideos(
      options_, [] { return false; }, text_, log_);
  ASSERT_TRUE(status.ok()) << status;
  const auto json = nlohmann::json::parse(std::ifstream(options_.json));
  EXPECT_EQ(json.at("exercises").at("named").at("right"), 2);
  EXPECT_EQ(json.at("videos").size(), 2U);
}

TEST_F(EvaluateVideosTest, NamesVideosThatCannotBeRead) {
  std::ofstream(scratch_.File("b.mp4")) << "not a video";
  const absl::Status status = EvaluateVideos(
      options_, [] { return false; }, text_, log_);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(log_.str(), HasSubstr("b.mp4"));
}

}  // namespace
}  // namespace trackfit::video_evaluation
