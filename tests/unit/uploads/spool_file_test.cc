#include "uploads/spool_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "support/scratch_folder.h"

namespace trackfit::uploads {
namespace {

using ::testing::HasSubstr;

TEST(SpoolFile, KeepsBytesWithoutAName) {
  const testing::ScratchFolder folder;
  auto file = SpoolFile::Create(folder.path());
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE(file->Append("some ").ok());
  ASSERT_TRUE(file->Append("bytes").ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  std::string kept(10, '\0');
  EXPECT_EQ(pread(file->descriptor(), kept.data(), kept.size(), 0), 10);
  EXPECT_EQ(kept, "some bytes");
}

TEST(SpoolFile, SaysWhereItCannotBeMade) {
  const auto file = SpoolFile::Create("/no/such/folder");
  EXPECT_EQ(file.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(file.status().message()), HasSubstr("/no/such/folder"));
}

TEST(SpoolFile, SaysThatThereIsNoRoom) {
  const testing::ScratchFolder folder;
  auto file = SpoolFile::Create(folder.path());
  ASSERT_TRUE(file.ok()) << file.status();
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto previous = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const absl::Status status = file->Append(std::string(2000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, previous);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("the upload cannot be kept"));
}

}  // namespace
}  // namespace trackfit::uploads
