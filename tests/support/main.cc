// The main() of every test: a process has a temporary folder of its own, removed at its end, because ctest
// runs the tests of one file side by side and they choose the same names in it.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  std::string folder = (std::filesystem::temp_directory_path() / "trackfit_test_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    std::perror(folder.c_str());
    return 1;
  }
  chmod(folder.c_str(), 0755);                                     // some tests act as another user
  setenv("TMPDIR", folder.c_str(), /*overwrite=*/1);               // std::filesystem, and the servers
  setenv("TEST_TMPDIR", (folder + "/").c_str(), /*overwrite=*/1);  // ::testing::TempDir()
  const int status = RUN_ALL_TESTS();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return status;
}
