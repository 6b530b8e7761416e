#include "command_line/model_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace trackfit::command_line {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;

// The working directory of tests is the source tree, which has deploy/models/protogcn.
class ModelDirectory : public ::testing::Test {
 protected:
  ~ModelDirectory() override { fs::remove_all(prefix_); }

  const fs::path prefix_ = fs::temp_directory_path() / ("model_directory_test_" + std::to_string(getpid()));
  const fs::path executable_ = prefix_ / "bin" / "trackfit-inferencer";
};

TEST_F(ModelDirectory, IsWhereTheExecutableWasInstalledAlsoInASourceTree) {
  fs::create_directories(prefix_ / "share/trackfit/models/protogcn");
  EXPECT_EQ(ModelDirectoryFor(executable_, "protogcn"), prefix_ / "share/trackfit/models/protogcn");
}

TEST_F(ModelDirectory, NamesTheInstalledPlaceOfWhatWasNotInstalled) {
  fs::create_directories(prefix_ / "share/trackfit/models/protogcn");
  EXPECT_EQ(ModelDirectoryFor(executable_, "blazepose"), prefix_ / "share/trackfit/models/blazepose");
}

TEST_F(ModelDirectory, IsTheSourceTreesForAnExecutableThatIsNotInstalled) {
  EXPECT_EQ(ModelDirectoryFor(executable_, "protogcn"), "deploy/models/protogcn");
  EXPECT_EQ(ModelDirectoryFor("", "protogcn"), "deploy/models/protogcn");
}

TEST_F(ModelDirectory, IsTheTreesInWhichTheExecutableWasBuiltElsewhere) {
  fs::create_directories(prefix_ / "deploy/models/of_that_tree");
  fs::create_directories(prefix_ / "build/release/bin");
  EXPECT_EQ(ModelDirectoryFor(prefix_ / "build/release/bin/trackfit", "of_that_tree"),
            prefix_ / "deploy/models/of_that_tree");
}

using ExerciseDirectory = ModelDirectory;

TEST_F(ExerciseDirectory, IsFoundAsModelsAre) {
  EXPECT_EQ(ExerciseDirectoryFor(executable_), "deploy/exercises");
  fs::create_directories(prefix_ / "share/trackfit/exercises");
  EXPECT_EQ(ExerciseDirectoryFor(executable_), prefix_ / "share/trackfit/exercises");
  EXPECT_EQ(ExerciseDirectoryFor(""), "deploy/exercises");
}

using WebDirectory = ModelDirectory;

TEST_F(WebDirectory, IsThatOfTheInstallationOrOfTheBuild) {
  fs::create_directories(prefix_ / "services/gateway/web/dist");
  EXPECT_EQ(WebDirectoryFor(prefix_ / "build/release/bin/trackfit-gateway"),
            fs::is_directory("services/gateway/web/dist") ? "services/gateway/web/dist"
                                                          : prefix_ / "services/gateway/web/dist");
  fs::create_directories(prefix_ / "share/trackfit/web");
  EXPECT_EQ(WebDirectoryFor(prefix_ / "bin/trackfit-gateway"), prefix_ / "share/trackfit/web");
}

TEST(ProgramBeside, IsWhereTheRunningOneIsIfThereIsOne) {
  const fs::path self = fs::read_symlink("/proc/self/exe");
  EXPECT_EQ(ProgramBeside(self.filename()), self);
  EXPECT_EQ(ProgramBeside("trackfit-of-no-such-name"), "");
}

TEST_F(ModelDirectory, IsTheConfiguredOneElsewhere) {
  EXPECT_THAT(ModelDirectoryFor(executable_, "of_no_family"), EndsWith("share/trackfit/models/of_no_family"));
}

}  // namespace
}  // namespace trackfit::command_line
