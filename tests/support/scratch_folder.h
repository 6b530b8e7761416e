// A folder for the files of one test.
#ifndef TRACKFIT_TESTS_SUPPORT_SCRATCH_FOLDER_H_
#define TRACKFIT_TESTS_SUPPORT_SCRATCH_FOLDER_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace trackfit::testing {

// A temporary folder, removed at the end of the test.
class ScratchFolder {
 public:
  ScratchFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() / (std::string("trackfit_") + test->test_suite_name() +
                                                      "_" + test->name() + "_" + std::to_string(getpid()));
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }

  std::string File(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_SCRATCH_FOLDER_H_
