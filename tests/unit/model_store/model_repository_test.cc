#include "inference/model_repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <span>
#include <vector>

#include "support/scripted_assessor.h"

namespace trackfit::inference {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<assessment::Assessment> NoAnswer(std::span<const skeleton::Pose>, const std::string&) {
  return absl::UnimplementedError("nobody asks");
}

class ModelRepositoryTest : public ::testing::Test {
 protected:
  ModelRepositoryTest() { std::filesystem::remove_all(root_); }
  ~ModelRepositoryTest() override { std::filesystem::remove_all(root_); }

  void AddVersions(const std::vector<std::string>& names) {
    for (const std::string& name : names) std::filesystem::create_directories(root_ / name);
  }

  ModelRepository Repository() {
    const auto loader =
        [this](const std::string& path,
               const std::string& version) -> absl::StatusOr<std::shared_ptr<const assessment::Assessor>> {
      tried_.push_back(path);
      if (broken_.count(version) > 0) return absl::DataLossError("version " + version + " is broken");
      return std::make_shared<testing::ScriptedAssessor>(NoAnswer, version);
    };
    return ModelRepository(root_, loader,
                           telemetry::Logger("test", telemetry::LogLevel::kInfo, telemetry::LogFormat::kText,
                                             [this](const std::string& line) { log_ += line + "\n"; }));
  }

  const std::filesystem::path root_ =
      std::filesystem::path(::testing::TempDir()) /
      (std::string("trackfit_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
  std::set<std::string> broken_;
  std::vector<std::string> tried_;
  std::string log_;
};

TEST_F(ModelRepositoryTest, ServesTheHighestNumberNotTheLastName) {
  AddVersions({"9", "10", "2", "draft", "3.old"});
  const auto model = Repository().LoadNewest();
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->model_version(), "10");
  EXPECT_THAT(tried_, ElementsAre((root_ / "10/model.pt").string()));
}

TEST_F(ModelRepositoryTest, RefusesABrokenVersionLoudlyAndServesTheOneBefore) {
  AddVersions({"1", "2", "3"});
  broken_ = {"3", "2"};
  const auto model = Repository().LoadNewest();
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->model_version(), "1");
  EXPECT_THAT(log_, HasSubstr("level=error event=\"model refused; trying the version before it\""));
  EXPECT_THAT(log_, HasSubstr("version 3 is broken"));
}

TEST_F(ModelRepositoryTest, SaysSoWhenThereIsNoModel) {
  EXPECT_EQ(Repository().LoadNewest().status().code(), absl::StatusCode::kNotFound);
  AddVersions({"draft"});
  EXPECT_THAT(std::string(Repository().LoadNewest().status().message()),
              HasSubstr("<number>/model.pt is expected"));
}

TEST_F(ModelRepositoryTest, SaysSoWhenNoModelWorks) {
  AddVersions({"1", "2"});
  broken_ = {"1", "2"};
  const auto model = Repository().LoadNewest();
  EXPECT_EQ(model.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(model.status().message()), HasSubstr("none of the 2 models"));
}

}  // namespace
}  // namespace trackfit::inference
