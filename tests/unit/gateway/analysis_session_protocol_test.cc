#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "analysis_session_fixture.h"
#include "gateway/analysis_session.h"

namespace trackfit::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using AnalysisSessionProtocol = AnalysisSessionTest;

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

TEST_F(AnalysisSessionProtocol, PassesThePoseModelOn) {
  v1::SessionConfig config;
  config.set_pose_model(v1::POSE_MODEL_LITE);
  Configure(config);
  PushFrame(1);
  EXPECT_EQ(extractor_.sent.front()->config().pose_model(), v1::POSE_MODEL_LITE);
}

TEST_F(AnalysisSessionProtocol, RefusesAnUnknownPoseModel) {
  v1::SessionConfig config;
  config.set_pose_model(static_cast<v1::PoseModel>(9));
  Configure(config);
  ExpectInvalidArgument("config.pose_model is 9");
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

TEST_F(AnalysisSessionProtocol, TakesNothingBehindAHalfClose) {
  Configure();
  PushFrame(1);
  session_.OnHalfClose();
  session_.OnHalfClose();
  EXPECT_FALSE(client_.finished) << "a client that resumes its session may say it again";
  PushFrame(2);
  ExpectInvalidArgument("half-closed");
}

TEST_F(AnalysisSessionProtocol, KnowsWhatItReceivedLast) {
  Configure();
  EXPECT_EQ(session_.last_sequence(), std::nullopt);
  PushFrames(3, 5);
  EXPECT_EQ(session_.last_sequence(), 5U) << "answered or not";
  EXPECT_EQ(session_.unanswered_bytes(), 3 * std::string("picture").size());
  AnswerFrame(PoseResult(3));
  EXPECT_EQ(session_.unanswered_bytes(), 2 * std::string("picture").size());
}

TEST_F(AnalysisSessionProtocol, PassesOnThatTheClientShouldReconnect) {
  Configure();
  session_.OnNotice(v1::NOTICE_CODE_RECONNECT, "the stream is old");
  ASSERT_EQ(client_.Notices().size(), 1U);
  EXPECT_EQ(client_.Notices()[0].code(), v1::NOTICE_CODE_RECONNECT);
  EXPECT_EQ(client_.Notices()[0].message(), "the stream is old");
}

}  // namespace
}  // namespace trackfit::gateway
