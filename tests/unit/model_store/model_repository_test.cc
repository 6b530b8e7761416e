#include "model_store/model_repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "support/scratch_folder.h"

namespace trackfit::model_store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class ModelRepositoryTest : public ::testing::Test {
 protected:
  void Add(const std::string& folder, const std::string& file = "model.pt", const std::string& text = "m") {
    fs::create_directories(root_ / folder);
    std::ofstream(root_ / folder / file) << text;
  }
  ModelFolder Default() const { return ModelRepository(root_).Read().value().front(); }
  std::vector<std::string> Versions(const ModelFolder& model) const {
    std::vector<std::string> names;
    for (const VersionFolder& version : model.versions) names.push_back(version.name);
    return names;
  }

  testing::ScratchFolder scratch_;
  const fs::path root_ = scratch_.File("protogcn");
};

TEST_F(ModelRepositoryTest, FindsTheHighestNumberFirstNotTheLastName) {
  for (const char* folder : {"9", "10", "2", "draft", "3.old"}) Add(folder);
  fs::create_directories(root_ / "11");  // still without a file
  EXPECT_THAT(Versions(Default()), ElementsAre("10", "9", "2"));
  EXPECT_EQ(Default().versions.front().path, root_ / "10/model.pt");
}

TEST_F(ModelRepositoryTest, NamesTheDefaultModelByItsFolderHoweverItIsWritten) {
  Add("1");
  EXPECT_EQ(Default().name, "protogcn");
  EXPECT_EQ(ModelRepository(root_ / "").default_name(), "protogcn");
  EXPECT_EQ(ModelRepository(root_ / "1/..").default_name(), "protogcn");
  EXPECT_EQ(ModelRepository("/").default_name(), "default");
}

TEST_F(ModelRepositoryTest, FindsNamedModelsBesideTheDefaultOne) {
  Add("1");
  Add("yoga/3");
  Add("yoga/4");
  Add("dance/1");
  for (const char* none : {"empty", ".hidden/1", "a name/1", "protogcn/1"}) Add(none, "model.pt");
  const auto models = ModelRepository(root_).Read().value();
  ASSERT_EQ(models.size(), 3U);
  EXPECT_EQ(models[0].name, "protogcn");
  EXPECT_EQ(models[1].name, "dance");
  EXPECT_EQ(models[2].name, "yoga");
  EXPECT_THAT(Versions(models[2]), ElementsAre("4", "3"));
}

TEST_F(ModelRepositoryTest, ReadsTheShareOfACanary) {
  Add("1");
  Add("2");
  EXPECT_FALSE(Default().versions[0].canary);
  for (const auto& [text, share] : {std::pair("0.25\n", 0.25), std::pair("0", 0.0), std::pair(" .5 ", 0.5)}) {
    Add("2", "canary", text);
    EXPECT_EQ(*Default().versions[0].canary->share, share);
  }
  for (const char* text : {"", "1", "-0.1", "ten percent", "nan", "0.1 0.2"}) {
    Add("2", "canary", text);
    EXPECT_THAT(std::string(Default().versions[0].canary->share.status().message()), HasSubstr("[0, 1)"))
        << text;
  }
}

TEST_F(ModelRepositoryTest, SaysWhyThereIsNoModel) {
  const auto why = [this] { return std::string(ModelRepository(root_).WhyEmpty().message()); };
  EXPECT_THAT(why(), HasSubstr("does not exist"));
  EXPECT_EQ(ModelRepository(root_).Read().status().code(), absl::StatusCode::kUnavailable);
  fs::create_directories(root_);
  EXPECT_THAT(why(), HasSubstr("<number>/model.pt is expected"));
  EXPECT_THAT(Default().versions, IsEmpty());
  Add("");
  EXPECT_THAT(why(), HasSubstr("holds model.pt itself"));
}

}  // namespace
}  // namespace trackfit::model_store
