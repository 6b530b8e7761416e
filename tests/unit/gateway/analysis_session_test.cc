#include "gateway/analysis_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis_session_fixture.h"

namespace trackfit::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using AnalysisSessionProtocol = AnalysisSessionTest;
using AnalysisSessionOrder = AnalysisSessionTest;
using AnalysisSessionPeople = AnalysisSessionTest;
using AnalysisSessionLive = AnalysisSessionTest;
using AnalysisSessionSurvival = AnalysisSessionTest;
using AnalysisSessionSummary = AnalysisSessionTest;

TEST_F(AnalysisSessionProtocol, IntroducesItselfWithTheModel) {
  Configure();
  ASSERT_EQ(client_.responses.size(), 1U);
  const v1::SessionStarted& started = client_.responses[0].started();
  EXPECT_EQ(started.session_id(), "session-1");
  EXPECT_EQ(started.model_version(), "7");
  EXPECT_THAT(started.exercises(), ElementsAre("push_up", "squat"));
}

TEST_F(AnalysisSessionProtocol, WantsTheConfigurationFirst) {
  PushFrame(1);
  ExpectInvalidArgument("config");
}

TEST_F(AnalysisSessionProtocol, WantsTheConfigurationOnce) {
  Configure();
  Configure();
  ExpectInvalidArgument("config was sent twice");
}

TEST_F(AnalysisSessionProtocol, WantsAConfigurationEvenFromAnEmptyStream) {
  session_.OnHalfClose();
  ExpectInvalidArgument("config");
}

TEST_F(AnalysisSessionProtocol, RefusesAnEmptyRequest) {
  Configure();
  session_.OnRequest({});
  ExpectInvalidArgument("request");
}

TEST_F(AnalysisSessionProtocol, RefusesAnUnknownExerciseAndNamesTheKnownOnes) {
  v1::SessionConfig config;
  config.set_expected_exercise("handstand");
  Configure(config);
  ExpectInvalidArgument("config.expected_exercise");
  EXPECT_THAT(std::string(client_.finished->message()),
              AllOf(HasSubstr("handstand"), HasSubstr("push_up, squat")));
  EXPECT_TRUE(client_.responses.empty());
}

TEST_F(AnalysisSessionProtocol, RefusesABrokenWindow) {
  v1::SessionConfig config;
  config.mutable_window()->set_frames(12);
  Configure(config);
  ExpectInvalidArgument("config.window.frames");
}

TEST_F(AnalysisSessionProtocol, RefusesAnUnknownDelivery) {
  v1::SessionConfig config;
  config.set_delivery(static_cast<v1::DeliveryMode>(9));
  Configure(config);
  ExpectInvalidArgument("config.delivery");
}

TEST_F(AnalysisSessionProtocol, RefusesASequenceThatDoesNotIncrease) {
  Configure();
  PushFrame(4);
  PushFrame(4, 1'000'000);
  ExpectInvalidArgument("frame.sequence");
}

