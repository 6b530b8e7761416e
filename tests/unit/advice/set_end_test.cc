// What the advisor says at the end of a set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "advice/advisor.h"
#include "unit/advice/squats.h"

namespace trackfit::advice {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;

using Measured = Squats::Measured;

class SetEnd : public ::testing::Test {
 protected:
  // Does a set and tells how it ended.
  std::vector<std::string> After(const std::vector<Measured>& set) { return Texts(Advise(set)); }
  std::vector<Advice> Advise(const std::vector<Measured>& set) {
    for (const Measured& measured : set) advisor_.OnRepetition(exercise_, squats_.Next(measured));
    return advisor_.OnSetEnd(exercise_, squats_.Finish());
  }

  repetitions::Exercise exercise_ = Squat();
  Squats squats_;
  Advisor advisor_ = MakeAdvisor();
};

TEST_F(SetEnd, TellsTheResult) {
  EXPECT_THAT(After({{}, {}}), Contains("set_all_correct: Squat 2 reps"));
  EXPECT_THAT(After({{}, {.depth = 130}}), Contains("set_some_correct: Squat 2 reps 1"));
  EXPECT_THAT(After({{.depth = 130}}), Contains("set_none_correct: Squat one"));
  EXPECT_THAT(After({{.complete = false}}), Contains("set_none_complete: Squat"));
}

TEST_F(SetEnd, CountsPartialRepetitionsApart) {
  const auto said = After({{}, {.complete = false}, {.complete = false}});
  EXPECT_THAT(said, IsSupersetOf({"set_all_correct: Squat one", "set_partial: reps 2 and 3"}));
  EXPECT_THAT(After({{.complete = false}}), Not(Contains(StartsWith("set_partial"))))
      << "that there was no full one says it";
}

TEST_F(SetEnd, SaysWhatToChangeFirstAndInWhichRepetitions) {
  std::vector<Measured> ten(10);
  ten[2].depth = ten[5].depth = ten[6].depth = 130;
  EXPECT_THAT(After(ten), ElementsAre("set_some_correct: Squat 10 reps 7",
                                      "set_change: reps 3, 6 and 7 Go lower.", "set_praise: Good knees."));
  EXPECT_THAT(After({{}, {.depth = 130}, {}}), Contains("set_change2: rep 2 Go lower."));
  EXPECT_THAT(After(std::vector<Measured>(6, {.depth = 130})), Contains("set_change: 6 of 6 Go lower."));
}

TEST_F(SetEnd, NamesWhatIsRepeatedBeforeWhatIsMoreImportant) {
  EXPECT_THAT(After({{.lean = 80}, {.knees = 0.2F, .lean = 80}, {}}),
              Contains("set_change: reps 1 and 2 Chest up."));
  EXPECT_THAT(After({{.lean = 80}, {.knees = 0.2F, .lean = 80}, {.knees = 0.2F}}),
              Contains("set_change2: reps 2 and 3 Knees out."));
}

// What keeps repetitions from being correct comes first, however often something else is slightly off.
TEST_F(SetEnd, NamesWhatIsClearlyOffBeforeWhatIsSlightlyOff) {
  EXPECT_THAT(After({{.depth = 105}, {.depth = 105}, {.depth = 105, .lean = 80}}),
              Contains("set_change: rep 3 Chest up."));
}

TEST_F(SetEnd, DoesNotMentionASingleSlightDeviation) {
  EXPECT_THAT(After({{.depth = 105}, {}, {}}), Not(Contains(StartsWith("set_change"))));
  EXPECT_THAT(After({{.depth = 105}, {}, {.depth = 105}}), Contains("set_change: reps 1 and 3 Go lower."));
}

TEST_F(SetEnd, PraisesWhatBecameGoodOverTheSet) {
  const auto said = After({{.depth = 105, .lean = 80}, {.lean = 80}, {.lean = 80}, {.lean = 80}});
  EXPECT_THAT(said, Contains("set_improved: Good depth."));
  EXPECT_THAT(After({{}, {}, {.lean = 80}}), Contains("set_praise: Good knees."));
}

TEST_F(SetEnd, DoesNotPraiseAndBlameTheSame) {
  const auto said = After({{.depth = 130}, {.depth = 130}, {}, {}});
  EXPECT_THAT(said, Contains("set_change: reps 1 and 2 Go lower."));
  EXPECT_THAT(said, Not(Contains("set_improved: Good depth.")));
}

TEST_F(SetEnd, ComparesWithTheSetBefore) {
  const Measured shallow{.depth = 130};
  EXPECT_THAT(After({shallow, shallow, shallow, {}}), Not(Contains(StartsWith("set_better"))));
  EXPECT_THAT(After({shallow, {}, {}, {}}), Contains("set_better: 25 % 75 %"));
  EXPECT_THAT(After({shallow, {}, {}, {}}), Not(Contains(StartsWith("set_better")))) << "the same";
  EXPECT_THAT(After({{}, {}}), Not(Contains(StartsWith("set_better")))) << "too few";
}

TEST_F(SetEnd, TellsWhatFatigueCost) {
  const auto ended = [&](float range_lost, float tempo_drift) {
    repetitions::SetSummary set = squats_.Finish();
    set.range_lost = range_lost;
    set.tempo_drift = tempo_drift;
    return Texts(advisor_.OnSetEnd(exercise_, set));
  };
  EXPECT_THAT(ended(0.2F, 1.5F), Contains("set_range_lost: 20 %"));
  EXPECT_THAT(ended(0.05F, 1.5F), Contains("set_slower: 50 %"));
  EXPECT_THAT(ended(0.05F, 1.1F), ElementsAre(StartsWith("set_none_complete")));
}

TEST_F(SetEnd, TellsOnceWhatTheCameraDoesNotShow) {
  const Measured from_the_side{.knees = NAN};
  const std::vector<Advice> said = Advise({from_the_side, from_the_side});
  EXPECT_EQ(said.back().text, "not_seen_from: front");
  EXPECT_THAT(said.back().codes, ElementsAre("not_judged", "knees"));
  EXPECT_THAT(After({from_the_side, from_the_side}), Not(Contains(StartsWith("not_seen"))));
  EXPECT_THAT(After({{.depth = NAN}}), Contains("not_seen_from2: side")) << "something else";
  EXPECT_THAT(After({{.lean = NAN}}), Contains("not_seen: hidden")) << "no view would show more";
}

TEST_F(SetEnd, DoesNotAskForTheViewThatItHas) {
  exercise_.conditions[2].views = {repetitions::View::kSide};
  EXPECT_THAT(After({{.knees = 0.9F, .lean = NAN}}), Contains("not_seen: hidden"))
      << "depth was seen from the side";
}

TEST_F(SetEnd, TellsHowLongAPositionWasHeld) {
  exercise_.held = true;
  squats_.Next({.complete = false});
  repetitions::SetSummary set = squats_.Finish();
  set.held_us = 42'300'000;
  EXPECT_THAT(Texts(advisor_.OnSetEnd(exercise_, set)), ElementsAre("set_held: Squat 42.3 s"));
}

TEST_F(SetEnd, GivesEverySentenceACode) {
  repetitions::SetSummary set;
  const Measured bad{.depth = 130, .knees = NAN, .complete = false};
  for (const Advice& advice : Advise({bad, {.knees = NAN}, {.knees = NAN}, {.knees = NAN}}))
    EXPECT_FALSE(advice.codes.empty()) << advice.text;
}

TEST_F(SetEnd, IsFollowedByTenSecondsOfSilence) {
  const auto finished = squats_.Finish();
  advisor_.OnSetEnd(exercise_, finished);
  squats_.Rest(5);
  EXPECT_TRUE(advisor_.OnRepetition(exercise_, squats_.Next({.depth = 130})).empty());
  EXPECT_FALSE(advisor_.OnRepetition(exercise_, squats_.Next({.depth = 130})).empty());
}

}  // namespace
}  // namespace trackfit::advice
