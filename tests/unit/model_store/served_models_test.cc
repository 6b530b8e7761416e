#include "model_store/served_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/scripted_assessor.h"

namespace trackfit::model_store {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Clock = ServedModels::Clock;

constexpr Clock::duration kNotAtAll{0};
constexpr Clock::duration kLong = std::chrono::hours(1);

AssessorPtr Version(const std::string& version) {
  return std::make_shared<testing::ScriptedAssessor>(
      [](auto, const std::string&) { return testing::SureOfSquat(0.8F); }, version);
}

class ServedModelsTest : public ::testing::Test {
 protected:
  std::string Choose(const ServedModels::Wish& wish) const {
    const auto chosen = served_.Choose(wish);
    return chosen.ok() ? (*chosen)->model_version() : std::string(chosen.status().message());
  }

  std::vector<std::string> choices_;
  ServedModels served_{"protogcn", [this](const std::string& model, const std::string& version) {
                         choices_.push_back(model + " " + version);
                       }};
};

TEST_F(ServedModelsTest, GivesNewSessionsTheNewestAndTellsWho) {
  served_.Serve("protogcn", {Version("6")}, kNotAtAll);
  served_.Serve("yoga", {Version("1")}, kNotAtAll);
  EXPECT_EQ(Choose({""}), "6");
  EXPECT_EQ(Choose({"protogcn"}), "6");
  EXPECT_EQ(Choose({"yoga"}), "1");
  served_.Serve("protogcn", {Version("7")}, kNotAtAll);
  EXPECT_EQ(Choose({""}), "7");
  EXPECT_THAT(choices_, ElementsAre("protogcn 6", "protogcn 6", "yoga 1", "protogcn 7"));
}

TEST_F(ServedModelsTest, FreesAVersionWhenItsLastSessionEnds) {
  served_.Serve("protogcn", {Version("6")}, kNotAtAll);
  AssessorPtr session = served_.Choose({""}).value();
  const std::weak_ptr<const assessment::Assessor> old = session;
  served_.Serve("protogcn", {Version("7")}, kNotAtAll);
  EXPECT_FALSE(served_.ForgetOld(Clock::now()));
  EXPECT_EQ(session->model_version(), "6") << "it keeps what it began with";
  session.reset();
  EXPECT_TRUE(old.expired());
}

TEST_F(ServedModelsTest, GivesASessionTheVersionThatItWasPromised) {
  served_.Serve("protogcn", {Version("6")}, kNotAtAll);
  const AssessorPtr session = served_.Choose({""}).value();
  served_.Serve("protogcn", {Version("7")}, kNotAtAll);
  served_.Serve("protogcn", {Version("8")}, kLong);
  served_.ForgetOld(Clock::now());
  EXPECT_EQ(Choose({"", "6"}), "6") << "a session still has it";
  EXPECT_EQ(Choose({"", "7"}), "7") << "it is kept for a while";
  EXPECT_EQ(Choose({"", "8"}), "8");
  EXPECT_EQ(Choose({"", "5"}), "8") << "gone";
  EXPECT_TRUE(served_.ForgetOld(Clock::now()));
  EXPECT_FALSE(served_.ForgetOld(Clock::now() + 2 * kLong));
  EXPECT_EQ(Choose({"", "7"}), "8");
}

TEST_F(ServedModelsTest, KeepsFewVersionsHoweverOftenTheyChange) {
  std::vector<std::weak_ptr<const assessment::Assessor>> all;
  for (int version = 1; version <= 20; ++version) {
    const AssessorPtr next = Version(std::to_string(version));
    all.push_back(next);
    served_.Serve("protogcn", {next}, kLong);
  }
  EXPECT_EQ(std::ranges::count_if(all, [](const auto& version) { return !version.expired(); }),
            static_cast<std::ptrdiff_t>(1 + ServedModels::kKept));
}

TEST_F(ServedModelsTest, SharesSessionsBetweenCanaryAndStable) {
  served_.Serve("protogcn", {Version("6"), Version("7"), 0.25}, kNotAtAll);
  int canary = 0;
  for (int i = 0; i < 1'000; ++i) {
    const ServedModels::Wish wish{"", "", "session-" + std::to_string(i)};
    const std::string version = Choose(wish);
    EXPECT_EQ(Choose(wish), version) << "a retry gets the same";
    canary += version == "7" ? 1 : 0;
  }
  EXPECT_NEAR(canary, 250, 50);
  EXPECT_EQ(Choose({"", "6", "session-1"}), "6");
  EXPECT_EQ(Choose({"", "7", "session-1"}), "7");
}

TEST(ServedModels, GiveOutVersionsWhileTheyChange) {
  ServedModels served("protogcn");
  served.Serve("protogcn", {Version("0")}, kNotAtAll);
  std::atomic<bool> over = false;
  std::vector<std::thread> sessions;
  for (int i = 0; i < 3; ++i) {
    sessions.emplace_back([&] {
      while (!over) {
        const AssessorPtr chosen = served.Choose({"", "0", "a"}).value();
        EXPECT_TRUE(chosen->Assess({}, "").ok());
        EXPECT_GE(served.List().size(), 1U);
      }
    });
  }
  for (int version = 1; version <= 200; ++version) {
    served.Serve("protogcn", {Version(std::to_string(version)), Version("canary"), 0.5}, kNotAtAll);
    served.ForgetOld(Clock::now());
  }
  over = true;
  for (std::thread& session : sessions) session.join();
}

TEST_F(ServedModelsTest, ListsTheDefaultModelFirst) {
  served_.Serve("dance", {Version("1")}, kNotAtAll);
  served_.Serve("protogcn", {Version("6"), Version("7"), 0.25}, kNotAtAll);
  std::vector<std::string> list;
  for (const ServedVersion& served : served_.List()) {
    list.push_back(served.model + " " + served.assessor->model_version() +
                   (served.is_canary ? " canary " : " ") + std::to_string(served.share).substr(0, 4));
  }
  EXPECT_THAT(list, ElementsAre("protogcn 6 0.75", "protogcn 7 canary 0.25", "dance 1 1.00"));
}

TEST_F(ServedModelsTest, RefusesAnUnknownModelNamingThoseThereAre) {
  served_.Serve("protogcn", {Version("6")}, kNotAtAll);
  served_.Serve("yoga", {Version("1")}, kNotAtAll);
  const absl::Status unknown = served_.Choose({"yogi"}).status();
  EXPECT_EQ(unknown.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(
      std::string(unknown.message()),
      AllOf(HasSubstr("model is \"yogi\""), HasSubstr("protogcn, yoga"), HasSubstr("did you mean yoga")));
  EXPECT_EQ(served_.Choose({"yogi", "2"}).status().code(), absl::StatusCode::kUnavailable)
      << "another server has it";
  EXPECT_THAT(choices_, ElementsAre());
}

}  // namespace
}  // namespace trackfit::model_store
