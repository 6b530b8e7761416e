#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace trackfit::testing {
namespace {

namespace fs = std::filesystem;

// Two of these run side by side under ctest, as tests that choose one name for their files do.
void WritesAFileThatNobodyElseHas() {
  const fs::path file = fs::path(::testing::TempDir()) / "taken.txt";
  EXPECT_FALSE(fs::exists(file));
  EXPECT_TRUE(std::ofstream(file) << "mine");
  EXPECT_EQ(file.parent_path(), fs::temp_directory_path());
  EXPECT_NE(file.parent_path(), "/tmp");
}

TEST(TemporaryFolder, IsNotSharedWithOtherTests) { WritesAFileThatNobodyElseHas(); }

TEST(TemporaryFolderAgain, IsNotSharedWithOtherTests) { WritesAFileThatNobodyElseHas(); }

}  // namespace
}  // namespace trackfit::testing
