// Frames and poses that break every server that gets them, and servers that break by themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "analysis_session_fixture.h"
#include "runtime/connection_lost.h"

namespace trackfit::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Status& Crash() {
  static const auto& crash =
      *new absl::Status(runtime::ConnectionLost(absl::UnavailableError("Socket closed")));
  return crash;
}

class AnalysisSessionPoison : public AnalysisSessionTest {
 protected:
  void BreakExtractor(const absl::Status& status) {
    session_.OnExtractorClosed(extractor_.attempt(), status);
    Wait(seconds(3));  // whatever the pause
  }

  std::vector<v1::FrameResult> FrameResults() const {
    std::vector<v1::FrameResult> results;
    for (const auto& response : client_.responses) {
      if (response.has_frame_result()) results.push_back(response.frame_result());
    }
    return results;
  }

  // The inferencer takes what it gets and breaks at once.
  void BreakInferencer(const absl::Status& status) {
    TakeNewPoses();
    session_.OnInferencerClosed(inferencer_.attempt(), status);
    Wait(seconds(3));
    TakeNewPoses();
  }

  void TakeNewPoses() {
    if (attempt_ != inferencer_.attempt()) taken_ = 0;
    attempt_ = inferencer_.attempt();
    for (; taken_ < inferencer_.sent.size(); ++taken_) session_.OnPoseWritten(attempt_);
  }

  void PushPoses(uint64_t first, uint64_t last) {
    for (uint64_t sequence = first; sequence <= last; ++sequence) {
      PushPose(PoseNumber(sequence));
      TakeNewPoses();
    }
  }

  std::vector<std::string> Skipped() const {
    std::vector<std::string> messages;
    for (const v1::Notice& notice : client_.Notices()) {
      if (notice.code() == v1::NOTICE_CODE_POSES_SKIPPED) messages.push_back(notice.message());
    }
    return messages;
  }

  uint64_t attempt_ = 0;
  size_t taken_ = 0;
};

TEST_F(AnalysisSessionPoison, InAFrameMakesItInvalidAfterTwoCrashes) {
  Configure();
  PushFrames(1, 3);
  AnswerFrame(PoseResult(1));
  BreakExtractor(Crash());
  EXPECT_THAT(FramesSent(), ElementsAre(2, 3));
  BreakExtractor(Crash());
  EXPECT_THAT(FramesSent(), ElementsAre(3)) << "the frame is not sent to a third";
  AnswerFrame(PoseResult(3));
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2, 3));
  const v1::FrameResult poisoned = FrameResults().at(1);
  EXPECT_EQ(poisoned.status(), v1::FRAME_STATUS_INVALID_FRAME);
  EXPECT_EQ(poisoned.detail(), "the extractor broke twice with this frame: Socket closed");
  EXPECT_THAT(observer_.poisoned, ElementsAre(Upstream::kExtractor));
  EXPECT_FALSE(client_.finished);
}

TEST_F(AnalysisSessionPoison, InAFrameMakesItInvalidAfterTwoReportedFailures) {
  Configure();
  PushFrames(1, 2);
  BreakExtractor(absl::InternalError("the engine is out of luck"));
  BreakExtractor(absl::InternalError("the engine is out of luck"));
  EXPECT_THAT(FramesSent(), ElementsAre(2));
  EXPECT_THAT(FrameResults().at(0).detail(), HasSubstr("the engine is out of luck"));
}

TEST_F(AnalysisSessionPoison, IsNotSuspectedInFramesThatNoExtractorCouldBeReachedFor) {
  Configure();
  PushFrames(1, 2);
  for (int attempt = 0; attempt < 10; ++attempt) {
    BreakExtractor(absl::UnavailableError("failed to connect to all addresses"));
  }
  EXPECT_THAT(client_.Answered(), IsEmpty());
  EXPECT_THAT(FramesSent(), ElementsAre(1, 2));
}

TEST_F(AnalysisSessionPoison, IsNotSuspectedBehindAnExtractorThatIsFullOrDrains) {
  Configure();
  PushFrames(1, 2);
  for (const absl::Status& status :
       {absl::OkStatus(), absl::ResourceExhaustedError("all 64 sessions are in use"),
        absl::UnavailableError("the server is shutting down"), absl::CancelledError("drain"),
        absl::DeadlineExceededError("idle")}) {
    BreakExtractor(status);
    BreakExtractor(status);
  }
  EXPECT_THAT(client_.Answered(), IsEmpty());
  EXPECT_THAT(observer_.poisoned, IsEmpty());
}

