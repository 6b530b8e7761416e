#include "client/analysis_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "support/coached_session.h"
#include "support/messages.h"

namespace trackfit::client {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(AssessmentLine, SaysWhatAndHowWellAndWhatIsMostOff) {
  const std::string line = AssessmentLine(
      testing::PushUp(0, 59, 84,
                      {{skeleton::kLeftElbow, 99}, {skeleton::kRightHip, 97}, {skeleton::kNose, 96}}),
      0, 1'966'000);
  EXPECT_THAT(line, HasSubstr("0:00.0 - 0:02.0"));
  EXPECT_THAT(line, HasSubstr("Push-up"));
  EXPECT_THAT(line, HasSubstr("97 %"));
  EXPECT_THAT(line, HasSubstr("excellent  84"));
  EXPECT_THAT(line, HasSubstr("left elbow 99, right hip 97, head 96"));
  EXPECT_THAT(line, Not(HasSubstr("\n")));
}

TEST(AssessmentLine, NeverCallsAJointOffThatWasNotJudged) {
  std::set<int> unseen;
  for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
    if (joint != skeleton::kLeftElbow) unseen.insert(joint);
  }
  const std::string line = AssessmentLine(testing::PushUp(0, 59, 84, {}, unseen), 0, 2'000'000);
  EXPECT_THAT(line, EndsWith("most off: left elbow 50"));
}

TEST(AssessmentLine, NamesNoJointWhereAllAreAsInCorrectExecutions) {
  v1::Assessment assessment = testing::PushUp(0, 59, 84);
  for (v1::JointError& error : *assessment.mutable_joint_errors()) error.set_percentile(20);
  EXPECT_THAT(AssessmentLine(assessment, 0, 2'000'000), EndsWith("excellent  84"));
}

TEST(AssessmentLine, DoesNotJudgeAnUnknownMovement) {
  v1::Assessment assessment = testing::PushUp(0, 59, 84);
  assessment.set_known(false);
  const std::string line = AssessmentLine(assessment, 0, 2'000'000);
  EXPECT_THAT(line, HasSubstr("Not a known exercise"));
  EXPECT_THAT(line, HasSubstr("nearest: Push-up"));
  EXPECT_THAT(line, Not(HasSubstr("excellent")));
}

TEST(AssessmentLine, SaysSoWhenTheModelCannotJudge) {
  v1::Assessment assessment = testing::PushUp(0, 59, 0);
  assessment.mutable_quality()->set_level(v1::QUALITY_LEVEL_UNSPECIFIED);
  const std::string line = AssessmentLine(assessment, 0, 2'000'000);
  EXPECT_THAT(line, HasSubstr("form not judged"));
  EXPECT_THAT(line, Not(HasSubstr("most off")));
}

TEST(AssessmentLine, SpeaksTheLanguageOfTheSession) {
  v1::Assessment assessment = testing::PushUp(0, 59, 84, {{skeleton::kLeftKnee, 93}});
  assessment.set_exercise_title("푸시업");
  EXPECT_EQ(AssessmentLine(assessment, 0, 2'000'000, Labels("ko")),
            " 0:00.0 - 0:02.0  푸시업                97%  아주 좋음  84  많이 벗어난 관절: 왼쪽 무릎 93, "
            "머리 50, 왼쪽 어깨 50");
  assessment.set_known(false);
  EXPECT_EQ(AssessmentLine(assessment, 0, 2'000'000, Labels("ko")),
            " 0:00.0 - 0:02.0  알 수 없는 운동       97%  가장 가까운 운동: 푸시업");
}

// Whatever may be said of a session; names, and sentences of the server, are as the server has them.
TEST(Summary, SaysEverythingInTheLanguageOfTheSession) {
  v1::AnalyzeResponse started;
  started.mutable_started()->set_language("ko");
  SessionRecord known(false), unknown(false), unassessed(false);
  for (SessionRecord* record : {&known, &unknown, &unassessed}) {
    record->Add(started);
    for (const v1::FrameStatus status : {v1::FRAME_STATUS_POSE, v1::FRAME_STATUS_NO_POSE,
                                         v1::FRAME_STATUS_DROPPED, v1::FRAME_STATUS_INVALID_FRAME})
      record->Add(testing::ResultOf(static_cast<uint64_t>(record->frames()), status));
  }
  v1::Assessment overall = testing::PushUp(0, 59, 41, {{skeleton::kLeftKnee, 93}}, {skeleton::kRightElbow});
  overall.set_exercise_title("푸시업");
  known.Add(testing::ResponseOf(overall));
  known.Add(testing::SummaryOf(overall));
  overall.set_known(false);
  unknown.Add(testing::ResponseOf(overall));
  unknown.Add(testing::SummaryOf(overall));
  for (const SessionRecord* record : {&known, &unknown, &unassessed}) {
    const std::string text = SummaryText(*record, {2, 4});
    EXPECT_FALSE(std::ranges::any_of(text, [](unsigned char c) { return absl::ascii_isalpha(c); })) << text;
  }
  EXPECT_THAT(SummaryText(known, {}), HasSubstr("  판단 못 함 오른쪽 팔꿈치\n"));
}

