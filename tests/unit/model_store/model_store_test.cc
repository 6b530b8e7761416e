#include "model_store/model_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/scratch_folder.h"
#include "support/scripted_assessor.h"

namespace trackfit::model_store {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What lies in model.pt says what becomes of it.
class ModelStoreTest : public ::testing::Test {
 protected:
  void Write(const std::string& version, const std::string& text, const char* file = "model.pt") {
    const fs::path path = root_ / version / file;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::seconds(++writes_));
  }
  void Remove(const std::string& what) { fs::remove_all(root_ / what); }

  absl::StatusOr<AssessorPtr> Load(const std::string& path, const std::string& version) {
    loaded_.push_back(version);
    std::string text;
    std::getline(std::ifstream(path), text);
    if (text == "broken") return absl::DataLossError("it is not a model");
    if (text == "unfit") return absl::InvalidArgumentError("its layout is unknown");
    if (text == "throws") throw std::runtime_error("no memory");
    const double seconds = text == "slow" ? 0.5 : 0.01;
    const bool is_nan = text == "nan";
    return std::make_shared<testing::ScriptedAssessor>(
        [this, seconds, is_nan](auto, const std::string&) {
          now_ += seconds;
          auto answer = testing::SureOfSquat(0.8F);
          if (is_nan) answer.known_score = std::numeric_limits<float>::quiet_NaN();
          return answer;
        },
        version);
  }

  void Make(std::chrono::milliseconds settle = {}, std::chrono::milliseconds keep = {}) {
    ModelStoreOptions options{.root = root_, .settle = settle, .keep = keep};
    options.trial.clock = [this] { return now_; };
    store_ = std::make_unique<ModelStore>(
        options, [this](const auto& path, const auto& version) { return Load(path, version); },
        telemetry::Logger("test", telemetry::LogLevel::kInfo, telemetry::LogFormat::kText,
                          [this](const std::string& line) { log_.push_back(line); }),
        metrics_);
  }
  void Start() {
    Make();
    const absl::Status started = store_->Start();
    ASSERT_TRUE(started.ok()) << started;
    loaded_.clear();
  }
  // The version that a new session gets after another look.
  std::string Look(const std::string& model = "") {
    store_->Look();
    return Served(model);
  }
  std::string Served(const std::string& model = "") const {
    return (*store_->served()->Choose({model}))->model_version();
  }
  int Refusals() const {
    return static_cast<int>(std::ranges::count_if(
        log_, [](const std::string& line) { return line.find("model refused") != std::string::npos; }));
  }

  // A version 2 with this in its file: what is served stays, and it is tried again when the file changes.
  void ExpectRefused(const char* text, const std::string& reason) {
    Write("1", "fine");
    Start();
    Write("2", text);
    for (int look = 0; look < 3; ++look) EXPECT_EQ(Look(), "1");
    EXPECT_THAT(loaded_, ElementsAre("2")) << "not again while it is the same file";
    EXPECT_EQ(Refusals(), 1);
    EXPECT_THAT(log_.back(), HasSubstr("why=" + reason));
    const std::string counted = "trackfit_model_refusals_total{reason=\"" + reason + "\"} ";
    EXPECT_THAT(metrics_.Text(), HasSubstr(counted + "1"));
    Write("2", text);
    EXPECT_EQ(Look(), "1");
    EXPECT_THAT(metrics_.Text(), HasSubstr(counted + "2"));
    Write("2", "fine");
    EXPECT_EQ(Look(), "2");
  }

  testing::ScratchFolder scratch_;
  const fs::path root_ = scratch_.File("protogcn");
  int writes_ = 0;
  double now_ = 0;
  std::vector<std::string> loaded_;  // versions that were tried
  std::vector<std::string> log_;
  telemetry::Metrics metrics_{"test", "1"};
  std::unique_ptr<ModelStore> store_;
};

TEST_F(ModelStoreTest, StartsWithTheHighestVersionThatWorks) {
  Write("9", "fine");
  Write("10", "nan");
  Write("11", "broken");
  Start();
  EXPECT_EQ(Served(), "9");
  EXPECT_EQ(Refusals(), 2);
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_model_info{model=\"protogcn\",model_version=\"9\"} 1"));
}

TEST_F(ModelStoreTest, DoesNotStartWithoutAModelThatWorks) {
  Make();
  EXPECT_EQ(store_->Start().code(), absl::StatusCode::kNotFound);
  Write("1", "fine");
  Write("2", "broken");
  Write("1", "unfit");
  const absl::Status refused = store_->Start();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("none of the 2 models"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("the newest: it is not a model"));
}

