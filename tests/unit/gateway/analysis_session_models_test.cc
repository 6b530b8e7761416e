// Models by name, and versions that change while sessions go on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "analysis_session_fixture.h"
#include "gateway/analysis_session.h"

namespace trackfit::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AnalysisSessionModels : public AnalysisSessionTest {
 protected:
  static ModelInfo Info() {
    ModelInfo info{"7", {"push_up", "squat"}, 30, 100, {"squat"}, {}};
    info.models = {{"protogcn", "7", {"push_up", "squat"}, 30, 100},
                   {"protogcn", "8", {"squat", "lunge"}, 30, 100, true, 0.5},
                   {"yoga", "2", {"tree"}, 15, 50}};
    return info;
  }

  static v1::Assessment AssessmentBy(const std::string& version, uint64_t last,
                                     const std::string& exercise = "squat") {
    v1::Assessment assessment = AssessmentOf(last - 59, last, exercise);
    assessment.set_model_version(version);
    return assessment;
  }

  std::vector<std::string> Changes() const {
    std::vector<std::string> messages;
    for (const auto& response : client_.responses) {
      for (const v1::Notice& notice : response.notices()) {
        if (notice.code() == v1::NOTICE_CODE_MODEL_CHANGED) messages.push_back(notice.message());
      }
    }
    return messages;
  }
  const v1::InferStreamConfig& SentConfig() const { return inferencer_.sent.front()->config(); }
};

TEST_F(AnalysisSessionModels, TellsAndAsksForTheVersionOfTheModelThatTheSessionNames) {
  model_ = std::make_shared<ModelInfo>(Info());
  v1::SessionConfig config;
  config.set_model("yoga");
  config.set_expected_exercise("tree");
  Configure(config);
  const v1::SessionStarted& started = client_.responses.front().started();
  EXPECT_EQ(started.model_version(), "2");
  EXPECT_THAT(started.exercises(), ElementsAre("tree"));
  PushPose(PoseNumber(0));
  EXPECT_EQ(SentConfig().model(), "yoga");
  EXPECT_EQ(SentConfig().model_version(), "2");
  EXPECT_EQ(SentConfig().window().frames(), 50U) << "the window is settled, whoever goes on";
}

TEST_F(AnalysisSessionModels, RefusesAnUnknownModelNamingThoseThereAre) {
  model_ = std::make_shared<ModelInfo>(Info());
  v1::SessionConfig config;
  config.set_model("yoda");
  Configure(config);
  ExpectInvalidArgument("config.model is \"yoda\"");
  EXPECT_THAT(std::string(client_.finished->message()),
              AllOf(HasSubstr("protogcn, yoga"), HasSubstr("did you mean yoga?")));
}

TEST_F(AnalysisSessionModels, RefusesAnyNameWhereTheInferencerHasOneModelOnly) {
  v1::SessionConfig config;
  config.set_model("yoga");
  Configure(config);
  ExpectInvalidArgument("config.model is \"yoga\"; the server has only its default one");
}

TEST_F(AnalysisSessionModels, AgreeOnTheCanaryBySessionId) {
  const ModelInfo info = Info();
  int canaries = 0;
  for (int i = 0; i < 1'000; ++i) {
    const auto own = ForSession(info, "", std::to_string(i));
    ASSERT_TRUE(own.ok());
    EXPECT_EQ(own->version, ForSession(info, "protogcn", std::to_string(i))->version);
    EXPECT_EQ(own->exercises.back(), own->version == "8" ? "lunge" : "squat");
    canaries += own->version == "8" ? 1 : 0;
  }
  EXPECT_NEAR(canaries, 500, 60);
}

TEST_F(AnalysisSessionModels, KeepAskingForTheVersionTheyWereTold) {
  ConfigureAndPushPoses(60);
  Assess(1, AssessmentBy("7", 59));
  model_ = std::make_shared<ModelInfo>(ModelInfo{"8", {"lunge"}, 30, 100, {}, {}});
  inferencer_.sent.clear();
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  EXPECT_EQ(SentConfig().model_version(), "7");
  EXPECT_THAT(Changes(), ElementsAre());
}

TEST_F(AnalysisSessionModels, SayWhenAnotherVersionGoesOnAndKeepToThatOne) {
  v1::SessionConfig config;
  config.set_expected_exercise("push_up");
  Configure(config);
  for (uint64_t sequence = 0; sequence <= 90; ++sequence) PushPose(PoseNumber(sequence));
  TakePoses();
  Assess(1, AssessmentBy("7", 59, "push_up"));
  EXPECT_EQ(observer_.assessments.back().second, "push_up");
  Assess(1, AssessmentBy("8", 74));
  Assess(1, AssessmentBy("8", 89));
  EXPECT_THAT(Changes(), ElementsAre(AllOf(HasSubstr("version 8"), HasSubstr("7"))));
  EXPECT_EQ(observer_.assessments.back().second, "")
      << "version 8 knows no push-ups: that it does not see any is no mistake";
  EXPECT_FALSE(client_.finished);
  inferencer_.sent.clear();
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  EXPECT_EQ(SentConfig().model_version(), "8");
}

}  // namespace
}  // namespace trackfit::gateway
