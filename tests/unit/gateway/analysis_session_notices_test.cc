// What a session tells its client beside the results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "analysis_session_fixture.h"

namespace trackfit::gateway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AnalysisSessionNotices : public AnalysisSessionTest {
 protected:
  std::vector<v1::NoticeCode> Codes() const { return CodesOf(client_.Notices()); }

  template <class Notices>
  static std::vector<v1::NoticeCode> CodesOf(const Notices& notices) {
    std::vector<v1::NoticeCode> codes;
    for (const v1::Notice& notice : notices) codes.push_back(notice.code());
    return codes;
  }

  void BreakExtractor(const absl::Status& status) {
    session_.OnExtractorClosed(extractor_.attempt(), status);
  }

  // The extractor refuses every attempt, as one that does not run.
  void LoseExtractorFor(milliseconds time) {
    for (milliseconds waited{0}; waited < time; waited += milliseconds(100)) {
      BreakExtractor(absl::UnavailableError(
          "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Failed to connect to "
          "remote host: Connection refused"));
      Wait(milliseconds(100));
    }
  }

  void PushUpsideDown(uint64_t first, uint64_t last) {
    for (uint64_t sequence = first; sequence <= last; ++sequence) {
      v1::Pose pose = PoseNumber(sequence);
      for (v1::Landmark& landmark : *pose.mutable_landmarks()) landmark.set_y(1 - landmark.y());
      PushPose(pose);
    }
  }
};

TEST_F(AnalysisSessionNotices, TellOfTimestampsThatAreNotInMicroseconds) {
  Configure();
  for (uint64_t sequence = 0; sequence < 100; ++sequence) {
    PushFrame(sequence, static_cast<int64_t>(sequence) * 33);
  }
  ASSERT_THAT(client_.Notices(), SizeIs(1)) << "once";
  const v1::Notice notice = client_.Notices()[0];
  EXPECT_EQ(notice.code(), v1::NOTICE_CODE_IMPLAUSIBLE_RATE);
  EXPECT_EQ(
      notice.message(),
      "timestamps advance by 33 us per frame = 30303 frames/s; are they milliseconds? frame.timestamp_us is "
      "in microseconds");
  EXPECT_EQ(notice.sequence(), 29U);
}

TEST_F(AnalysisSessionNotices, TellOfPosesWhoseTimestampsAreNotInMicroseconds) {
  Configure();
  for (uint64_t sequence = 0; sequence < 40; ++sequence) {
    v1::Pose pose = PoseNumber(sequence);
    pose.set_timestamp_us(static_cast<int64_t>(sequence) * 33'333'333);
    PushPose(pose);
  }
  ASSERT_THAT(client_.Notices(), SizeIs(1));
  EXPECT_THAT(client_.Notices()[0].message(),
              AllOf(HasSubstr("are they nanoseconds?"), HasSubstr("pose.timestamp_us")));
}

TEST_F(AnalysisSessionNotices, AreInTheSummaryOfAClipThatIsTooShortToTellBefore) {
  Configure();
  for (uint64_t sequence = 0; sequence < 12; ++sequence) {
    PushFrame(sequence, static_cast<int64_t>(sequence) * 33);
    AnswerFrame(ResultWithout(sequence, v1::FRAME_STATUS_NO_POSE));
  }
  EXPECT_THAT(Codes(), IsEmpty());
  session_.OnHalfClose();
  EXPECT_THAT(CodesOf(Summary().notices()), ElementsAre(v1::NOTICE_CODE_IMPLAUSIBLE_RATE));
}

TEST_F(AnalysisSessionNotices, DoNotDoubtAnOrdinarySession) {
  Configure();
  size_t taken = 0;
  for (uint64_t sequence = 0; sequence < 200; ++sequence) {
    PushPose(PoseNumber(sequence));
    for (; taken < inferencer_.sent.size(); ++taken) session_.OnPoseWritten(inferencer_.attempt());
    Wait(milliseconds(50));
  }
  EXPECT_THAT(Codes(), IsEmpty());
}

TEST_F(AnalysisSessionNotices, TellOfSomebodyWhoStandsOnTheirHead) {
  Configure();
  PushUpsideDown(0, 59);
  EXPECT_THAT(Codes(), IsEmpty()) << "not yet two seconds";
  PushUpsideDown(60, 130);
  EXPECT_THAT(Codes(), ElementsAre(v1::NOTICE_CODE_UPSIDE_DOWN));
}

TEST_F(AnalysisSessionNotices, DoNotTellOfAHandstand) {
  Configure();
  for (uint64_t sequence = 0; sequence < 100; ++sequence) PushPose(PoseNumber(sequence));
  PushUpsideDown(100, 190);
  EXPECT_THAT(Codes(), IsEmpty());
}

