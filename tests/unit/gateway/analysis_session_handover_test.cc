// A session that goes on in another process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "analysis_session_fixture.h"

namespace trackfit::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A process with a session of its own.
struct Process {
  explicit Process(const AnalysisSession::TimePoint& now)
      : session("session-1",
                AnalysisOptions{.upstream_timeout = seconds(60), .extractor = "", .inferencer = ""},
                {client, extractor, inferencer, observer,
                 [] { return absl::UnavailableError("not known here yet"); }, [&now] { return now; }}) {}

  void Push(uint64_t sequence) {
    v1::AnalyzeRequest request;
    request.mutable_frame()->set_sequence(sequence);
    request.mutable_frame()->set_timestamp_us(static_cast<int64_t>(sequence) * kFrameUs);
    request.mutable_frame()->set_encoded("picture");
    session.OnRequest(std::move(request));
  }
  void PushPose(uint64_t sequence) {
    v1::AnalyzeRequest request;
    *request.mutable_pose() = PoseNumber(sequence);
    session.OnRequest(std::move(request));
    for (; taken < inferencer.sent.size(); ++taken) session.OnPoseWritten(inferencer.attempt());
  }
  void Assess(uint64_t first, uint64_t last) {
    v1::InferStreamResponse response;
    *response.mutable_assessment() = AssessmentOf(first, last);
    session.OnInferred(inferencer.attempt(), std::move(response));
  }
  std::vector<uint64_t> PosesSent() const {
    std::vector<uint64_t> sequences;
    for (const auto& request : inferencer.sent) {
      if (request->has_pose()) sequences.push_back(request->pose().sequence());
    }
    return sequences;
  }

  FakeClient client;
  FakeLink<v1::ExtractStreamRequest> extractor;
  FakeLink<v1::InferStreamRequest> inferencer;
  FakeObserver observer;
  size_t taken = 0;
  AnalysisSession session;
};

class AnalysisSessionHandover : public AnalysisSessionTest {
 protected:
  // The session that goes on with what session_ is now.
  std::unique_ptr<Process> Next() {
    auto next = std::make_unique<Process>(now_);
    handover::AnalysisState state;
    EXPECT_TRUE(state.ParseFromString(session_.State().value().SerializeAsString()));
    EXPECT_TRUE(next->session.Restore(state).ok());
    session_.OnEnd();
    next->session.OnTick();
    return next;
  }
};

TEST_F(AnalysisSessionHandover, HasNoStateBeforeItBeginsAndAfterItsEnd) {
  EXPECT_FALSE(session_.State().has_value());
  model_ = nullptr;
  Configure();
  EXPECT_FALSE(session_.State().has_value()) << "it waits for its model";
  session_.OnEnd();
  EXPECT_FALSE(session_.State().has_value());
}

