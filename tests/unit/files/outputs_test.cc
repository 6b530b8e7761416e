#include "files/outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

namespace trackfit::files {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class CheckOutputsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "pictures");
    std::ofstream(folder_ / "clip.mp4") << "a video";
    std::ofstream(folder_ / "pictures" / "0.jpg") << "a picture";
    fs::create_symlink("clip.mp4", folder_ / "soft.mp4");
    fs::create_hard_link(folder_ / "clip.mp4", folder_ / "hard.mp4");
  }
  void TearDown() override { fs::remove_all(folder_); }

  // The error for --json as the only output.
  std::string Fault(const fs::path& json) const { return Fault({{"--json", json}}); }
  std::string Fault(const std::vector<NamedFile>& outputs) const {
    std::vector<NamedFile> inputs = FilesOf("the input", folder_ / "pictures", HasExtension(".jpg"));
    inputs.push_back({"the input", folder_ / "clip.mp4"});
    const absl::Status status = CheckOutputs(outputs, inputs);
    EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
    return std::string(status.message());
  }

  const fs::path folder_ = fs::path(::testing::TempDir()) / ("outputs_test_" + std::to_string(getpid()));
};

TEST_F(CheckOutputsTest, AcceptsANewFileAndAnOldOneThatIsNotAnInput) {
  std::ofstream(folder_ / "old.jsonl") << "old";
  EXPECT_EQ(Fault(folder_ / "new.jsonl"), "");
  EXPECT_EQ(Fault(folder_ / "old.jsonl"), "");
  EXPECT_EQ(Fault(folder_ / "pictures" / "new.jsonl"), "");
  EXPECT_EQ(Fault("-"), "");
  EXPECT_EQ(Fault(""), "");
}

TEST_F(CheckOutputsTest, LeavesNoTrace) {
  const auto count = [&] {
    const fs::directory_iterator entries(folder_);
    return std::distance(begin(entries), end(entries));
  };
  const auto before = count();
  ASSERT_EQ(Fault(folder_ / "new.jsonl"), "");
  EXPECT_EQ(count(), before);
}

TEST_F(CheckOutputsTest, RefusesTheInputUnderAnyName) {
  for (const char* name : {"clip.mp4", "soft.mp4", "hard.mp4", "pictures/../clip.mp4"})
    EXPECT_THAT(Fault(folder_ / name), HasSubstr("would overwrite the input")) << name;
}

TEST_F(CheckOutputsTest, RefusesToReplaceAFileOfAnInputFolder) {
  EXPECT_THAT(Fault(folder_ / "pictures" / "0.jpg"), HasSubstr("would overwrite the input"));
}

TEST_F(CheckOutputsTest, AcceptsOtherFilesInAnInputFolder) {
  std::ofstream(folder_ / "pictures" / "results.jsonl") << "of the run before";
  EXPECT_EQ(Fault(folder_ / "pictures" / "results.jsonl"), "");
}

TEST_F(CheckOutputsTest, DoesNotMistakeSharedMemoryForADevice) {
  const fs::path file = "/dev/shm/outputs_test_" + std::to_string(getpid());
  if (!std::ofstream(file)) GTEST_SKIP() << "no /dev/shm";
  const absl::Status status = CheckOutputs({{"--json", file}}, {{"the input", file}});
  fs::remove(file);
  EXPECT_THAT(std::string(status.message()), HasSubstr("would overwrite the input"));
}

TEST_F(CheckOutputsTest, RefusesOneFileForTwoOutputs) {
  const fs::path twice = folder_ / "twice.jsonl", again = folder_ / "pictures" / ".." / "twice.jsonl";
  EXPECT_THAT(Fault({{"--json", twice}, {"--render", again}}), HasSubstr("is also the file named by --json"));
  std::ofstream(folder_ / "old") << "old";
  fs::create_hard_link(folder_ / "old", folder_ / "other_old");
  EXPECT_THAT(Fault({{"--json", folder_ / "old"}, {"--render", folder_ / "other_old"}}),
              HasSubstr("is also the file named by --json"));
}

TEST_F(CheckOutputsTest, RefusesWhatCannotBeAFile) {
  EXPECT_THAT(Fault(folder_ / "pictures"), HasSubstr("is a folder; name a file"));
  fs::create_directories(folder_ / "folder");
  EXPECT_THAT(Fault(folder_ / "folder"), HasSubstr("is a folder; name a file"));
  EXPECT_THAT(Fault(folder_ / "nowhere" / "out.jsonl"), HasSubstr("does not exist; create it"));
  EXPECT_THAT(Fault(folder_ / "clip.mp4" / "out.jsonl"), HasSubstr("does not exist; create it"));
  EXPECT_THAT(Fault(folder_ / std::string(300, 'x')), HasSubstr("File name too long"));
}

TEST_F(CheckOutputsTest, RefusesAFolderThatIsNotWritable) {
  EXPECT_THAT(Fault("/sys/kernel/out.jsonl"), HasSubstr("cannot be written"));
}

TEST_F(CheckOutputsTest, AcceptsADeviceForSeveralOutputs) {
  EXPECT_EQ(Fault({{"--json", "/dev/null"}, {"--render", "/dev/null"}}), "");
}

}  // namespace
}  // namespace trackfit::files
