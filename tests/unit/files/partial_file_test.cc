#include "files/partial_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

namespace trackfit::files {
namespace {

class PartialFileTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  size_t Entries() const {
    const std::filesystem::directory_iterator first(folder_);
    return static_cast<size_t>(std::distance(begin(first), end(first)));
  }

  std::string Content(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("partial_file_test_" + std::to_string(getpid()));
};

TEST_F(PartialFileTest, ReplacesTheOldContent) {
  ASSERT_TRUE(ReplaceFile(folder_ / "file", "an older and longer text").ok());
  ASSERT_TRUE(ReplaceFile(folder_ / "file", std::string_view("new\0", 4)).ok());
  std::ifstream file(folder_ / "file", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(bytes, std::string("new\0", 4));
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(PartialFileTest, IsForTheOwnerAloneWhereItIsSecret) {
  std::ofstream(folder_ / ("secret." + std::to_string(getpid()) + ".partial")) << "left behind";
  ASSERT_TRUE(ReplaceSecretFile(folder_ / "secret", "text").ok());
  EXPECT_EQ(Content("secret"), "text");
  EXPECT_EQ(Entries(), 1U);
  struct stat about {};
  ASSERT_EQ(stat((folder_ / "secret").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  EXPECT_NE(ReplaceSecretFile(folder_ / "nowhere" / "secret", "text").message().find("nowhere"),
            std::string::npos);
}

TEST_F(PartialFileTest, KeepsAFinishedFileThatCannotBeMoved) {
  std::filesystem::create_directories(folder_ / "taken" / "by_a_folder");
  const absl::Status status = ReplaceFile(folder_ / "taken", "bytes");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("taken: cannot be written"));
  const std::string kept = "taken." + std::to_string(getpid()) + ".partial";
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(kept));
  RemovePartialFiles();  // a kept file is no longer one of them
  EXPECT_EQ(Content(kept), "bytes");
}

// As in a sticky folder, and for one file of a container's host.
TEST_F(PartialFileTest, CopiesOverAFileThatCannotBeReplaced) {
  ASSERT_TRUE(ReplaceFile(folder_ / "file", "an older and longer text").ok());
  chmod((folder_ / "file").c_str(), 0666);
  absl::Status status;
  {
    PartialFile partial(folder_ / "file");
    std::ofstream(partial.path()) << "new";
    chmod(folder_.c_str(), 0555);
    const bool root = geteuid() == 0;  // root ignores permissions
    if (root) {
      ASSERT_EQ(seteuid(65534), 0);
    }
    status = partial.Commit();
    if (root) {
      ASSERT_EQ(seteuid(0), 0);
    }
    chmod(folder_.c_str(), 0755);
  }
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Content("file"), "new");
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(PartialFileTest, IsRemovedWithTheProcessUnlessItIsKept) {
  PartialFile half(folder_ / "half"), kept(folder_ / "kept");
  std::ofstream(half.path()) << "half";
  std::ofstream(kept.path()) << "what came";
  kept.Keep();
  RemovePartialFiles();
  EXPECT_FALSE(std::filesystem::exists(half.path()));
  EXPECT_TRUE(std::filesystem::exists(kept.path()));
}

TEST_F(PartialFileTest, LeavesTheOldFileUntilTheNewOneIsComplete) {
  ASSERT_TRUE(ReplaceFile(folder_ / "file", "old").ok());
  {
    PartialFile partial(folder_ / "file");
    std::ofstream(partial.path()) << "new";
    EXPECT_EQ(Content("file"), "old");
    ASSERT_TRUE(partial.Commit().ok());
    EXPECT_EQ(Content("file"), "new");
  }
  EXPECT_EQ(Content("file"), "new");
  {
    PartialFile given_up(folder_ / "file");
    std::ofstream(given_up.path()) << "half";
  }
  EXPECT_EQ(Content("file"), "new");
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(PartialFileTest, ReplacesTheTargetOfALink) {
  ASSERT_TRUE(ReplaceFile(folder_ / "file", "old").ok());
  std::filesystem::create_symlink("file", folder_ / "link");
  ASSERT_TRUE(ReplaceFile(folder_ / "link", "new").ok());
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link"));
  EXPECT_EQ(Content("file"), "new");
}

TEST_F(PartialFileTest, KeepsThePermissionsOfTheFileThatWasThere) {
  ASSERT_TRUE(ReplaceFile(folder_ / "file", "old").ok());
  chmod((folder_ / "file").c_str(), 0600);
  ASSERT_TRUE(ReplaceFile(folder_ / "file", "new").ok());
  struct stat status {};
  ASSERT_EQ(stat((folder_ / "file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(PartialFileTest, WritesDevicesDirectly) {
  EXPECT_TRUE(PartialFile("/dev/stdout").direct());
  EXPECT_TRUE(ReplaceFile("/dev/null", "bytes").ok());
  const absl::Status full = ReplaceFile("/dev/full", "bytes");
  EXPECT_EQ(full.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(full.message()), ::testing::HasSubstr("No space left on device"));
}

TEST_F(PartialFileTest, MovesFilesInSharedMemoryLikeOthers) {
  const std::filesystem::path file = "/dev/shm/partial_file_test_" + std::to_string(getpid());
  if (!std::ofstream(file)) GTEST_SKIP() << "no /dev/shm";
  EXPECT_FALSE(PartialFile(file).direct());
  EXPECT_TRUE(ReplaceFile(file, "old").ok());
  EXPECT_TRUE(ReplaceFile(file, "new").ok());
  EXPECT_EQ(Content(file.string()), "new");
  std::filesystem::remove(file);
}

TEST_F(PartialFileTest, KeepsTheExtensionForWritersThatDependOnIt) {
  EXPECT_EQ(PartialFile("video.mp4", PartialFile::Name::kKeepExtension).path().extension(), ".mp4");
  EXPECT_EQ(PartialFile("model.pt").path().extension(), ".partial");
}

}  // namespace
}  // namespace trackfit::files
