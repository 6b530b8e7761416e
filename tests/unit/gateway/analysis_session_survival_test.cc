#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "analysis_session_fixture.h"
#include "gateway/analysis_session.h"

namespace trackfit::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using AnalysisSessionSurvival = AnalysisSessionTest;

TEST_F(AnalysisSessionSurvival, SendsUnansweredFramesToANewExtractor) {
  Configure();
  PushFrames(1, 5);
  AnswerFrame(PoseResult(1));
  AnswerFrame(PoseResult(2));
  session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("killed"));
  EXPECT_THAT(extractor_.attempts, ElementsAre(1, 2));
  EXPECT_THAT(FramesSent(), ElementsAre(3, 4, 5));
  for (uint64_t sequence = 3; sequence <= 5; ++sequence) AnswerFrame(PoseResult(sequence));
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(observer_.broken.size(), 1U);
  EXPECT_FALSE(client_.finished);
}

TEST_F(AnalysisSessionSurvival, IgnoresLateNewsOfABrokenStream) {
  Configure();
  PushFrames(1, 2);
  session_.OnExtractorClosed(1, absl::UnavailableError("killed"));
  session_.OnFrameResult(1, PoseResult(1));
  EXPECT_TRUE(client_.Answered().empty());
  session_.OnFrameResult(2, PoseResult(1));
  EXPECT_THAT(client_.Answered(), ElementsAre(1));
}

TEST_F(AnalysisSessionSurvival, PausesBetweenAttempts) {
  Configure();
  PushFrame(1);
  session_.OnExtractorClosed(1, absl::UnavailableError("refused"));
  session_.OnExtractorClosed(2, absl::UnavailableError("refused"));
  EXPECT_EQ(extractor_.attempts.size(), 2U);
  Wait(milliseconds(100));
  EXPECT_EQ(extractor_.attempts.size(), 3U);
}

TEST_F(AnalysisSessionSurvival, GivesUpWithUnavailableAfterTheTimeout) {
  Configure();
  PushFrame(1);
  for (int waited = 0; waited < 130 && !client_.finished; ++waited) {
    if (!extractor_.attempts.empty()) {
      session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("connection refused"));
    }
    Wait(milliseconds(500));
  }
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(client_.finished->code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(client_.finished->message()),
              AllOf(HasSubstr("extractor"), HasSubstr("60 s"), HasSubstr("connection refused")));
}

TEST_F(AnalysisSessionSurvival, DoesNotGiveUpAnUpstreamThatOwesNothing) {
  Configure();
  PushFrame(1);
  AnswerFrame(ResultWithout(1, v1::FRAME_STATUS_NO_POSE));
  session_.OnExtractorClosed(1, absl::DeadlineExceededError("idle"));
  Wait(seconds(100));
  EXPECT_FALSE(client_.finished);
  EXPECT_EQ(extractor_.attempts.size(), 1U);
  PushFrame(2);
  EXPECT_THAT(FramesSent(), ElementsAre(2));
}

TEST_F(AnalysisSessionSurvival, EndsWithTheUpstreamsWordsWhenItRefusesTheInput) {
  Configure();
  PushPose(PoseNumber(1));
  session_.OnInferencerClosed(1, absl::InvalidArgumentError("pose.score is 7"));
  ExpectInvalidArgument("pose.score is 7");
  EXPECT_EQ(inferencer_.attempts.size(), 1U);
}

TEST_F(AnalysisSessionSurvival, HidesAnUpstreamsMisconfigurationBehindInternal) {
  Configure();
  PushFrame(1);
  session_.OnExtractorClosed(1, absl::UnauthenticatedError("bad certificate"));
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(client_.finished->code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(client_.finished->message()), HasSubstr("extractor"));
}

