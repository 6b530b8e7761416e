#include "model_store/model_trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "support/scripted_assessor.h"

namespace trackfit::model_store {
namespace {

using assessment::Assessment;
using ::testing::HasSubstr;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class ModelTrial : public ::testing::Test {
 protected:
  // Takes so many seconds of the clock for each window.
  testing::ScriptedAssessor Taking(double seconds) {
    return testing::ScriptedAssessor([this, seconds](auto, const std::string&) {
      now_ += seconds;
      return testing::SureOfSquat(0.8F);
    });
  }

  double now_ = 0;
  TrialOptions options_{.max_slowdown = 2, .clock = [this] { return now_; }};
};

std::optional<RefusedModel> TryAnswer(const std::function<void(Assessment&)>& spoil) {
  const testing::ScriptedAssessor assessor([&spoil](auto, const std::string&) {
    Assessment answer = testing::SureOfSquat(0.8F);
    answer.embedding = {0.6F, 0.8F};
    spoil(answer);
    return answer;
  });
  return Try(assessor, nullptr);
}

TEST_F(ModelTrial, PassesOneThatAnswersAsItShould) {
  EXPECT_FALSE(TryAnswer([](Assessment&) {}));
}

TEST_F(ModelTrial, RefusesAnswersThatNoAssessmentCanHave) {
  const std::function<void(Assessment&)> spoilt[] = {
      [](Assessment& answer) { answer.classes.clear(); },
      [](Assessment& answer) { answer.classes[0].probability = kNan; },
      [](Assessment& answer) { answer.confidence = 1.5F; },
      [](Assessment& answer) { answer.known_score = kNan; },
      [](Assessment& answer) { answer.quality.score = kNan; },
      [](Assessment& answer) { answer.quality.cosine = kNan; },
      [](Assessment& answer) { answer.embedding[1] = kNan; },
      [](Assessment& answer) { answer.joint_errors[7].error = kNan; },
      [](Assessment& answer) { answer.joint_errors[7].percentile = kNan; },
  };
  for (const auto& spoil : spoilt) {
    const auto refused = TryAnswer(spoil);
    ASSERT_TRUE(refused) << &spoil - spoilt;
    EXPECT_EQ(refused->reason, Refusal::kWrongAnswers);
  }
}

TEST_F(ModelTrial, RefusesOneThatOnlyFailsWhereSomebodyMoves) {
  const testing::ScriptedAssessor assessor(
      [](std::span<const skeleton::Pose> window, const std::string&) -> absl::StatusOr<Assessment> {
        if (window.front().landmarks[3].y != window.back().landmarks[3].y)
          return absl::InternalError("too fast");
        return testing::SureOfSquat(0.8F);
      });
  const auto refused = Try(assessor, nullptr);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->reason, Refusal::kWrongAnswers);
  EXPECT_THAT(refused->message, HasSubstr("too fast"));
}

TEST_F(ModelTrial, RefusesOneThatIsMuchSlowerThanTheServedOne) {
  const auto served = Taking(0.010);
  EXPECT_FALSE(Try(Taking(0.019), &served, options_));
  EXPECT_FALSE(Try(Taking(1), nullptr, options_)) << "nothing to compare with";
  const auto refused = Try(Taking(0.025), &served, options_);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->reason, Refusal::kSlow);
  EXPECT_THAT(refused->message, HasSubstr("25 ms, 2.5 times"));
  EXPECT_THAT(refused->message, HasSubstr("--max-model-slowdown allows 2"));
  options_.max_slowdown = 3;
  EXPECT_FALSE(Try(Taking(0.025), &served, options_));
}

TEST_F(ModelTrial, JudgesByTheMedianSoThatOneHiccupDecidesNothing) {
  const auto served = Taking(0.010);
  int window = 0;
  const testing::ScriptedAssessor hiccup([this, &window](auto, const std::string&) {
    now_ += ++window % 5 == 0 ? 3 : 0.010;
    return testing::SureOfSquat(0.8F);
  });
  EXPECT_FALSE(Try(hiccup, &served, options_));
}

}  // namespace
}  // namespace trackfit::model_store
