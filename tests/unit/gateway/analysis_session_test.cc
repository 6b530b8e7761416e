#include "gateway/analysis_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analysis_session_fixture.h"

namespace trackfit::gateway {
namespace {

using ::testing::ElementsAre;

using AnalysisSessionOrder = AnalysisSessionTest;
using AnalysisSessionLive = AnalysisSessionTest;
using AnalysisSessionSummary = AnalysisSessionTest;

TEST_F(AnalysisSessionOrder, AnswersFramesInOrder) {
  Configure();
  PushFrames(1, 3);
  EXPECT_THAT(FramesSent(), ElementsAre(1, 2, 3));
  for (uint64_t sequence = 1; sequence <= 3; ++sequence) AnswerFrame(PoseResult(sequence));
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2, 3));
  EXPECT_THAT(PosesSent(), ElementsAre(1, 2, 3));
}

TEST_F(AnalysisSessionOrder, NeedsNoExtractorForPosesFromTheStartToTheSummary) {
  Configure();
  PushPose(PoseNumber(1));
  PushPose(PoseNumber(2));
  session_.OnHalfClose();
  TakePoses();
  session_.OnInferencerClosed(1, absl::OkStatus());
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2));
  EXPECT_EQ(client_.responses[1].frame_result().status(), v1::FRAME_STATUS_POSE);
  EXPECT_EQ(client_.responses[1].frame_result().pose().landmarks_size(), 33);
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok()) << *client_.finished;
  EXPECT_EQ(Summary().poses(), 2U);
  EXPECT_TRUE(extractor_.attempts.empty());
}

TEST_F(AnalysisSessionOrder, SendsOnlyPosesToTheInferencer) {
  Configure();
  PushFrames(1, 3);
  AnswerFrame(ResultWithout(1, v1::FRAME_STATUS_NO_POSE));
  AnswerFrame(PoseResult(2));
  AnswerFrame(ResultWithout(3, v1::FRAME_STATUS_INVALID_FRAME));
  EXPECT_THAT(PosesSent(), ElementsAre(2));
}

TEST_F(AnalysisSessionOrder, PassesTheConfigurationToTheInferencer) {
  v1::SessionConfig config;
  config.set_expected_exercise("squat");
  config.mutable_window()->set_every(5);
  Configure(config);
  PushPose(PoseNumber(1));
  ASSERT_TRUE(inferencer_.sent.at(0)->has_config());
  EXPECT_EQ(inferencer_.sent[0]->config().expected_exercise(), "squat");
  EXPECT_EQ(inferencer_.sent[0]->config().window().every(), 5U);
}

TEST_F(AnalysisSessionOrder, KeepsUnansweredLosslessFramesOnTheClientsAccount) {
  Configure();
  PushFrames(1, 5);
  EXPECT_EQ(session_.occupancy(), 5U);
  AnswerFrame(PoseResult(1));
  EXPECT_EQ(session_.occupancy(), 4U);
  EXPECT_TRUE(std::ranges::none_of(observer_.statuses, [](auto s) { return s == v1::FRAME_STATUS_DROPPED; }));
}

TEST_F(AnalysisSessionOrder, IsOccupiedWhileTheInferencerDoesNotKeepUp) {
  Configure();
  for (uint64_t sequence = 1; sequence < 90; ++sequence) PushPose(PoseNumber(sequence));
  EXPECT_LT(PosesSent().size(), 40U) << "not more than the transport takes";
  EXPECT_EQ(session_.occupancy(), 0U);
  for (uint64_t sequence = 90; sequence < 130; ++sequence) PushPose(PoseNumber(sequence));
  EXPECT_GT(session_.occupancy(), 1000U);
  TakePoses();
  EXPECT_EQ(session_.occupancy(), 0U);
}

TEST_F(AnalysisSessionOrder, MeasuresTheTimeFromArrivalToAnswer) {
  Configure();
  PushFrame(1);
  now_ += milliseconds(250);
  AnswerFrame(PoseResult(1));
  EXPECT_THAT(observer_.latencies, ElementsAre(::testing::DoubleNear(0.25, 1e-9)));
}

