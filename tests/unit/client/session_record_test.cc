#include "client/session_record.h"

#include <gtest/gtest.h>

#include "client/sets.h"
#include "support/coached_session.h"

namespace trackfit::client {
namespace {

TEST(SessionRecord, KeepsResultsOnlyWhenAsked) {
  for (const bool keep : {false, true}) {
    SessionRecord record(keep);
    record.Add(testing::ResultOf(7, v1::FRAME_STATUS_POSE));
    EXPECT_EQ(record.Result(7) != nullptr, keep);
    EXPECT_EQ(record.Count(v1::FRAME_STATUS_POSE), 1);
  }
}

TEST(SessionRecord, KeepsWhatTheCoachSaidInOrder) {
  SessionRecord record(false);
  record.Add(testing::ResponseOf(testing::SquatOf(0, 1, 1)));
  v1::AnalyzeResponse advice;
  advice.mutable_advice()->set_text("Lower.");
  record.Add(advice);
  v1::AnalyzeResponse hint;
  hint.mutable_hint()->set_code("feet_cut_off");
  record.Add(hint);
  hint.mutable_hint()->set_withdrawn(true);
  record.Add(hint);
  record.Add(testing::ResponseOf(testing::SquatOf(1, 1, 2)));
  ASSERT_EQ(record.repetitions().size(), 2U);
  EXPECT_EQ(record.repetitions()[1].number(), 2U);
  ASSERT_EQ(record.advice().size(), 1U);
  ASSERT_EQ(record.hints().size(), 2U);
  EXPECT_TRUE(record.hints()[1].withdrawn());
}

TEST(SessionRecord, TakesTheServersSets) {
  SessionRecord record(false);
  record.Add(testing::ResponseOf(testing::SquatOf(0, 1, 1)));
  EXPECT_EQ(record.sets().at(0).repetitions(), 1U) << "counted here";
  v1::AnalyzeResponse summary;
  summary.mutable_summary()->add_sets()->set_repetitions(7);
  record.Add(summary);
  EXPECT_EQ(record.sets().at(0).repetitions(), 7U);
}

TEST(SetsOf, CountsAndMeasuresEachSet) {
  v1::Repetition later = testing::SquatOf(4, 2, 1);
  later.set_exercise("lunge");
  const std::vector<v1::SetSummary> sets = SetsOf(
      {testing::SquatOf(0, 1, 1), testing::SquatOf(1, 1, 2, 110), testing::SquatOf(2, 1, 3, 140), later});
  ASSERT_EQ(sets.size(), 2U);
  EXPECT_EQ(sets[0].exercise(), "squat");
  EXPECT_EQ(sets[0].repetitions(), 2U);
  EXPECT_EQ(sets[0].partial(), 1U);
  EXPECT_EQ(sets[0].correct(), 1U);
  EXPECT_NEAR(sets[0].score(), (95 + 40 + 40) / 3.0, 0.01);
  EXPECT_EQ(sets[0].start_us(), 0);
  EXPECT_EQ(sets[0].end_us(), 149 * testing::kFrameUs);
  EXPECT_EQ(sets[0].under_tension_us(), 3 * 49 * testing::kFrameUs);
  ASSERT_EQ(sets[0].findings_size(), 1) << "what was never judged is not counted";
  EXPECT_EQ(sets[0].findings(0).code(), "squat_depth");
  EXPECT_EQ(sets[0].findings(0).judged(), 3U);
  EXPECT_EQ(sets[0].findings(0).clearly(), 2U);
  EXPECT_EQ(sets[1].set(), 2U);
  EXPECT_EQ(sets[1].exercise(), "lunge");
  EXPECT_EQ(sets[1].rest_us(), 51 * testing::kFrameUs);
}

}  // namespace
}  // namespace trackfit::client