TEST_F(ModelStoreTest, SwapsWhileSessionsKeepTheirVersionAndFreesItAfterThem) {
  Write("1", "fine");
  Start();
  AssessorPtr session = store_->served()->Choose({""}).value();
  const std::weak_ptr<const assessment::Assessor> old = session;
  Write("2", "fine");
  EXPECT_EQ(Served(), "1") << "nobody has looked";
  EXPECT_EQ(Look(), "2");
  EXPECT_EQ(session->model_version(), "1");
  EXPECT_EQ(Look(), "2");
  EXPECT_THAT(loaded_, ElementsAre("2")) << "once";
  session.reset();
  EXPECT_TRUE(old.expired());
  const std::string page = metrics_.Text();
  EXPECT_THAT(page, HasSubstr("trackfit_model_info{model=\"protogcn\",model_version=\"1\"} 0"));
  EXPECT_THAT(page, HasSubstr("trackfit_model_info{model=\"protogcn\",model_version=\"2\"} 1"));
  EXPECT_THAT(page, HasSubstr("trackfit_model_loads_total{model=\"protogcn\"} 2"));
  EXPECT_THAT(page, HasSubstr("trackfit_model_sessions_total{model=\"protogcn\",model_version=\"1\"} 2"));
}

TEST_F(ModelStoreTest, KeepsAReplacedVersionForThoseWhoWerePromisedIt) {
  Write("1", "fine");
  Make({}, std::chrono::hours(1));
  ASSERT_TRUE(store_->Start().ok());
  Write("2", "fine");
  EXPECT_TRUE(store_->Look()) << "looks again, to let it go";
  EXPECT_EQ((*store_->served()->Choose({"", "1"}))->model_version(), "1");
  EXPECT_EQ(Served(), "2");
}

TEST_F(ModelStoreTest, RefusesAForeignOrDamagedArchive) { ExpectRefused("broken", "broken"); }
TEST_F(ModelStoreTest, RefusesOneWhoseLoadingThrows) { ExpectRefused("throws", "broken"); }
TEST_F(ModelStoreTest, RefusesAWrongLayout) { ExpectRefused("unfit", "unfit"); }
TEST_F(ModelStoreTest, RefusesAnswersThatAreNoNumbers) { ExpectRefused("nan", "wrong_answers"); }
TEST_F(ModelStoreTest, RefusesASlowerModel) { ExpectRefused("slow", "slow"); }

TEST_F(ModelStoreTest, RollsBackWhenTheNewestVersionIsRemoved) {
  Write("1", "fine");
  Write("2", "fine");
  Start();
  Remove("2");
  EXPECT_EQ(Look(), "1");
  EXPECT_THAT(Refusals(), 0);
}

TEST_F(ModelStoreTest, RollsBackToAHigherNumberAndToASlowerOne) {
  Write("1", "slow");
  Write("2", "fine");
  Start();
  Write("3", "slow");
  EXPECT_EQ(Look(), "2") << "newer and slower";
  Remove("2");
  Remove("3");
  EXPECT_EQ(Look(), "1") << "whoever goes back means it";
  Write("4", "slow");
  EXPECT_EQ(Look(), "4");
}

TEST_F(ModelStoreTest, ServesOnWhenEverythingVanishes) {
  Write("1", "fine");
  Start();
  Remove("1");
  EXPECT_EQ(Look(), "1");
  EXPECT_EQ(Look(), "1");
  EXPECT_EQ(std::ranges::count_if(log_, [](const auto& line) { return line.find("stays") != line.npos; }), 1);
  Remove("");
  EXPECT_EQ(Look(), "1") << "not even a folder";
  Write("2", "fine");
  EXPECT_EQ(Look(), "2");
}

TEST_F(ModelStoreTest, IgnoresAnotherFileUnderAServedNumberWithAWarning) {
  Write("1", "fine");
  Start();
  Write("1", "broken");
  EXPECT_EQ(Look(), "1");
  Look();
  EXPECT_THAT(loaded_, IsEmpty());
  EXPECT_EQ(
      std::ranges::count_if(log_, [](const auto& line) { return line.find("has changed") != line.npos; }), 1);
}

TEST_F(ModelStoreTest, WaitsForFilesThatAreBeingWritten) {
  Write("1", "fine");
  Make(std::chrono::hours(1));
  ASSERT_TRUE(store_->Start().ok()) << "at the start it has nothing else";
  loaded_.clear();
  Write("2", "half a file");
  fs::last_write_time(root_ / "2/model.pt", fs::file_time_type::clock::now());
  EXPECT_TRUE(store_->Look()) << "looks again soon";
  EXPECT_THAT(loaded_, IsEmpty());
  fs::last_write_time(root_ / "2/model.pt", fs::file_time_type::clock::now() - std::chrono::hours(2));
  EXPECT_EQ(Look(), "2");
}

