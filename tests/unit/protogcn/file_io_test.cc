#include "protogcn/file_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

namespace trackfit::protogcn {
namespace {

class ReplaceFileTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  size_t Entries() const {
    const std::filesystem::directory_iterator first(folder_);
    return static_cast<size_t>(std::distance(begin(first), end(first)));
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("file_io_test_" + std::to_string(getpid()));
};

TEST_F(ReplaceFileTest, PutsTheNewBytesInPlaceOfTheOld) {
  ASSERT_TRUE(ReplaceFile(folder_ / "file", "an older and longer text").ok());
  ASSERT_TRUE(ReplaceFile(folder_ / "file", std::string_view("new\0", 4)).ok());
  std::ifstream file(folder_ / "file", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(bytes, std::string("new\0", 4));
  EXPECT_EQ(Entries(), 1U);
}

TEST_F(ReplaceFileTest, LeavesNothingBehindWhenItFails) {
  std::filesystem::create_directories(folder_ / "taken" / "by_a_folder");
  const absl::Status status = ReplaceFile(folder_ / "taken", "bytes");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("taken: cannot be written"));
  EXPECT_EQ(Entries(), 1U);
}

}  // namespace
}  // namespace trackfit::protogcn