TEST_F(AnalysisSessionNotices, TellWhichUpstreamIsAwayAndWhyAndWhenItIsBack) {
  Configure();
  PushFrame(7);
  LoseExtractorFor(milliseconds(900));
  EXPECT_THAT(Codes(), IsEmpty());
  LoseExtractorFor(seconds(5));
  ASSERT_THAT(client_.Notices(), SizeIs(1)) << "once, not with every attempt";
  EXPECT_EQ(client_.Notices()[0].code(), v1::NOTICE_CODE_UPSTREAM_AWAY);
  EXPECT_EQ(client_.Notices()[0].sequence(), 7U);
  EXPECT_EQ(client_.Notices()[0].message(),
            "the extractor at extractor:8001 cannot be reached (connection refused); frames wait for it");
  Wait(seconds(2));
  AnswerFrame(PoseResult(7));
  Wait(milliseconds(100));
  ASSERT_THAT(client_.Notices(), SizeIs(2));
  EXPECT_EQ(client_.Notices()[1].code(), v1::NOTICE_CODE_UPSTREAM_BACK);
  EXPECT_EQ(client_.Notices()[1].message(), "the extractor at extractor:8001 answers again");
}

TEST_F(AnalysisSessionNotices, TellOfEachAbsenceAndTheSummaryOfTheFirst) {
  Configure();
  for (uint64_t sequence = 1; sequence <= 2; ++sequence) {
    PushFrame(sequence);
    LoseExtractorFor(seconds(2));
    Wait(seconds(2));
    AnswerFrame(ResultWithout(sequence, v1::FRAME_STATUS_NO_POSE));
    Wait(milliseconds(100));
  }
  EXPECT_THAT(Codes(), ElementsAre(v1::NOTICE_CODE_UPSTREAM_AWAY, v1::NOTICE_CODE_UPSTREAM_BACK,
                                   v1::NOTICE_CODE_UPSTREAM_AWAY, v1::NOTICE_CODE_UPSTREAM_BACK));
  session_.OnHalfClose();
  EXPECT_THAT(CodesOf(Summary().notices()),
              ElementsAre(v1::NOTICE_CODE_UPSTREAM_AWAY, v1::NOTICE_CODE_UPSTREAM_BACK));
  EXPECT_EQ(Summary().notices(0).sequence(), 1U);
}

TEST_F(AnalysisSessionNotices, DoNotTellOfASlowExtractor) {
  Configure();
  PushFrame(1);
  session_.OnFrameWritten(extractor_.attempt());
  Wait(seconds(10));
  EXPECT_THAT(Codes(), IsEmpty());
}

TEST_F(AnalysisSessionNotices, TellOfAnUpstreamThatIsConnectedAndDoesNotAnswer) {
  Configure();
  PushFrames(1, 2);
  session_.OnFrameWritten(extractor_.attempt());
  Wait(milliseconds(29'950));
  EXPECT_THAT(Codes(), IsEmpty());
  Wait(milliseconds(50));
  ASSERT_THAT(Codes(), ElementsAre(v1::NOTICE_CODE_UPSTREAM_AWAY)) << "half of the time that it has";
  EXPECT_EQ(client_.Notices()[0].message(),
            "the extractor at extractor:8001 does not answer; frames wait for it");
  Wait(seconds(20));
  AnswerFrame(PoseResult(1));
  Wait(seconds(20));
  EXPECT_THAT(Codes(), ElementsAre(v1::NOTICE_CODE_UPSTREAM_AWAY, v1::NOTICE_CODE_UPSTREAM_BACK));
}

TEST_F(AnalysisSessionNotices, TellTheLogThatTheInferencerAnswersAlthoughItsModelWasKnown) {
  ConfigureAndPushPoses(80);
  EXPECT_THAT(observer_.answered, IsEmpty()) << "a model says nothing of streams";
  Assess(1, AssessmentOf(0, 59));
  Assess(1, AssessmentOf(0, 74));
  EXPECT_THAT(observer_.answered, ElementsAre(Upstream::kInferencer)) << "once";
}

TEST_F(AnalysisSessionNotices, TellAtTheStartThatNoInferencerIsThere) {
  const auto model = std::exchange(model_, nullptr);
  Configure();
  Wait(seconds(3));
  ASSERT_THAT(client_.Notices(), SizeIs(1));
  EXPECT_EQ(
      client_.Notices()[0].message(),
      "the inferencer at inferencer:8002 cannot be reached (it loads its model); the session waits for it");
  model_ = model;
  Wait(milliseconds(100));
  EXPECT_THAT(Codes(), ElementsAre(v1::NOTICE_CODE_UPSTREAM_AWAY, v1::NOTICE_CODE_UPSTREAM_BACK));
  EXPECT_FALSE(client_.finished);
}

TEST_F(AnalysisSessionNotices, OfAssessmentsTravelWithThemAndAreInTheSummary) {
  ConfigureAndPushPoses(80);
  v1::Assessment still = AssessmentOf(0, 59);
  v1::Notice& notice = *still.add_notices();
  notice.set_code(v1::NOTICE_CODE_NO_MOVEMENT);
  notice.set_message("nothing moves");
  Assess(1, still);
  Assess(1, AssessmentOf(0, 74));
  EXPECT_THAT(client_.Notices(), IsEmpty()) << "not twice";
  session_.OnHalfClose();
  session_.OnInferencerClosed(1, absl::OkStatus());
  ASSERT_THAT(CodesOf(Summary().notices()), ElementsAre(v1::NOTICE_CODE_NO_MOVEMENT));
  EXPECT_EQ(Summary().notices(0).message(), "nothing moves");
}

}  // namespace
}  // namespace trackfit::gateway