TEST_F(ModelStoreTest, TriesACanaryOnItsShareUntilTheFileIsRemoved) {
  Write("1", "fine");
  Start();
  Write("2", "0.3", "canary");
  Write("2", "fine");
  store_->Look();
  const auto canaries = [this] {
    int count = 0;
    for (int i = 0; i < 1'000; ++i)
      count += (*store_->served()->Choose({"", "", std::to_string(i)}))->model_version() == "2" ? 1 : 0;
    return count;
  };
  EXPECT_NEAR(canaries(), 300, 50);
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_model_share{model=\"protogcn\",model_version=\"1\"} 0.7"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_model_share{model=\"protogcn\",model_version=\"2\"} 0.3"));
  Write("2", "0.6", "canary");
  store_->Look();
  EXPECT_NEAR(canaries(), 600, 50);
  Remove("2/canary");
  store_->Look();
  EXPECT_EQ(canaries(), 1'000) << "promoted";
  EXPECT_THAT(loaded_, ElementsAre("2")) << "without being loaded again";
}

TEST_F(ModelStoreTest, EndsACanaryWhenItsFolderIsRemoved) {
  Write("1", "fine");
  Start();
  Write("2", "0.9", "canary");
  Write("2", "fine");
  store_->Look();
  ASSERT_EQ(store_->served()->List().size(), 2U);
  Remove("2");
  EXPECT_EQ(Look(), "1");
  EXPECT_EQ(store_->served()->List().size(), 1U);
}

TEST_F(ModelStoreTest, MakesTheServedVersionACanaryOfTheOneBefore) {
  Write("1", "fine");
  Write("2", "fine");
  Start();
  Write("2", "0", "canary");
  EXPECT_EQ(Look(), "1");
  EXPECT_EQ(store_->served()->List().size(), 2U);
}

TEST_F(ModelStoreTest, RefusesACanaryWithoutAShareAndDoesNotPromoteIt) {
  Write("1", "fine");
  Start();
  Write("2", "fine");
  Write("2", "all", "canary");
  for (int look = 0; look < 2; ++look) EXPECT_EQ(Look(), "1");
  EXPECT_EQ(Refusals(), 1);
  EXPECT_THAT(metrics_.Text(), HasSubstr("trackfit_model_refusals_total{reason=\"canary_file\"} 1"));
  EXPECT_THAT(loaded_, IsEmpty());
}

TEST_F(ModelStoreTest, ServesACanaryWithNothingToCompareItWithToAll) {
  Write("1", "0.1", "canary");
  Write("1", "fine");
  Start();
  EXPECT_EQ(Served(), "1");
  EXPECT_EQ(Look(), "1");
  EXPECT_EQ(store_->served()->List().size(), 1U);
}

TEST_F(ModelStoreTest, ServesNamedModelsEachWithVersionsOfItsOwn) {
  Write("5", "fine");
  Write("yoga/1", "fine");
  Write("dance/1", "broken");
  Start();
  EXPECT_EQ(Served("yoga"), "1");
  EXPECT_EQ(Served("protogcn"), "5");
  EXPECT_FALSE(store_->served()->Choose({"dance"}).ok());
  Write("yoga/2", "fine");
  Write("dance/2", "fine");
  EXPECT_EQ(Look("yoga"), "2");
  EXPECT_EQ(Served("dance"), "2");
  EXPECT_EQ(Served(), "5");
  Remove("yoga");
  EXPECT_EQ(Look("yoga"), "2") << "what is served stays";
}

TEST_F(ModelStoreTest, WaitsWithANewVersionWhileSessionsUseTooManyOldOnes) {
  Write("1", "fine");
  Start();
  std::vector<AssessorPtr> sessions = {store_->served()->Choose({""}).value()};
  for (int version = 2; version <= 20; ++version) {
    Write(std::to_string(version), "fine");
    Look();
    sessions.push_back(store_->served()->Choose({""}).value());
  }
  EXPECT_EQ(Look(), std::to_string(ModelStore::kMaxVersions));
  EXPECT_EQ(std::ranges::count_if(log_, [](const auto& line) { return line.find("waits") != line.npos; }), 1);
  sessions.erase(sessions.begin());
  EXPECT_EQ(Look(), "20") << "there is room for one";
  for (int version = 20; version > 1; --version) Remove(std::to_string(version));
  EXPECT_EQ(Look(), "1") << "going back needs no room";
}

TEST_F(ModelStoreTest, BoundsTheNumberOfModels) {
  Write("1", "fine");
  for (int i = 0; i < 40; ++i) Write("model" + std::to_string(i) + "/1", "fine");
  Start();
  EXPECT_EQ(store_->served()->List().size(), ModelStore::kMaxModels);
  EXPECT_THAT(log_.back(), HasSubstr("too many models"));
}

}  // namespace
}  // namespace trackfit::model_store
