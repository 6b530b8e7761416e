#include "drawing/coach_timeline.h"

#include <gtest/gtest.h>

#include "support/coached_session.h"

namespace trackfit::drawing {
namespace {

CoachTimeline TimelineOf(const std::vector<v1::AnalyzeResponse>& responses, int64_t frames) {
  client::SessionRecord record(false);
  for (const v1::AnalyzeResponse& response : responses) record.Add(response);
  std::vector<int64_t> times;
  for (int64_t i = 0; i < frames; ++i) times.push_back(i * testing::kFrameUs);
  return {record, times};
}

TEST(CoachTimeline, CountsCompleteRepetitionsOnceTheyAreOver) {
  const CoachTimeline timeline = TimelineOf(testing::SquatSession({90, 130, 90}), 150);
  EXPECT_EQ(timeline.At(10).complete, 0U);
  EXPECT_EQ(timeline.At(10).current->number(), 1U);
  EXPECT_EQ(timeline.At(60).complete, 1U);
  EXPECT_EQ(timeline.At(60).last->number(), 1U);
  EXPECT_EQ(timeline.At(110).complete, 1U) << "the second is partial";
  EXPECT_EQ(timeline.At(149).complete, 2U);
  EXPECT_EQ(timeline.At(149).current, nullptr);
}

TEST(CoachTimeline, BeginsEachSetAtZero) {
  const CoachTimeline timeline = TimelineOf(
      {testing::ResponseOf(testing::SquatOf(0, 1, 1)), testing::ResponseOf(testing::SquatOf(2, 2, 1))}, 150);
  EXPECT_EQ(timeline.At(75).set, 1U);
  EXPECT_EQ(timeline.At(75).complete, 1U);
  EXPECT_EQ(timeline.At(110).set, 2U);
  EXPECT_EQ(timeline.At(110).complete, 0U);
  EXPECT_EQ(timeline.At(110).last, nullptr);
}

TEST(CoachTimeline, FollowsThePhaseBetweenStartTurningPointAndEnd) {
  v1::Repetition repetition = testing::SquatOf(0, 1, 1);
  repetition.set_range_of_motion(0.8F);
  const CoachTimeline timeline = TimelineOf({testing::ResponseOf(repetition)}, 60);
  EXPECT_FLOAT_EQ(timeline.At(0).phase, 0);
  EXPECT_NEAR(timeline.At(10).phase, 0.4, 0.01) << "half-way down";
  EXPECT_FLOAT_EQ(timeline.At(20).phase, 0.8F);
  EXPECT_FLOAT_EQ(timeline.At(29).phase, 0.8F);
  EXPECT_NEAR(timeline.At(39).phase, 0.45, 0.06) << "half-way up";
  EXPECT_LT(timeline.At(48).phase, 0.02F);
  EXPECT_FLOAT_EQ(timeline.At(55).phase, 0) << "over";
}

TEST(CoachTimeline, PointsOutWhatIsOffAroundItsMoment) {
  const CoachTimeline timeline = TimelineOf(testing::SquatSession({121}), 100);
  EXPECT_TRUE(timeline.At(5).highlights.empty());
  ASSERT_EQ(timeline.At(25).highlights.size(), 1U);
  EXPECT_EQ(timeline.At(25).highlights[0].finding->code(), "squat_depth");
  EXPECT_FLOAT_EQ(timeline.At(25).highlights[0].strength, 1);
  EXPECT_LT(timeline.At(12).highlights.at(0).strength, 0.8F) << "fades in";
  EXPECT_TRUE(timeline.At(45).highlights.empty());
}

TEST(CoachTimeline, ShowsAFindingsSentenceLongEnoughToReadIt) {
  const CoachTimeline timeline = TimelineOf(testing::SquatSession({121}), 200);
  EXPECT_TRUE(timeline.At(10).captions.empty());
  for (const uint64_t sequence : {25, 50, 70}) {
    ASSERT_EQ(timeline.At(sequence).captions.size(), 1U) << sequence;
    EXPECT_EQ(timeline.At(sequence).captions[0].kind, Caption::Kind::kFinding);
    EXPECT_EQ(timeline.At(sequence).captions[0].level, v1::FINDING_LEVEL_CLEARLY);
  }
  EXPECT_TRUE(timeline.At(85).captions.empty());
}

TEST(CoachTimeline, EndsASentenceWhereTheNextRepetitionBegins) {
  const CoachTimeline timeline = TimelineOf(testing::SquatSession({121, 90}), 100);
  EXPECT_FALSE(timeline.At(45).captions.empty());
  EXPECT_TRUE(timeline.At(60).captions.empty());
}

TEST(CoachTimeline, SaysTheWorseOfTwoFindingsOfOneMoment) {
  v1::Repetition repetition = testing::SquatOf(0, 1, 1, 121);
  v1::Finding lean = testing::FindingOf("trunk_lean", v1::FINDING_LEVEL_SLIGHTLY, 50, 0, 45);
  lean.set_sequence(24);
  lean.set_text("Chest up.");
  repetition.mutable_findings()->Add()->CopyFrom(lean);
  repetition.mutable_findings()->SwapElements(0, 2);
  const CoachTimeline timeline = TimelineOf({testing::ResponseOf(repetition)}, 100);
  const CoachFrame frame = timeline.At(30);
  ASSERT_EQ(frame.captions.size(), 1U);
  EXPECT_EQ(frame.captions[0].level, v1::FINDING_LEVEL_CLEARLY);
  ASSERT_EQ(frame.highlights.size(), 2U);
  EXPECT_EQ(frame.highlights[0].finding->code(), "squat_depth");
}

v1::AnalyzeResponse AdviceOf(const std::string& text, uint64_t sequence) {
  v1::AnalyzeResponse response;
  response.mutable_advice()->set_text(text);
  response.mutable_advice()->set_sequence(sequence);
  return response;
}

TEST(CoachTimeline, PutsAdviceBeforeFindingsAndRepeatsNoSentence) {
  std::vector<v1::AnalyzeResponse> session = testing::SquatSession({121});
  session.push_back(AdviceOf("Slower.", 40));
  const CoachFrame both = TimelineOf(session, 200).At(50);
  ASSERT_EQ(both.captions.size(), 2U);
  EXPECT_EQ(both.captions[0].text, "Slower.");
  session.back() = AdviceOf(both.captions[1].text, 40);
  const CoachFrame once = TimelineOf(session, 200).At(50);
  ASSERT_EQ(once.captions.size(), 1U);
  EXPECT_EQ(once.captions[0].kind, Caption::Kind::kAdvice);
}

TEST(CoachTimeline, TakesAHintAwayWhenItIsWithdrawn) {
  v1::AnalyzeResponse hint;
  hint.mutable_hint()->set_code("feet_cut_off");
  hint.mutable_hint()->set_text("Step back.");
  hint.mutable_hint()->set_sequence(10);
  v1::AnalyzeResponse withdrawn = hint;
  withdrawn.mutable_hint()->set_withdrawn(true);
  withdrawn.mutable_hint()->set_sequence(60);
  const CoachTimeline timeline = TimelineOf({hint, withdrawn}, 200);
  ASSERT_EQ(timeline.At(30).captions.size(), 1U);
  EXPECT_EQ(timeline.At(30).captions[0].kind, Caption::Kind::kHint);
  EXPECT_TRUE(timeline.At(80).captions.empty());
  EXPECT_FALSE(TimelineOf({hint}, 200).At(80).captions.empty());
}

TEST(CoachTimeline, HasNothingToShowWithoutFrames) {
  EXPECT_EQ(CoachTimeline().At(3).current, nullptr);
  EXPECT_TRUE(TimelineOf(testing::SquatSession({121}), 0).At(3).captions.empty());
}

}  // namespace
}  // namespace trackfit::drawing