TEST_F(AnalysisSessionOrder, TellsWhereAFramesTimeWent) {
  Configure();
  PushFrames(1, 2);
  const auto sent = now_;
  now_ += milliseconds(20);
  AnswerFrame(PoseResult(1));
  now_ += milliseconds(30);
  AnswerFrame(PoseResult(2));
  ASSERT_EQ(observer_.times.size(), 2U);
  EXPECT_EQ(observer_.times[1].received, sent);
  EXPECT_EQ(observer_.times[1].sent, sent);
  EXPECT_EQ(observer_.times[1].returned, sent + milliseconds(50));
}

TEST_F(AnalysisSessionOrder, ShowsTheObserverThePosesThatAreAssessed) {
  Configure();
  PushFrames(1, 3);
  AnswerFrame(PoseResult(1));
  AnswerFrame(ResultWithout(2, v1::FRAME_STATUS_NO_POSE));
  AnswerFrame(PoseResult(3));
  EXPECT_THAT(observer_.poses, ElementsAre(1, 3));
}

TEST_F(AnalysisSessionOrder, MeasuresHowLateAnAssessmentIs) {
  ConfigureAndPushPoses(59);
  now_ += milliseconds(400);
  Assess(inferencer_.attempt(), AssessmentOf(0, 58));
  EXPECT_THAT(observer_.assessment_latencies,
              ElementsAre(::testing::Optional(::testing::DoubleNear(0.4, 1e-9))));
}

TEST_F(AnalysisSessionLive, DropsTheOldestWaitingFramesAndAnswersAllInOrder) {
  ConfigureLive();
  PushFrames(1, 20);
  EXPECT_EQ(session_.occupancy(), 0U) << "a live client is never slowed down";
  EXPECT_THAT(FramesSent(), ElementsAre(1)) << "no more before the extractor has shown that it can answer";
  uint64_t next_to_answer = 0;
  while (next_to_answer < FramesSent().size()) {
    AnswerFrame(PoseResult(FramesSent()[next_to_answer]));
    ++next_to_answer;
  }
  std::vector<uint64_t> all(20);
  for (uint64_t i = 0; i < 20; ++i) all[i] = i + 1;
  EXPECT_EQ(client_.Answered(), all);
  EXPECT_THAT(FramesSent(), ElementsAre(1, 20)) << "the newest frame survives";
  const auto dropped = std::ranges::count(observer_.statuses, v1::FRAME_STATUS_DROPPED);
  EXPECT_EQ(dropped, 20 - static_cast<int64_t>(FramesSent().size()));
  EXPECT_GT(dropped, 0);
}

// What a live client does not get rid of it drops, and a repetition that lacks a second is not counted.
TEST_F(AnalysisSessionLive, TakesPosesWhileTheInferencerIsAwayForHalfAMinute) {
  ConfigureLive();
  for (uint64_t sequence = 1; sequence <= 900; ++sequence) PushPose(PoseNumber(sequence));
  EXPECT_EQ(session_.occupancy(), 0U);
  for (uint64_t sequence = 901; sequence <= 1200; ++sequence) PushPose(PoseNumber(sequence));
  EXPECT_GT(session_.occupancy(), 1000U) << "but not for ever";
}

TEST_F(AnalysisSessionLive, AnswersAFrameAsDroppedForTheReasonThatItsCallerHas) {
  ConfigureLive();
  v1::AnalyzeRequest request;
  request.mutable_frame()->set_sequence(1);
  request.mutable_frame()->set_timestamp_us(1000);
  request.mutable_frame()->set_encoded("a picture");
  session_.OnRequest(request, nullptr, "too many come");
  EXPECT_THAT(FramesSent(), ElementsAre());
  EXPECT_EQ(client_.Answered(), std::vector<uint64_t>{1});
  EXPECT_EQ(observer_.statuses, std::vector{v1::FRAME_STATUS_DROPPED});
  EXPECT_EQ(session_.last_sequence(), 1U);
}

TEST_F(AnalysisSessionLive, RemembersABoundedNumberOfDroppedFrames) {
  ConfigureLive();
  PushFrames(1, 2000);
  EXPECT_GT(session_.occupancy(), 1000U);
}

TEST_F(AnalysisSessionLive, DropsFramesAlsoWhileNoModelIsKnown) {
  const auto model = std::exchange(model_, nullptr);
  ConfigureLive();
  PushFrames(1, 20);
  model_ = model;
  Wait(milliseconds(100));
  EXPECT_THAT(FramesSent(), ElementsAre(20)) << "the others were not kept";
  EXPECT_EQ(client_.Answered().size(), 19U);
}

