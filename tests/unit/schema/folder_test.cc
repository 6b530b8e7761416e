#include "schema/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace trackfit::schema {
namespace {

using ::testing::HasSubstr;

class Folder : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(path_); }
  void TearDown() override { std::filesystem::remove_all(path_); }
  void Write(const std::string& name, const std::string& text) { std::ofstream(path_ / name) << text; }

  std::filesystem::path path_ = std::filesystem::path(testing::TempDir()) /
                                testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Folder, GivesItsYamlFilesByName) {
  Write("b.yaml", "two");
  Write("a.yaml", "one");
  Write("notes.txt", "nothing");
  const auto files = ReadFolder(path_.string(), "things").value();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].path.filename(), "a.yaml");
  EXPECT_EQ(files[0].text, "one");
  EXPECT_EQ(files[1].text, "two");
}

TEST_F(Folder, SaysWhatIsMissing) {
  EXPECT_EQ(ReadFolder(path_.string(), "things").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(ReadFolder(path_.string(), "things").status().message()),
              HasSubstr("there are no things"));
  EXPECT_THAT(std::string(ReadFolder("/nowhere", "things").status().message()),
              HasSubstr("cannot read /nowhere"));
}

TEST_F(Folder, ComparesAFilesNameWithWhatItIsAbout) {
  const File file{path_ / "squat.yaml", ""};
  EXPECT_TRUE(CheckName(file, "exercise", "squat").ok());
  EXPECT_THAT(std::string(CheckName(file, "exercise", "lunge").message()),
              HasSubstr("exercise is \"lunge\", but the file is called squat.yaml"));
}

}  // namespace
}  // namespace trackfit::schema