TEST(Summary, NamesExerciseQualityAndTheJointsToWatch) {
  SessionRecord record(false);
  for (uint64_t i = 0; i < 58; ++i) record.Add(testing::ResultOf(i, v1::FRAME_STATUS_POSE));
  record.Add(testing::ResultOf(58, v1::FRAME_STATUS_NO_POSE));
  record.Add(testing::ResultOf(59, v1::FRAME_STATUS_DROPPED));
  record.Add(testing::ResponseOf(testing::PushUp(0, 59, 84)));
  record.Add(testing::SummaryOf(testing::PushUp(0, 59, 41, {{skeleton::kLeftKnee, 93}})));
  const std::string text = SummaryText(record, {2, 4});
  EXPECT_THAT(text, HasSubstr("Push-up, 97 % sure over 1 assessment\n"));
  EXPECT_THAT(text, HasSubstr("good, 41 of 100"));
  EXPECT_THAT(text, HasSubstr("left knee 93"));
  EXPECT_THAT(text, HasSubstr("60: 58 with a person, 1 without, 1 dropped"));
  EXPECT_THAT(text, HasSubstr("15.0 frames/s"));
}

TEST(Summary, SaysSoWhenNoJointStandsOut) {
  SessionRecord record(false);
  record.Add(testing::SummaryOf(testing::PushUp(0, 59, 80)));
  EXPECT_THAT(SummaryText(record, {}), HasSubstr("nothing stands out"));
}

TEST(Summary, NamesThePartsOfTheBodyThatWereNotJudged) {
  std::set<int> unseen = testing::kFeetJoints;
  unseen.insert(testing::kLeftHandJoints.begin(), testing::kLeftHandJoints.end());
  SessionRecord record(false);
  record.Add(testing::SummaryOf(testing::PushUp(0, 59, 41, {{skeleton::kLeftKnee, 93}}, unseen)));
  EXPECT_THAT(SummaryText(record, {}), HasSubstr("  Watch      left knee 93\n"
                                                 "  Not judged left hand, feet\n"));
}

TEST(Summary, IsSilentOfThatWhenTheWholeBodyWasJudged) {
  SessionRecord record(false);
  record.Add(testing::SummaryOf(testing::PushUp(0, 59, 41)));
  EXPECT_THAT(SummaryText(record, {}), Not(HasSubstr("ot judged")));
}

TEST(Summary, DoesNotSayThatNothingStandsOutWhereNoJointWasJudged) {
  std::set<int> unseen;
  for (int joint = 0; joint < skeleton::kJointCount; ++joint) unseen.insert(joint);
  SessionRecord record(false);
  record.Add(testing::SummaryOf(testing::PushUp(0, 59, 41, {}, unseen)));
  const std::string text = SummaryText(record, {});
  EXPECT_THAT(text, HasSubstr("no joint was seen well enough"));
  EXPECT_THAT(text, Not(HasSubstr("nothing stands out")));
}

TEST(Summary, SaysAgainstWhichExerciseTheFormWasJudged) {
  v1::Assessment overall = testing::PushUp(0, 59, 3);
  overall.set_judged_exercise("bench_press");
  SessionRecord record(false);
  record.Add(testing::SummaryOf(overall));
  EXPECT_THAT(SummaryText(record, {}), HasSubstr("poor, 3 of 100 as Bench press"));
}

TEST(Summary, GivesTheReasonForUnusableFrames) {
  v1::AnalyzeResponse invalid = testing::ResultOf(0, v1::FRAME_STATUS_INVALID_FRAME);
  invalid.mutable_frame_result()->set_detail("frame.encoded is not a picture");
  SessionRecord record(false);
  record.Add(invalid);
  const std::string text = SummaryText(record, {});
  EXPECT_THAT(text, HasSubstr("1 unusable (frame.encoded is not a picture)"));
  EXPECT_THAT(text, HasSubstr("no assessment"));
}

v1::Notice NoticeOf(v1::NoticeCode code, const std::string& message) {
  v1::Notice notice;
  notice.set_code(code);
  notice.set_message(message);
  return notice;
}