TEST_F(AnalysisSessionProtocol, AnswersATimestampThatDoesNotIncreaseAsInvalidAndGoesOn) {
  Configure();
  PushFrame(4, 1000);
  PushFrame(5, 1000);
  PushFrame(6, 900);
  PushFrame(7, 1001);
  EXPECT_THAT(FramesSent(), ElementsAre(4, 7));
  AnswerFrame(PoseResult(4));
  AnswerFrame(PoseResult(7));
  EXPECT_THAT(client_.Answered(), ElementsAre(4, 5, 6, 7));
  const v1::FrameResult& duplicate = client_.responses[2].frame_result();
  EXPECT_EQ(duplicate.status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_EQ(duplicate.detail(),
            "timestamp does not increase: frame.timestamp_us is 1000; it must be greater than the one "
            "before, 1000");
  EXPECT_FALSE(client_.finished);
  session_.OnHalfClose();
  session_.OnInferencerClosed(1, absl::OkStatus());
  EXPECT_EQ(Summary().invalid(), 2U);
  EXPECT_EQ(Summary().duration_us(), 1);
  EXPECT_EQ(std::ranges::count(observer_.statuses, v1::FRAME_STATUS_INVALID_FRAME), 2);
}

TEST_F(AnalysisSessionProtocol, AnswersATimestampBeyondItsLimitsAsInvalidAndGoesOn) {
  Configure();
  PushFrame(1, std::numeric_limits<int64_t>::min());
  PushFrame(2);
  EXPECT_THAT(client_.responses.at(1).frame_result().detail(), HasSubstr("frame.timestamp_us is -9223"));
  EXPECT_THAT(FramesSent(), ElementsAre(2));
}

TEST_F(AnalysisSessionProtocol, WantsSequencesInOrderEvenOfInvalidFrames) {
  Configure();
  PushFrame(4, 1000);
  PushFrame(5, 1000);
  PushFrame(5, 2000);
  ExpectInvalidArgument("frame.sequence is 5");
}

TEST_F(AnalysisSessionProtocol, RefusesAPoseAmongFrames) {
  Configure();
  PushFrame(4);
  PushPose(PoseNumber(5));
  ExpectInvalidArgument("pose: this session sends frames; a session sends either frames or poses");
}

TEST_F(AnalysisSessionProtocol, RefusesAFrameAmongPoses) {
  Configure();
  PushPose(PoseNumber(4));
  PushFrame(5);
  ExpectInvalidArgument("frame: this session sends poses; a session sends either frames or poses");
}

TEST_F(AnalysisSessionProtocol, AnswersUnusablePosesAsInvalidAndGoesOn) {
  Configure();
  PushPose(PoseNumber(1));
  v1::Pose incomplete = PoseNumber(2);
  incomplete.mutable_landmarks()->RemoveLast();
  PushPose(incomplete);
  v1::Pose infinite = PoseNumber(3);
  infinite.mutable_landmarks(7)->set_x(std::numeric_limits<float>::quiet_NaN());
  PushPose(infinite);
  v1::Pose late = PoseNumber(4);
  late.set_timestamp_us(PoseNumber(1).timestamp_us());
  PushPose(late);
  PushPose(PoseNumber(5));
  EXPECT_FALSE(client_.finished);
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(PosesSent(), ElementsAre(1, 5));
  const auto detail = [this](size_t pose) { return client_.responses.at(pose).frame_result().detail(); };
  EXPECT_THAT(detail(2), HasSubstr("pose.landmarks has 32 entries"));
  EXPECT_THAT(detail(3), HasSubstr("pose.landmarks[7].x"));
  EXPECT_THAT(detail(4), HasSubstr("timestamp does not increase: pose.timestamp_us is"));
}

TEST_F(AnalysisSessionProtocol, AnswersAnOversizeFrameAsInvalidAndGoesOn) {
  Configure();
  v1::AnalyzeRequest request;
  request.mutable_frame()->set_sequence(1);
  request.mutable_frame()->set_encoded(std::string(101, 'x'));
  session_.OnRequest(std::move(request));
  ASSERT_EQ(client_.responses.size(), 2U);
  EXPECT_EQ(client_.responses[1].frame_result().status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_THAT(client_.responses[1].frame_result().detail(),
              AllOf(HasSubstr("frame.encoded"), HasSubstr("101"), HasSubstr("100")));
  PushFrame(2);
  EXPECT_FALSE(client_.finished);
  EXPECT_THAT(FramesSent(), ElementsAre(2));
}

TEST_F(AnalysisSessionProtocol, UncompressedPixelsHaveALimitOfTheirOwn) {
  Configure();
  for (const uint64_t bytes : {200, 201}) {
    v1::AnalyzeRequest request;
    request.mutable_frame()->set_sequence(bytes);
    request.mutable_frame()->set_timestamp_us(static_cast<int64_t>(bytes));
    request.mutable_frame()->mutable_raw()->set_data(std::string(bytes, 'x'));
    session_.OnRequest(std::move(request));
  }
  EXPECT_THAT(FramesSent(), ElementsAre(200));
  AnswerFrame(PoseResult(200));
  EXPECT_THAT(client_.responses.back().frame_result().detail(),
              AllOf(HasSubstr("frame.raw.data has 201 bytes"), HasSubstr("at most 200")));
  EXPECT_FALSE(client_.finished);
}

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

TEST_F(AnalysisSessionPeople, AreFollowedAsManyAsTheConfigurationSays) {
  ConfigurePeople(3);
  PushFrame(1);
  ASSERT_EQ(extractor_.sent.size(), 2U);
  EXPECT_EQ(extractor_.sent[0]->config().max_people(), 3U);
  EXPECT_EQ(extractor_.sent[1]->frame().sequence(), 1U);
}

TEST_F(AnalysisSessionPeople, AreFollowedByANewExtractorToo) {
  ConfigurePeople(3);
  PushFrame(1);
  session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("gone"));
  Wait(milliseconds(100));
  ASSERT_EQ(extractor_.sent.size(), 2U);
  EXPECT_EQ(extractor_.sent[0]->config().max_people(), 3U);
}

TEST_F(AnalysisSessionPeople, AreLimited) {
  ConfigurePeople(9);
  ExpectInvalidArgument("config.max_people is 9; it must be within [1, 8]");
}

TEST_F(AnalysisSessionPeople, AreAllShownButOnlyThePrimaryOneIsAssessed) {
  ConfigurePeople(2);
  PushFrames(1, 3);
  AnswerFrame(ResultWithPeople(1, {1, 2}));
  AnswerFrame(ResultWithPeople(2, {2}));
  AnswerFrame(ResultWithPeople(3, {1, 2}));
  EXPECT_THAT(PosesSent(), ElementsAre(1, 3)) << "the primary person is hidden in frame 2";
  EXPECT_THAT(PeopleIn(client_.responses[1].frame_result()), ElementsAre(1, 2));
}

TEST_F(AnalysisSessionPeople, AreNewPeopleAfterTheLossOfAnExtractor) {
  ConfigurePeople(2);
  PushFrames(1, 2);
  AnswerFrame(ResultWithPeople(1, {1, 4}));
  session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("gone"));
  Wait(milliseconds(100));
  AnswerFrame(ResultWithPeople(2, {1, 2}));
  EXPECT_THAT(PeopleIn(client_.responses.back().frame_result()), ElementsAre(5, 6));
}

