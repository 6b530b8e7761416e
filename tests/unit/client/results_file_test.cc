#include "client/results_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/messages.h"
#include "support/scratch_folder.h"

namespace trackfit::client {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string Content(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class ResultsFileTest : public ::testing::Test {
 protected:
  const testing::ScratchFolder folder_;
  const fs::path path_ = folder_.File("results.jsonl");
  ResultsFile file_;
};

TEST_F(ResultsFileTest, AppearsWhenItIsWhole) {
  ASSERT_TRUE(file_.Open("--json", path_).ok());
  ASSERT_TRUE(file_.Write(testing::ResultOf(0, v1::FRAME_STATUS_POSE)).ok());
  EXPECT_FALSE(fs::exists(path_));
  ASSERT_TRUE(file_.Finish().ok());
  EXPECT_THAT(Content(path_), HasSubstr("FRAME_STATUS_POSE"));
}

TEST_F(ResultsFileTest, DoesNotAppearWithoutAResult) {
  ASSERT_TRUE(file_.Open("--json", path_).ok());
  ASSERT_TRUE(file_.Write(v1::AnalyzeResponse()).ok());
  ASSERT_TRUE(file_.Finish().ok());
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ResultsFileTest, OfAFailedSessionIsKeptBesideAnOlderOne) {
  std::ofstream(path_) << "older";
  ASSERT_TRUE(file_.Open("--json", path_).ok());
  ASSERT_TRUE(file_.Write(testing::ResultOf(0, v1::FRAME_STATUS_POSE)).ok());
  const absl::Status status = file_.KeepPartialOutput(absl::UnavailableError("gone"));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("gone; the results so far are in "));
  EXPECT_EQ(Content(path_), "older");
}

TEST_F(ResultsFileTest, NamesTheFlagWhenItCannotBeWritten) {
  const absl::Status status = file_.Open("--json", folder_.File("nowhere/results.jsonl"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--json: cannot write "));
}

TEST_F(ResultsFileTest, WithoutAPathIsNothing) {
  ASSERT_TRUE(file_.Open("--json", "").ok());
  EXPECT_TRUE(file_.Write(testing::ResultOf(0, v1::FRAME_STATUS_POSE)).ok());
  EXPECT_TRUE(file_.Finish().ok());
}

}  // namespace
}  // namespace trackfit::client
