#include "client/coach_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/coached_session.h"

namespace trackfit::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RepetitionLine, SaysWhichHowLongHowFarAndHowWell) {
  EXPECT_EQ(RepetitionLine(testing::SquatOf(0, 1, 3, 80)), "rep 3   squat   2.0 s  range 100 %  correct");
}

TEST(RepetitionLine, SaysByHowMuchAConditionIsOff) {
  EXPECT_EQ(RepetitionLine(testing::SquatOf(0, 1, 4, 121)),
            "rep 4   squat   2.0 s  range  55 %  partial: depth 121 degrees (at most 100)");
  EXPECT_THAT(RepetitionLine(testing::SquatOf(0, 1, 4, 110)),
              HasSubstr("  not correct: depth 110 degrees (at most 100)"));
}

TEST(RepetitionLine, TellsSlightlyFromClearly) {
  v1::Repetition repetition = testing::SquatOf(0, 1, 1, 90);
  *repetition.add_findings() = testing::FindingOf("trunk_lean", v1::FINDING_LEVEL_SLIGHTLY, 48, 0, 45);
  EXPECT_THAT(RepetitionLine(repetition),
              HasSubstr("correct: trunk lean 48 degrees (0 to 45, slightly off)"));
}

TEST(RepetitionLine, GivesTheTimeOfAHold) {
  v1::Repetition repetition = testing::SquatOf(0, 1, 1, 90);
  repetition.set_exercise("plank");
  repetition.set_held_us(2'000'000);
  EXPECT_EQ(RepetitionLine(repetition), "hold 1  plank   2.0 s  correct");
}

TEST(RepetitionLine, SpeaksTheLanguageOfTheSession) {
  v1::Repetition repetition = testing::SquatOf(0, 1, 4, 110);
  repetition.set_exercise_title("스쿼트");
  repetition.mutable_findings(0)->set_title("깊이");
  EXPECT_EQ(RepetitionLine(repetition, Labels("ko")),
            "4회차   스쿼트   2.0초  가동 범위  67%  교정 필요: 깊이 110\u00b0 (100 이하)");
}

TEST(HintLine, SaysWhenItIsDone) {
  v1::Hint hint;
  hint.set_text("Step back: your feet are cut off.");
  EXPECT_EQ(HintLine(hint), "camera: Step back: your feet are cut off.");
  hint.set_withdrawn(true);
  EXPECT_EQ(HintLine(hint), "camera: Step back: your feet are cut off. (done)");
  EXPECT_EQ(HintLine(hint, Labels("ko")), "카메라: Step back: your feet are cut off. (해결됨)");
}

SessionRecord Session(const std::vector<float>& knee_angles) {
  SessionRecord record(false);
  for (const v1::AnalyzeResponse& response : testing::SquatSession(knee_angles)) record.Add(response);
  return record;
}

TEST(SetTables, HaveARowForEachRepetitionAndWhatWasOff) {
  EXPECT_EQ(SetTables(Session({80, 110, 130})),
            "  Set 1      Squat: 2 repetitions, 1 partial, 1 correct, score 58, 5.9 s under tension\n"
            "            rep     time   range  tempo            score\n"
            "              1    2.0 s   100 %  0.8 - 0.4 - 0.8     95  correct\n"
            "              2    2.0 s    67 %  0.8 - 0.4 - 0.8     40  not correct: depth 110 degrees "
            "(at most 100)\n"
            "              3    2.0 s    46 %  0.8 - 0.4 - 0.8     40  partial: depth 130 degrees (at "
            "most 100)\n"
            "  Work on    Depth: off in 2 of 3\n");
}

// Letters of Korean are two columns wide.
TEST(SetTables, SpeakTheLanguageOfTheSession) {
  SessionRecord record(false);
  v1::AnalyzeResponse started;
  started.mutable_started()->set_language("ko");
  record.Add(started);
  for (v1::AnalyzeResponse& response : testing::SquatSession({80, 110})) {
    if (response.has_repetition()) {
      response.mutable_repetition()->set_exercise_title("스쿼트");
      response.mutable_repetition()->mutable_findings(0)->set_title("깊이");
    }
    if (!response.has_started() && !response.has_summary()) record.Add(response);
  }
  EXPECT_EQ(SetTables(record),
            "  1세트      스쿼트: 2회, 올바름 1회, 68점, 운동 시간 3.9초\n"
            "             회     시간    범위  템포              점수\n"
            "              1    2.0초    100%  0.8 - 0.4 - 0.8     95  올바름\n"
            "              2    2.0초     67%  0.8 - 0.4 - 0.8     40  교정 필요: 깊이 110\u00b0 (100 이하)\n"
            "  고칠 점    깊이: 2회 중 1회 벗어남\n");
}

TEST(SetTables, TellWhatFatigueCost) {
  SessionRecord record(false);
  v1::AnalyzeResponse summary;
  v1::SetSummary& set = *summary.mutable_summary()->add_sets();
  set.set_tempo_drift(1.2F);
  set.set_range_lost(0.08F);
  record.Add(summary);
  EXPECT_THAT(SetTables(record),
              HasSubstr("  Drift      20 % slower towards the end, 8 % of the range lost\n"));
  EXPECT_THAT(SetTables(Session({80})), Not(HasSubstr("Drift"))) << "not known";
}

TEST(SetTables, DoNotTellOfSmallDrifts) {
  SessionRecord record(false);
  v1::AnalyzeResponse summary;
  summary.mutable_summary()->add_sets()->set_tempo_drift(0.99F);
  record.Add(summary);
  EXPECT_THAT(SetTables(record), Not(HasSubstr("Drift")));
}

TEST(RepetitionLine, ComparesWithTheReference) {
  v1::Repetition repetition = testing::SquatOf(0, 1, 3, 80);
  repetition.mutable_reference()->set_name("squat");
  repetition.mutable_reference()->set_similarity(0.97F);
  EXPECT_THAT(RepetitionLine(repetition), HasSubstr("range 100 %  correct  movement 97 % like squat"));
  repetition.mutable_reference()->set_failure("it is too short");
  EXPECT_THAT(RepetitionLine(repetition), HasSubstr("  correct  not compared with squat: it is too short"));
}

TEST(SetTables, AreEmptyWithoutACoach) { EXPECT_EQ(SetTables(SessionRecord(false)), ""); }

}  // namespace
}  // namespace trackfit::client
