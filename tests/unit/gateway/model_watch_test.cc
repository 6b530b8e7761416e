#include "gateway/model_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>
#include <vector>

namespace trackfit::gateway {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ModelWatchTest : public ::testing::Test {
 protected:
  static v1::GetModelResponse Version(const std::string& version) {
    v1::GetModelResponse model;
    model.set_version(version);
    model.add_exercises("squat");
    model.set_rate_hz(25);
    model.set_window_frames(80);
    model.add_coached_exercises("lunge");
    model.add_references("squat_standard");
    v1::CoachLanguage& english = *model.add_languages();
    english.set_language("en");
    english.add_voices("neutral");
    return model;
  }

  std::vector<std::string> lines_;
  ModelWatch watch_{telemetry::Logger("gateway", telemetry::LogLevel::kInfo, telemetry::LogFormat::kText,
                                      [this](const std::string& line) { lines_.push_back(line); })};
  ModelWatch::TimePoint now_{std::chrono::hours(1)};
};

TEST_F(ModelWatchTest, KnowsTheModelOfTheLastAnswer) {
  EXPECT_EQ(watch_.model().status(), absl::UnavailableError("it has not answered yet"));
  watch_.Answered(Version("3"), now_);
  const auto model = watch_.model();
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->version, "3");
  EXPECT_THAT((*model)->exercises, ElementsAre("squat"));
  EXPECT_EQ((*model)->rate_hz, 25);
  EXPECT_EQ((*model)->window_frames, 80);
  EXPECT_THAT((*model)->coached_exercises, ElementsAre("lunge"));
  EXPECT_THAT((*model)->references, ElementsAre("squat_standard"));
  EXPECT_THAT((*model)->voices.at("en"), ElementsAre("neutral"));
  watch_.Answered(Version("4"), now_);
  EXPECT_EQ((*watch_.model())->version, "4");
}

TEST_F(ModelWatchTest, KnowsAllModelsOfTheLastAnswer) {
  v1::GetModelResponse answer = Version("3");
  v1::ServedModel& yoga = *answer.add_models();
  yoga.set_name("yoga");
  yoga.set_version("9");
  yoga.add_exercises("tree");
  yoga.set_rate_hz(15);
  yoga.set_window_frames(50);
  yoga.set_canary(true);
  yoga.set_share(0.25);
  answer.add_models()->set_name("without a rate");
  watch_.Answered(answer, now_);
  const auto info = watch_.model();
  ASSERT_TRUE(info.ok());
  ASSERT_EQ((*info)->models.size(), 1U);
  const ServedModel& model = (*info)->models.front();
  EXPECT_EQ(model.name, "yoga");
  EXPECT_EQ(model.version, "9");
  EXPECT_THAT(model.exercises, ElementsAre("tree"));
  EXPECT_EQ(model.rate_hz, 15);
  EXPECT_EQ(model.window_frames, 50);
  EXPECT_TRUE(model.canary);
  EXPECT_EQ(model.share, 0.25);
}

TEST_F(ModelWatchTest, SaysWhyThereIsNoModelUntilTheFirstAnswer) {
  watch_.Failed(absl::UnavailableError("connection refused"), now_);
  EXPECT_EQ(watch_.model().status(), absl::UnavailableError("connection refused"));
  watch_.Answered(Version("3"), now_);
  watch_.Failed(absl::UnavailableError("connection refused"), now_);
  EXPECT_TRUE(watch_.model().ok()) << "the model that was known is kept";
}

TEST_F(ModelWatchTest, IsAskedOnceAtATimeEverySecondAndSoonerAfterAFailure) {
  EXPECT_TRUE(watch_.ShouldAsk(now_));
  EXPECT_FALSE(watch_.ShouldAsk(now_ + milliseconds(60'000))) << "one is under way";
  watch_.Answered(Version("3"), now_);
  EXPECT_FALSE(watch_.ShouldAsk(now_ + milliseconds(999)));
  EXPECT_TRUE(watch_.ShouldAsk(now_ + milliseconds(1'000)));
  watch_.Failed(absl::UnavailableError("gone"), now_);
  EXPECT_FALSE(watch_.ShouldAsk(now_ + milliseconds(199)));
  EXPECT_TRUE(watch_.ShouldAsk(now_ + milliseconds(200)));
}

TEST_F(ModelWatchTest, IgnoresAnAnswerThatNoModelCanHave) {
  v1::GetModelResponse no_rate = Version("3");
  no_rate.set_rate_hz(0);
  v1::GetModelResponse no_number = Version("3");
  no_number.set_rate_hz(std::numeric_limits<double>::quiet_NaN());
  v1::GetModelResponse no_window = Version("3");
  no_window.set_window_frames(0);
  for (const v1::GetModelResponse& broken : {v1::GetModelResponse(), no_rate, no_number, no_window}) {
    EXPECT_TRUE(watch_.ShouldAsk(now_));
    watch_.Answered(broken, now_);
    now_ += milliseconds(200);
    EXPECT_FALSE(watch_.model().ok()) << broken.ShortDebugString();
  }
  EXPECT_TRUE(watch_.ShouldAsk(now_)) << "soon again";
}

TEST_F(ModelWatchTest, LogsEachVersionOnce) {
  for (const char* version : {"3", "3", "4", "4"}) watch_.Answered(Version(version), now_);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("version=3"), HasSubstr("version=4")));
}

}  // namespace
}  // namespace trackfit::gateway
