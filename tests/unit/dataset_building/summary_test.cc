#include "dataset_building/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/scratch_folder.h"

namespace trackfit::dataset_building {
namespace {

using ::testing::HasSubstr;
using State = ClipResult::State;

class SummaryTest : public ::testing::Test {
 protected:
  void WriteFile(const std::string& name, const std::string& text) const {
    std::ofstream(scratch_.File(name)) << text;
  }

  ClipRecord RecordOf(int64_t output_bytes) const {
    return {.source = "videos/a.mp4",
            .stamp = {.bytes = 100, .modified_us = 7, .files = 1},
            .options = {{"model", "lite"}},
            .output_bytes = output_bytes,
            .frames = 40,
            .with_person = 30,
            .seconds = 1.5};
  }

  bool Knows(const std::string& output) const {
    const auto summary = Summary::Read(scratch_.path());
    EXPECT_TRUE(summary.ok()) << summary.status();
    const ClipRecord record = RecordOf(0);
    return summary->Find(output, record.stamp, record.options) != nullptr;
  }

  testing::ScratchFolder scratch_;
};

TEST_F(SummaryTest, RemembersOutputsThatAreWhole) {
  WriteFile("a.jsonl", "12345");
  auto summary = Summary::Read(scratch_.path());
  ASSERT_TRUE(summary.ok()) << summary.status();
  summary->Add("a.jsonl", RecordOf(5));
  summary->AddLeftOut("b.jsonl", "videos/b.mp4", "no video");
  ASSERT_TRUE(summary->Write().ok());
  EXPECT_TRUE(Knows("a.jsonl"));
  EXPECT_FALSE(Knows("b.jsonl"));

  std::ifstream stream(scratch_.File(kSummaryFile));
  const auto json = nlohmann::json::parse(stream);
  EXPECT_EQ(json["videos"][0]["output"], "a.jsonl");
  EXPECT_EQ(json["videos"][0]["detection_rate"], 0.75);
  EXPECT_EQ(json["left_out"][0]["reason"], "no video");
  EXPECT_EQ(json["total"]["with_person"], 30);
}

TEST_F(SummaryTest, ForgetsOutputsThatAreGoneOrCut) {
  WriteFile("a.jsonl", "12345");
  auto summary = Summary::Read(scratch_.path());
  summary->Add("a.jsonl", RecordOf(5));
  ASSERT_TRUE(summary->Write().ok());
  WriteFile("a.jsonl", "123");
  EXPECT_FALSE(Knows("a.jsonl"));
  std::filesystem::remove(scratch_.File("a.jsonl"));
  EXPECT_FALSE(Knows("a.jsonl"));
}

TEST_F(SummaryTest, TellsOtherSourcesAndOptionsApart) {
  auto summary = Summary::Read(scratch_.path());
  const ClipRecord record = RecordOf(5);
  summary->Add("a.jsonl", record);
  EXPECT_NE(summary->Find("a.jsonl", record.stamp, record.options), nullptr);
  EXPECT_EQ(summary->Find("a.jsonl", {.bytes = 101, .modified_us = 7}, record.options), nullptr);
  EXPECT_EQ(summary->Find("a.jsonl", {.bytes = 100, .modified_us = 8}, record.options), nullptr);
  EXPECT_EQ(summary->Find("a.jsonl", record.stamp, {{"model", "full"}}), nullptr);
}

TEST_F(SummaryTest, LeavesAFileThatIsSomethingElse) {
  WriteFile(kSummaryFile, R"({"of": "my own"})");
  const absl::Status status = Summary::Read(scratch_.path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("choose another --output"));
}

TEST(SourceStamp, OfAFolderCountsItsImages) {
  const testing::ScratchFolder scratch;
  std::ofstream(scratch.File("1.png")) << "123";
  std::ofstream(scratch.File("2.png")) << "45";
  std::ofstream(scratch.File("notes.txt")) << "6789";
  const auto stamp = SourceStamp::Of(scratch.path());
  ASSERT_TRUE(stamp.ok()) << stamp.status();
  EXPECT_EQ(stamp->bytes, 5);
  EXPECT_EQ(stamp->files, 2);
  EXPECT_GT(stamp->modified_us, 1'600'000'000'000'000);
  EXPECT_EQ(SourceStamp::Of(scratch.File("3.png")).status().code(), absl::StatusCode::kNotFound);
}

TEST(DetectionTable, HasALineForEachVideoThatWasLookedAtAndOneForAll) {
  const std::string table = DetectionTable({
      {.name = "squat/a", .state = State::kDone, .frames = 200, .with_person = 199, .seconds = 4, .note = ""},
      {.name = "kniebeuge/ä",
       .state = State::kKept,
       .frames = 100,
       .with_person = 50,
       .seconds = 2,
       .note = ""},
      {.name = "b", .state = State::kLeftOut, .note = "cannot be read"},
      {.name = "c", .state = State::kMissing, .note = ""},
  });
  EXPECT_EQ(table,
            "video            frames    person     rate   seconds\n"
            "squat/a             200       199   99.5 %       4.0\n"
            "kniebeuge/ä         100        50   50.0 %       2.0  done before\n"
            "b              left out: cannot be read\n"
            "2 of 4 videos       300       249   83.0 %       6.0\n");
}

}  // namespace
}  // namespace trackfit::dataset_building