TEST_F(AnalysisSessionLive, LeavesItToTheExtractorWhichFrameIsTheNewest) {
  ConfigureLive();
  PushFrame(1);
  EXPECT_TRUE(extractor_.sent.front()->config().newest_only());
  AnswerFrame(PoseResult(1));
  PushFrames(2, 20);
  EXPECT_THAT(FramesSent(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9)) << "8 at a time";
  for (uint64_t sequence = 2; sequence < 9; ++sequence) {
    v1::FrameResult dropped;
    dropped.set_sequence(sequence);
    dropped.set_status(v1::FRAME_STATUS_DROPPED);
    AnswerFrame(dropped);
  }
  AnswerFrame(PoseResult(9));
  EXPECT_EQ(FramesSent().back(), 20U);
  AnswerFrame(PoseResult(20));
  EXPECT_EQ(client_.Answered().size(), 20U);
  EXPECT_EQ(std::ranges::count(observer_.statuses, v1::FRAME_STATUS_DROPPED), 17);
}

TEST_F(AnalysisSessionSummary, ComesAfterEveryAnswerAndTheLastAssessment) {
  Configure();
  PushFrames(1, 2);
  session_.OnHalfClose();
  AnswerFrame(PoseResult(1));
  EXPECT_FALSE(extractor_.closed);
  AnswerFrame(PoseResult(2));
  EXPECT_TRUE(extractor_.closed);
  EXPECT_TRUE(inferencer_.closed);
  EXPECT_FALSE(client_.finished);
  Assess(1, AssessmentOf(1, 2));
  session_.OnInferencerClosed(1, absl::OkStatus());
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok());
  EXPECT_TRUE(client_.responses.back().has_summary());
}

TEST_F(AnalysisSessionSummary, CountsWhatBecameOfEveryFrame) {
  v1::SessionConfig config;
  config.set_expected_exercise("squat");
  Configure(config);
  PushFrames(1, 4);
  AnswerFrame(PoseResult(1));
  AnswerFrame(ResultWithout(2, v1::FRAME_STATUS_NO_POSE));
  AnswerFrame(ResultWithout(3, v1::FRAME_STATUS_INVALID_FRAME));
  AnswerFrame(PoseResult(4));
  Assess(1, AssessmentOf(1, 3, "squat"));
  Assess(1, AssessmentOf(1, 4, "squat"));
  session_.OnHalfClose();
  session_.OnInferencerClosed(1, absl::OkStatus());
  ASSERT_TRUE(client_.finished);
  EXPECT_EQ(Summary().frames(), 4U);
  EXPECT_EQ(Summary().poses(), 2U);
  EXPECT_EQ(Summary().no_pose(), 1U);
  EXPECT_EQ(Summary().invalid(), 1U);
  EXPECT_EQ(Summary().dropped(), 0U);
  EXPECT_EQ(Summary().assessments(), 2U);
  EXPECT_EQ(Summary().duration_us(), 3 * kFrameUs);
  EXPECT_EQ(Summary().overall().exercise(), "squat");
  EXPECT_EQ(Summary().overall().last_sequence(), 4U);
  EXPECT_THAT(observer_.assessments, ElementsAre(std::pair<std::string, std::string>("squat", "squat"),
                                                 std::pair<std::string, std::string>("squat", "squat")));
}

TEST_F(AnalysisSessionSummary, NeedsNoInferencerWhenNobodyWasSeen) {
  Configure();
  PushFrame(1);
  AnswerFrame(ResultWithout(1, v1::FRAME_STATUS_NO_POSE));
  session_.OnHalfClose();
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok());
  EXPECT_TRUE(inferencer_.attempts.empty());
  EXPECT_EQ(Summary().frames(), 1U);
  EXPECT_FALSE(Summary().has_overall());
}

TEST_F(AnalysisSessionSummary, ComesForASessionWithoutFrames) {
  Configure();
  session_.OnHalfClose();
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok());
  EXPECT_EQ(Summary().frames(), 0U);
  EXPECT_EQ(Summary().duration_us(), 0);
}

}  // namespace
}  // namespace trackfit::gateway