TEST_F(AnalysisSessionPoison, IsNotSuspectedWhenExtractorsDieWithDifferentFrames) {
  Configure();
  PushFrames(1, 4);
  for (uint64_t sequence = 1; sequence <= 4; ++sequence) {
    BreakExtractor(Crash());
    AnswerFrame(PoseResult(sequence));
  }
  EXPECT_THAT(observer_.poisoned, IsEmpty());
  EXPECT_THAT(observer_.statuses, ::testing::Each(v1::FRAME_STATUS_POSE));
}

TEST_F(AnalysisSessionPoison, IsFoundThroughAnOutageBetweenTheCrashes) {
  Configure();
  PushFrame(1);
  BreakExtractor(Crash());
  BreakExtractor(absl::UnavailableError("failed to connect to all addresses"));
  BreakExtractor(Crash());
  EXPECT_THAT(client_.Answered(), ElementsAre(1));
}

TEST_F(AnalysisSessionPoison, InEveryFrameIsTheExtractorsOwn) {
  Configure();
  PushFrames(1, 10);
  for (int crash = 0; crash < 15; ++crash) BreakExtractor(Crash());
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2, 3)) << "the others wait for one that does not crash";
  AnswerFrame(PoseResult(4));
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2, 3, 4));
  BreakExtractor(Crash());
  BreakExtractor(Crash());
  EXPECT_THAT(client_.Answered(), ElementsAre(1, 2, 3, 4, 5)) << "it had worked, so this frame is to blame";
}

TEST_F(AnalysisSessionPoison, InTheFirstWindowMakesItStartAnewBehindIt) {
  Configure();
  PushPoses(0, 70);
  BreakInferencer(Crash());
  EXPECT_EQ(PosesSent().front(), 0U);
  BreakInferencer(Crash());
  EXPECT_EQ(PosesSent().front(), 61U) << "the window ends with pose 59 or 60";
  EXPECT_THAT(Skipped(),
              ElementsAre("the inferencer broke twice with the poses up to 60 (Socket closed); they are "
                          "left out, and the window starts anew behind them"));
  EXPECT_THAT(observer_.poisoned, ElementsAre(Upstream::kInferencer));
  Assess(inferencer_.attempt(), AssessmentOf(61, 120));
  EXPECT_THAT(client_.Assessed(), ElementsAre(120));
}

TEST_F(AnalysisSessionPoison, InALaterWindowMakesTheNextOneStartBehindIt) {
  Configure();
  PushPoses(0, 150);
  for (uint64_t last = 59; last <= 119; last += 15) Assess(1, AssessmentOf(0, last));
  BreakInferencer(absl::InternalError("not finite"));
  for (uint64_t last = 74; last <= 119; last += 15) {
    Assess(inferencer_.attempt(), AssessmentOf(15, last));
  }
  BreakInferencer(absl::InternalError("not finite"));
  EXPECT_EQ(PosesSent().front(), 136U) << "the window behind 119 ends with 134";
  EXPECT_THAT(Skipped(), SizeIs(1));
  EXPECT_THAT(client_.Assessed(), ElementsAre(59, 74, 89, 104, 119));
}

TEST_F(AnalysisSessionPoison, IsNotSuspectedWhenAReplayBreaksElsewhere) {
  Configure();
  PushPoses(0, 150);
  for (uint64_t last = 59; last <= 119; last += 15) Assess(1, AssessmentOf(0, last));
  BreakInferencer(Crash());
  Assess(inferencer_.attempt(), AssessmentOf(15, 74));
  BreakInferencer(Crash());
  EXPECT_THAT(Skipped(), IsEmpty());
}

TEST_F(AnalysisSessionPoison, IsNotSuspectedInPosesThatAnInferencerHadForLong) {
  Configure();
  PushPoses(0, 30);
  BreakInferencer(Crash());
  Wait(seconds(10));
  BreakInferencer(Crash());
  EXPECT_THAT(Skipped(), IsEmpty()) << "two crashes far apart";
  EXPECT_EQ(PosesSent().front(), 0U);
}

TEST_F(AnalysisSessionPoison, IsNotSuspectedBeforeAWindowIsComplete) {
  Configure();
  PushPoses(0, 58);
  for (int kill = 0; kill < 4; ++kill) {
    Wait(seconds(2));  // it has dealt with all poses
    BreakInferencer(Crash());
  }
  EXPECT_THAT(Skipped(), IsEmpty());
  PushPoses(59, 60);
  Assess(inferencer_.attempt(), AssessmentOf(0, 59));
  EXPECT_THAT(client_.Assessed(), ElementsAre(59));
}

TEST_F(AnalysisSessionPoison, IsNotSuspectedWhenKilledTwiceBetweenTwoWindows) {
  Configure();
  PushPoses(0, 130);
  for (uint64_t last = 59; last <= 119; last += 15) Assess(1, AssessmentOf(0, last));
  for (int kill = 0; kill < 4; ++kill) {
    Wait(seconds(2));
    BreakInferencer(Crash());
    for (uint64_t last = 74; last <= 119; last += 15) Assess(inferencer_.attempt(), AssessmentOf(15, last));
  }
  EXPECT_THAT(Skipped(), IsEmpty());
}