TEST_F(AnalysisSessionHandover, LetsFramesBeSentAgainThatWereNotAnswered) {
  Configure();
  PushFrames(1, 6);
  for (uint64_t sequence = 1; sequence <= 3; ++sequence) AnswerFrame(PoseResult(sequence));
  const auto next = Next();
  EXPECT_EQ(next->session.last_sequence(), 3U);
  EXPECT_THAT(next->client.responses, IsEmpty()) << "the client knows all that";
  for (uint64_t sequence = 4; sequence <= 7; ++sequence) {
    next->Push(sequence);
    next->session.OnFrameResult(next->extractor.attempt(), PoseResult(sequence));
  }
  EXPECT_THAT(next->client.Answered(), ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(next->client.Notices(), IsEmpty()) << "their times did not come twice";
  for (const v1::FrameStatus status : next->observer.statuses) EXPECT_EQ(status, v1::FRAME_STATUS_POSE);
}

TEST_F(AnalysisSessionHandover, StillRefusesWhatIsBehindInTime) {
  Configure();
  PushFrame(5, 100'000);
  AnswerFrame(PoseResult(5));
  const auto next = Next();
  v1::AnalyzeRequest request;
  request.mutable_frame()->set_sequence(6);
  request.mutable_frame()->set_timestamp_us(100'000);
  next->session.OnRequest(request);
  EXPECT_THAT(next->observer.statuses, ElementsAre(v1::FRAME_STATUS_INVALID_FRAME));
  request.mutable_frame()->set_sequence(5);
  next->session.OnRequest(request);
  ASSERT_TRUE(next->client.finished);
  EXPECT_THAT(std::string(next->client.finished->message()), HasSubstr("frame.sequence is 5"));
}

TEST_F(AnalysisSessionHandover, SendsEitherFramesOrPoses) {
  ConfigureAndPushPoses(10);
  const auto next = Next();
  next->Push(11);
  ASSERT_TRUE(next->client.finished);
  EXPECT_THAT(std::string(next->client.finished->message()), HasSubstr("this session sends poses"));
}

TEST_F(AnalysisSessionHandover, ReplaysWhatANewInferencerNeedsAndDeliversNothingTwice) {
  v1::SessionConfig config;
  config.set_expected_exercise("squat");
  Configure(config);
  for (uint64_t sequence = 0; sequence <= 150; ++sequence) {
    PushPose(PoseNumber(sequence));
    if (sequence == 0) continue;
    session_.OnPoseWritten(inferencer_.attempt());
  }
  for (uint64_t last = 59; last <= 134; last += 15) Assess(inferencer_.attempt(), AssessmentOf(0, last));
  const auto next = Next();
  const v1::InferStreamConfig& asked = next->inferencer.sent.at(0)->config();
  EXPECT_EQ(asked.model_version(), "7") << "what its client was told";
  EXPECT_EQ(asked.expected_exercise(), "squat");
  EXPECT_EQ(asked.window().frames(), 100);
  for (uint64_t sequence = 151; sequence <= 170; ++sequence) next->PushPose(sequence);
  EXPECT_EQ(next->PosesSent().front(), 134U - 104U);
  EXPECT_EQ(next->PosesSent().back(), 170U);
  for (uint64_t last = 129; last <= 164; last += 5) next->Assess(30, last);
  EXPECT_THAT(next->client.Assessed(), ElementsAre(139, 144, 149, 154, 159, 164));
}

TEST_F(AnalysisSessionHandover, SumsUpAllOfTheSession) {
  ConfigureAndPushPoses(90);
  Assess(1, AssessmentOf(0, 59));
  session_.OnNotice(v1::NOTICE_CODE_RATE_LIMITED, "slowly");
  const auto next = Next();
  for (uint64_t sequence = 91; sequence <= 100; ++sequence) next->PushPose(sequence);
  next->Assess(0, 74);
  next->session.OnHalfClose();
  EXPECT_TRUE(next->inferencer.closed);
  next->session.OnInferencerClosed(next->inferencer.attempt(), absl::OkStatus());
  ASSERT_EQ(next->client.finished, absl::OkStatus());
  const v1::SessionSummary& summary = next->client.responses.back().summary();
  EXPECT_EQ(summary.frames(), 101U);
  EXPECT_EQ(summary.poses(), 101U);
  EXPECT_EQ(summary.assessments(), 2U);
  EXPECT_EQ(summary.duration_us(), 100 * kFrameUs);
  EXPECT_EQ(summary.overall().first_sequence(), 0U);
  EXPECT_EQ(summary.overall().last_sequence(), 74U);
  ASSERT_THAT(summary.notices(), SizeIs(1));
  EXPECT_EQ(summary.notices(0).message(), "slowly");
}

TEST_F(AnalysisSessionHandover, BringsTheSummaryToAClientThatHadHalfClosed) {
  ConfigureAndPushPoses(90);
  session_.OnHalfClose();
  ASSERT_FALSE(client_.finished);
  const auto next = Next();
  EXPECT_TRUE(next->session.half_closed());
  for (int ticks = 0; ticks < 10; ++ticks) {
    for (; next->taken < next->inferencer.sent.size(); ++next->taken)
      next->session.OnPoseWritten(next->inferencer.attempt());
    next->session.OnTick();
  }
  EXPECT_THAT(next->PosesSent(), SizeIs(91));
  EXPECT_TRUE(next->inferencer.closed);
  next->session.OnInferencerClosed(next->inferencer.attempt(), absl::OkStatus());
  EXPECT_EQ(next->client.finished, absl::OkStatus());
}

TEST_F(AnalysisSessionHandover, IsHalfClosedOnceMoreBehindFramesThatComeAgain) {
  Configure();
  PushFrames(1, 3);
  session_.OnHalfClose();
  AnswerFrame(PoseResult(1));
  const auto next = Next();
  EXPECT_FALSE(next->session.half_closed());
  next->Push(2);
  next->Push(3);
  next->session.OnHalfClose();
  for (const uint64_t sequence : {2, 3})
    next->session.OnFrameResult(next->extractor.attempt(), PoseResult(sequence));
  EXPECT_THAT(next->client.Answered(), ElementsAre(2, 3));
  EXPECT_FALSE(next->client.finished) << "its inferencer has still to end";
  EXPECT_TRUE(next->session.half_closed());
}

TEST_F(AnalysisSessionHandover, CountsPeopleOnFromThoseWhoWereThere) {
  ConfigurePeople(3);
  PushFrames(1, 1);
  AnswerFrame(ResultWithPeople(1, {1, 2}));
  const auto next = Next();
  next->Push(2);
  next->session.OnFrameResult(next->extractor.attempt(), ResultWithPeople(2, {1, 2}));
  EXPECT_THAT(PeopleIn(next->client.responses.back().frame_result()), ElementsAre(3, 4));
}

TEST_F(AnalysisSessionHandover, RefusesAStateWithoutAWindow) {
  Configure();
  handover::AnalysisState state = session_.State().value();
  state.mutable_config()->mutable_window()->set_frames(7);
  Process next(now_);
  EXPECT_THAT(std::string(next.session.Restore(state).message()), HasSubstr("window.frames is 7"));
  next.session.OnEnd();
}

}  // namespace
}  // namespace trackfit::gateway