TEST_F(AnalysisSessionSurvival, ReplaysAllPosesBeforeTheFirstAssessment) {
  ConfigureAndPushPoses(40);
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  EXPECT_THAT(inferencer_.attempts, ElementsAre(1, 2));
  EXPECT_TRUE(inferencer_.sent.at(0)->has_config());
  TakePoses();
  TakePoses();
  EXPECT_EQ(PosesSent().size(), 41U);
  EXPECT_EQ(PosesSent().front(), 0U);
}

TEST_F(AnalysisSessionSurvival, ReplaysTheLastWindowInStepWithTheAssessments) {
  ConfigureAndPushPoses(200);
  for (uint64_t last = 59; last <= 194; last += 15) Assess(1, AssessmentOf(0, last));
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  // The default windows end with poses 60, 75, 90 and 105 of a stream, and the fourth is a full one of 100.
  EXPECT_EQ(PosesSent().front(), 194U - 104U);
}

TEST_F(AnalysisSessionSurvival, DeliversNoAssessmentTwice) {
  ConfigureAndPushPoses(100);
  Assess(1, AssessmentOf(0, 59));
  Assess(1, AssessmentOf(0, 74));
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  Assess(2, AssessmentOf(0, 59));
  Assess(2, AssessmentOf(0, 74));
  Assess(1, AssessmentOf(0, 89));  // late news
  Assess(2, AssessmentOf(0, 89));
  EXPECT_THAT(client_.Assessed(), ElementsAre(59, 74, 89));
}

TEST_F(AnalysisSessionSurvival, AsksANewInferencerForTheLastAssessmentToo) {
  ConfigureAndPushPoses(20);
  session_.OnHalfClose();
  EXPECT_TRUE(inferencer_.closed);
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  EXPECT_EQ(PosesSent().size(), 21U);
  TakePoses();
  EXPECT_TRUE(inferencer_.closed);
  Assess(2, AssessmentOf(0, 20));
  session_.OnInferencerClosed(2, absl::OkStatus());
  EXPECT_THAT(client_.Assessed(), ElementsAre(20));
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok());
}

TEST_F(AnalysisSessionSurvival, GivesUpAnInferencerThatFailsAtEveryReplay) {
  ConfigureAndPushPoses(20);
  for (int i = 0; i < 1000 && !client_.finished; ++i) {
    session_.OnInferencerClosed(inferencer_.attempt(), absl::UnavailableError("crashed"));
    TakePoses();
    Wait(milliseconds(500));
  }
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(client_.finished->code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(client_.finished->message()), HasSubstr("inferencer"));
}

TEST_F(AnalysisSessionSurvival, WaitsForAModelAtTheStart) {
  const auto model = std::exchange(model_, nullptr);
  Configure();
  PushFrames(1, 2);
  Wait(milliseconds(900));
  EXPECT_TRUE(client_.responses.empty());
  model_ = model;
  Wait(milliseconds(100));
  ASSERT_FALSE(client_.responses.empty());
  EXPECT_TRUE(client_.responses[0].has_started());
  EXPECT_THAT(FramesSent(), ElementsAre(1, 2));
}

TEST_F(AnalysisSessionSurvival, GivesUpWithoutAModel) {
  model_ = nullptr;
  Configure();
  Wait(seconds(61));
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(*client_.finished,
            absl::UnavailableError(
                "the inferencer at inferencer:8002 made no progress for 60 s: it loads its model"));
}

TEST_F(AnalysisSessionSurvival, LetsTheUpstreamsGoWhenTheClientIsGone) {
  Configure();
  PushFrame(1);
  PushFrame(2);
  AnswerFrame(PoseResult(1));
  session_.OnEnd();
  EXPECT_EQ(extractor_.disconnects, 1);
  EXPECT_EQ(inferencer_.disconnects, 1);
  AnswerFrame(PoseResult(2));
  Wait(seconds(100));
  EXPECT_THAT(client_.Answered(), ElementsAre(1));
  EXPECT_FALSE(client_.finished);
}

}  // namespace
}  // namespace trackfit::gateway