TEST_F(AnalysisSessionPoison, IsNotSuspectedInAReplayOfWhatWasHarmless) {
  Configure();
  PushPoses(0, 150);
  for (uint64_t last = 59; last <= 134; last += 15) Assess(1, AssessmentOf(0, last));
  for (int kill = 0; kill < 4; ++kill) BreakInferencer(Crash());
  EXPECT_THAT(Skipped(), IsEmpty());
}

TEST_F(AnalysisSessionPoison, InTheLastWindowLetsTheSummaryCome) {
  Configure();
  PushPoses(0, 40);
  session_.OnHalfClose();
  BreakInferencer(Crash());
  BreakInferencer(Crash());
  EXPECT_THAT(PosesSent(), IsEmpty());
  EXPECT_TRUE(inferencer_.closed);
  session_.OnInferencerClosed(inferencer_.attempt(), absl::OkStatus());
  ASSERT_TRUE(client_.finished);
  EXPECT_TRUE(client_.finished->ok()) << *client_.finished;
  EXPECT_EQ(Summary().poses(), 41U);
  EXPECT_EQ(Summary().notices().rbegin()->code(), v1::NOTICE_CODE_POSES_SKIPPED);
}

TEST_F(AnalysisSessionPoison, InAllThatWasSentLeavesNothingThatTheInferencerOwes) {
  Configure();
  for (uint64_t sequence = 0; sequence <= 20; ++sequence) PushPose(PoseNumber(sequence));  // not confirmed
  session_.OnInferencerClosed(inferencer_.attempt(), Crash());
  session_.OnInferencerClosed(inferencer_.attempt(), Crash());
  ASSERT_THAT(Skipped(), SizeIs(1));
  Wait(seconds(70));
  EXPECT_THAT(client_.Notices(), SizeIs(1)) << "nobody is away";
  EXPECT_FALSE(client_.finished) << *client_.finished;
  PushPose(PoseNumber(2200));
  EXPECT_THAT(PosesSent(), ElementsAre(2200));
}

TEST_F(AnalysisSessionPoison, IsNotSuspectedBehindAnInferencerThatCannotBeReached) {
  Configure();
  PushPose(PoseNumber(0));
  for (int attempt = 0; attempt < 10; ++attempt) {
    session_.OnInferencerClosed(inferencer_.attempt(), absl::UnavailableError("failed to connect"));
    Wait(seconds(3));
  }
  EXPECT_THAT(Skipped(), IsEmpty());
  EXPECT_THAT(PosesSent(), ElementsAre(0));
}

// A client's deadline.
class AnalysisSessionDeadline : public AnalysisSessionTest {
 protected:
  AnalysisSessionDeadline() {
    v1::AnalyzeRequest config;
    config.mutable_config();
    timed_.OnRequest(std::move(config));
    v1::AnalyzeRequest frame;
    frame.mutable_frame()->set_encoded("picture");
    timed_.OnRequest(std::move(frame));
  }

  void ExpectThatItHasPassed() const {
    ASSERT_TRUE(client_.finished);
    EXPECT_EQ(*client_.finished, absl::DeadlineExceededError("the client's deadline has passed"));
  }

  AnalysisSession timed_{"session-2",
                         AnalysisOptions(),
                         {client_, extractor_, inferencer_, observer_, [this] { return Model(); },
                          [this] { return now_; }, now_ + seconds(5)}};
};

TEST_F(AnalysisSessionDeadline, EndsTheSession) {
  now_ += milliseconds(4999);
  timed_.OnTick();
  EXPECT_FALSE(client_.finished);
  now_ += milliseconds(1);
  timed_.OnTick();
  ExpectThatItHasPassed();
}

TEST_F(AnalysisSessionDeadline, IsNoBreakWhenAnUpstreamNoticesItFirst) {
  now_ += milliseconds(4990);
  timed_.OnExtractorClosed(extractor_.attempt(), absl::DeadlineExceededError("Deadline Exceeded"));
  ExpectThatItHasPassed();
  EXPECT_THAT(observer_.broken, IsEmpty());
}

TEST_F(AnalysisSessionDeadline, IsNotWhatEndsAnIdleStream) {
  now_ += milliseconds(1000);
  timed_.OnExtractorClosed(extractor_.attempt(), absl::DeadlineExceededError("idle"));
  EXPECT_FALSE(client_.finished);
  EXPECT_THAT(extractor_.attempts, SizeIs(2));
}

}  // namespace
}  // namespace trackfit::gateway