TEST_F(AnalysisSessionPeople, AreTheSameAfterTheLossOfAnExtractorWhenThereIsOnlyOne) {
  Configure();
  PushFrames(1, 3);
  AnswerFrame(ResultWithPeople(1, {1}));
  AnswerFrame(ResultWithPeople(2, {3}));  // behind two cuts
  session_.OnExtractorClosed(extractor_.attempt(), absl::UnavailableError("gone"));
  Wait(milliseconds(100));
  AnswerFrame(ResultWithPeople(3, {1}));
  EXPECT_THAT(PeopleIn(client_.responses.back().frame_result()), ElementsAre(3));
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

TEST_F(AnalysisSessionLive, DropsTheOldestWaitingFramesAndAnswersAllInOrder) {
  ConfigureLive();
  PushFrames(1, 20);
  EXPECT_EQ(session_.occupancy(), 0U) << "a live client is never slowed down";
  const size_t in_flight = FramesSent().size();
  EXPECT_LT(in_flight, 8U);
  uint64_t next_to_answer = 0;
  while (next_to_answer < FramesSent().size()) {
    AnswerFrame(PoseResult(FramesSent()[next_to_answer]));
    ++next_to_answer;
  }
  std::vector<uint64_t> all(20);
  for (uint64_t i = 0; i < 20; ++i) all[i] = i + 1;
  EXPECT_EQ(client_.Answered(), all);
  EXPECT_EQ(FramesSent().back(), 20U) << "the newest frames survive";
  const auto dropped = std::ranges::count(observer_.statuses, v1::FRAME_STATUS_DROPPED);
  EXPECT_EQ(dropped, 20 - static_cast<int64_t>(FramesSent().size()));
  EXPECT_GT(dropped, 0);
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
  EXPECT_EQ(FramesSent().size(), 4U) << "the others were not kept";
  EXPECT_EQ(FramesSent().back(), 20U);
  EXPECT_EQ(client_.Answered().size(), 16U);
}

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
  for (uint64_t last = 59; last <= 194; last += 15) session_.OnAssessment(1, AssessmentOf(0, last));
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  // The default windows end with poses 60, 75, 90 and 105 of a stream, and the fourth is a full one of 100.
  EXPECT_EQ(PosesSent().front(), 194U - 104U);
}

TEST_F(AnalysisSessionSurvival, DeliversNoAssessmentTwice) {
  ConfigureAndPushPoses(100);
  session_.OnAssessment(1, AssessmentOf(0, 59));
  session_.OnAssessment(1, AssessmentOf(0, 74));
  session_.OnInferencerClosed(1, absl::UnavailableError("killed"));
  session_.OnAssessment(2, AssessmentOf(0, 59));
  session_.OnAssessment(2, AssessmentOf(0, 74));
  session_.OnAssessment(1, AssessmentOf(0, 89));  // late news
  session_.OnAssessment(2, AssessmentOf(0, 89));
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
  session_.OnAssessment(2, AssessmentOf(0, 20));
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
  session_.OnAssessment(1, AssessmentOf(1, 2));
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
  session_.OnAssessment(1, AssessmentOf(1, 3, "squat"));
  session_.OnAssessment(1, AssessmentOf(1, 4, "squat"));
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