TEST(Summary, TellsTheFirstNoticeOfEachKindWhereverItCame) {
  SessionRecord record(false);
  v1::AnalyzeResponse alone;
  *alone.add_notices() = NoticeOf(v1::NOTICE_CODE_UPSTREAM_AWAY, "the extractor is away");
  *alone.add_notices() = NoticeOf(v1::NOTICE_CODE_UPSTREAM_AWAY, "the extractor is away again");
  record.Add(alone);
  v1::Assessment assessment = testing::PushUp(0, 59, 41);
  *assessment.add_notices() = NoticeOf(v1::NOTICE_CODE_FEW_POSES, "the window has too few poses");
  record.Add(testing::ResponseOf(assessment));
  v1::AnalyzeResponse last = testing::SummaryOf(testing::PushUp(0, 59, 41));
  *last.mutable_summary()->add_notices() = NoticeOf(v1::NOTICE_CODE_UPSIDE_DOWN, "the person is upside down");
  record.Add(last);
  const std::string text = SummaryText(record, {});
  EXPECT_THAT(text, HasSubstr("  Notice     the extractor is away\n"));
  EXPECT_THAT(text, Not(HasSubstr("away again")));
  EXPECT_THAT(text, HasSubstr("  Notice     the window has too few poses\n"));
  EXPECT_THAT(text, HasSubstr("  Notice     the person is upside down\n"));
}

v1::AnalyzeResponse HeldBack(const std::string& message) {
  v1::Assessment assessment = testing::PushUp(0, 59, 84);
  *assessment.add_notices() = NoticeOf(v1::NOTICE_CODE_NO_MOVEMENT, message);
  return testing::ResponseOf(assessment);
}

TEST(NoticeLines, TellAMeasuredNoticeOfAssessmentsOnce) {
  NoticeLines lines;
  EXPECT_EQ(lines.Of(HeldBack("the body travels 0.05")), "  Notice     the body travels 0.05\n");
  EXPECT_EQ(lines.Of(HeldBack("the body travels 0.06")), "");
}

TEST(NoticeLines, TellOfResponsesWhateverIsNew) {
  NoticeLines lines;
  const auto say = [&](v1::NoticeCode code, const std::string& message) {
    v1::AnalyzeResponse response;
    *response.add_notices() = NoticeOf(code, message);
    return lines.Of(response);
  };
  EXPECT_THAT(say(v1::NOTICE_CODE_UPSTREAM_AWAY, "the extractor is away"),
              HasSubstr("the extractor is away"));
  EXPECT_THAT(say(v1::NOTICE_CODE_UPSTREAM_AWAY, "the inferencer is away"), HasSubstr("the inferencer"));
  EXPECT_EQ(say(v1::NOTICE_CODE_UPSTREAM_AWAY, "the extractor is away"), "");
}

TEST(Summary, CountsTheAssessmentsThatItIsMadeOf) {
  SessionRecord record(false);
  record.Add(HeldBack("the body travels 0.05"));
  record.Add(testing::SummaryOf(testing::PushUp(0, 59, 41)));
  EXPECT_THAT(SummaryText(record, {}), HasSubstr("sure over 1 assessment\n")) << "there is no better one";
  record.Add(testing::ResponseOf(testing::PushUp(0, 59, 84)));
  record.Add(HeldBack("the body travels 0.06"));
  EXPECT_THAT(SummaryText(record, {}), HasSubstr("sure over 1 of 3 assessments\n"));
}

TEST(AssessmentNews, IsAnotherExercise) {
  AssessmentNews news;
  v1::Assessment assessment = testing::PushUp(0, 59, 84);
  EXPECT_TRUE(news.IsNew(assessment));
  EXPECT_FALSE(news.IsNew(testing::PushUp(15, 74, 20)));
  assessment.set_known(false);
  EXPECT_TRUE(news.IsNew(assessment));
  assessment.set_exercise("squat");
  EXPECT_TRUE(news.IsNew(assessment));
  EXPECT_FALSE(news.IsNew(assessment));
}

TEST(CoachLines, TellOfRepetitionsAdviceAndHintsWhenTheyCome) {
  EXPECT_EQ(CoachLines(testing::ResponseOf(testing::SquatOf(1, 1, 2, 80))),
            " 0:02.0 - 0:04.0  rep 2   squat   2.0 s  range 100 %  correct\n");
  v1::AnalyzeResponse advice;
  advice.mutable_advice()->set_text("Go lower.");
  EXPECT_THAT(CoachLines(advice), EndsWith(" coach: Go lower.\n"));
  v1::AnalyzeResponse hint;
  hint.mutable_hint()->set_text("Step back.");
  EXPECT_THAT(CoachLines(hint), EndsWith(" camera: Step back.\n"));
  EXPECT_EQ(CoachLines(testing::ResultOf(0, v1::FRAME_STATUS_POSE)), "");
}

TEST(Summary, BeginsWithTheSets) {
  SessionRecord record(false);
  for (const v1::AnalyzeResponse& response : testing::SquatSession({80, 110})) record.Add(response);
  EXPECT_THAT(SummaryText(record, {}), HasSubstr("  Set 1      Squat: 2 repetitions, 1 correct"));
}

}  // namespace
}  // namespace trackfit::client
