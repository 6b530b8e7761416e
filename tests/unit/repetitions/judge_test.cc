#include "repetitions/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "attempts.h"

namespace trackfit::repetitions {
namespace {

constexpr char kExercise[] = R"(exercise: crouch
title: {en: Crouch}
best_view: side
measures:
  knee_angle: {angle: [hip, knee, ankle]}
  hip_height: {height: [hips, ankles]}
  knee_width: {reach: [left_knee, right_knee]}
  hips_x: {place_x: hips}
repetition:
  drivers:
    - {measure: knee_angle, rest: 170, turn: 90}
  range: {least: 0.2, complete: 0.6}
conditions:
  - code: depth
    measure: knee_angle
    moment: turn
    good: {most: 100}
    slightly: 10
    joints: [knee]
    views: [side]
    other_views:
      - {measure: hip_height, moment: turn, statistic: fall, good: {least: 0.5}, slightly: 0.1, views: [diagonal]}
    importance: 4
    source: test
    texts: {en: {low: lower, high: lower, praise: good}}
  - code: knees
    measure: knee_width
    good: {least: 0.4}
    slightly: 0.1
    joints: [left_knee]
    views: [front]
    importance: 2
    source: test
    texts: {en: {low: out, praise: good}}
)";

Exercise CrouchExercise() { return Exercise::Parse("crouch.yaml", kExercise).value(); }

Finding DepthOf(const Attempt& attempt, const Targets& targets = {}) {
  return Judge(CrouchExercise(), attempt, targets).findings.at(0);
}

float Value(int measure, Moment moment, Statistic statistic, const Attempt& attempt) {
  return Evaluate({measure, moment, statistic}, CrouchExercise(), attempt);
}

TEST(Evaluate, TakesTheStatisticOfTheMoment) {
  const Attempt attempt = Crouch(90);
  EXPECT_NEAR(Value(0, Moment::kRest, Statistic::kMean, attempt), 170, 0.1);
  EXPECT_NEAR(Value(0, Moment::kTurn, Statistic::kMean, attempt), 90, 0.1);
  EXPECT_NEAR(Value(0, Moment::kLowering, Statistic::kMean, attempt), 130, 0.1);
  EXPECT_NEAR(Value(0, Moment::kLifting, Statistic::kMost, attempt), 162, 0.1);
  EXPECT_NEAR(Value(0, Moment::kLowering, Statistic::kLeast, attempt), 98, 0.1);
  EXPECT_NEAR(Value(0, Moment::kLowering, Statistic::kRange, attempt), 64, 0.1);
  EXPECT_NEAR(Value(0, Moment::kThroughout, Statistic::kChange, attempt), -80, 0.1);
  EXPECT_NEAR(Value(0, Moment::kLifting, Statistic::kChange, attempt), -40, 0.1);
}

TEST(Evaluate, ComparesRisesAndFallsWithThePositionBefore) {
  // Ends deeper than it began: the end does not count as the position before.
  const Attempt attempt = Crouch(90, [](Body& body, float) {
    if (body.sequence >= 215) body = Crouching(120);
  });
  EXPECT_NEAR(Value(0, Moment::kTurn, Statistic::kFall, attempt), 80, 0.1);
  EXPECT_NEAR(Value(0, Moment::kTurn, Statistic::kRise, attempt), -80, 0.1);
}

TEST(Evaluate, TakesOnlyThoseFramesForRestThatAreAtIt) {
  // The frames before the beginning are still on the way back from the repetition before.
  Attempt attempt = Crouch(90);
  ASSERT_GT(attempt.begin, 5U);
  for (size_t frame = 0; frame + 5 < attempt.begin; ++frame) {
    attempt.frames[frame].joints = Crouching(120).joints;
    attempt.phase[frame] = 0.6F;
  }
  EXPECT_NEAR(Value(0, Moment::kRest, Statistic::kMean, attempt), 170, 0.1);
  EXPECT_NEAR(Value(0, Moment::kTurn, Statistic::kFall, attempt), 80, 0.1);
}

TEST(Evaluate, IsUnknownWhenTooFewFramesShowIt) {
  const auto hidden = [](float share) {
    return Crouch(90, [share](Body& body, float phase) {
      if (phase == 1 && static_cast<float>(body.sequence % 10) < 10 * share) {
        body.visibility[skeleton::kLeftKnee] = body.visibility[skeleton::kRightKnee] = 0.1F;
      }
    });
  };
  EXPECT_NEAR(Value(0, Moment::kTurn, Statistic::kMean, hidden(0.5F)), 90, 0.1);
  EXPECT_TRUE(std::isnan(Value(0, Moment::kTurn, Statistic::kMean, hidden(0.7F))));
}

TEST(Judge, TellsGoodFromSlightlyAndClearlyOff) {
  EXPECT_EQ(DepthOf(Crouch(95)).level, FindingLevel::kGood);
  EXPECT_EQ(DepthOf(Crouch(106)).level, FindingLevel::kSlightly);
  const Finding clearly = DepthOf(Crouch(120));
  EXPECT_EQ(clearly.level, FindingLevel::kClearly);
  EXPECT_EQ(clearly.code, "depth");
  EXPECT_NEAR(clearly.measured, 120, 0.1);
  EXPECT_EQ(clearly.good_low, -kNoLimit);
  EXPECT_EQ(clearly.good_high, 100);
  EXPECT_EQ(clearly.unit, "degrees");
  EXPECT_THAT(clearly.joints, testing::ElementsAre(skeleton::kLeftKnee, skeleton::kRightKnee));
}

TEST(Judge, DoesNotJudgeWhatIsDoubtful) {
  std::string yaml = kExercise;
  yaml.replace(yaml.find("slightly: 10"), 12, "doubtful: 10");
  const Exercise exercise = Exercise::Parse("crouch.yaml", yaml).value();
  const auto depth = [&](float angle) { return Judge(exercise, Crouch(angle), {}).findings.at(0); };
  EXPECT_EQ(depth(95).level, FindingLevel::kGood);
  EXPECT_EQ(depth(106).level, FindingLevel::kNotJudged);
  EXPECT_EQ(depth(106).measured, 0);
  EXPECT_EQ(depth(120).level, FindingLevel::kClearly);
  EXPECT_EQ(Judge(exercise, Crouch(106), {}).score, Judge(exercise, Crouch(95), {}).score);
}

TEST(Judge, ShowsTheFrameInWhichItWasWorst) {
  const Attempt attempt = Crouch(120, [](Body& body, float phase) {
    if (body.sequence == 172) {
      const Body straighter = Crouching(140);
      body.joints = straighter.joints;
    }
    EXPECT_TRUE(body.sequence != 172 || phase == 1);
  });
  EXPECT_EQ(DepthOf(attempt).sequence, 172U);
}

TEST(Judge, DoesNotJudgeWhatTheViewOrTheJointsDoNotShow) {
  const Repetition side = Judge(CrouchExercise(), Crouch(90), {});
  EXPECT_EQ(side.findings.at(1).level, FindingLevel::kNotJudged);
  EXPECT_EQ(side.findings.at(1).measured, 0);
  const Attempt front = Crouch(90, [](Body& body, float) { body.breadth = 0.8F; });
  const Repetition from_front = Judge(CrouchExercise(), front, {});
  EXPECT_EQ(from_front.findings.at(0).level, FindingLevel::kNotJudged);
  EXPECT_EQ(from_front.findings.at(1).level, FindingLevel::kClearly);  // both knees in one place
  const Attempt hidden = Crouch(120, [](Body& body, float) { body.visibility.fill(0); });
  EXPECT_EQ(DepthOf(hidden).level, FindingLevel::kNotJudged);
  EXPECT_TRUE(Judge(CrouchExercise(), hidden, {}).correct);
}

TEST(Judge, TakesAnotherCriterionInAnotherView) {
  const auto diagonal = [](Body& body, float) { body.breadth = 0.45F; };
  const Finding deep = DepthOf(Crouch(90, diagonal));
  EXPECT_EQ(deep.level, FindingLevel::kGood);
  EXPECT_EQ(deep.unit, "torso_lengths");
  EXPECT_NEAR(deep.measured, 2 * (std::sin(85 * M_PI / 180) - std::sin(45 * M_PI / 180)), 0.01);
  EXPECT_EQ(DepthOf(Crouch(140, diagonal)).level, FindingLevel::kClearly);
}

TEST(Judge, HonoursTheRangesOfTheSession) {
  const Finding limited = DepthOf(Crouch(120), {{"depth", {115, 130}}});
  EXPECT_EQ(limited.level, FindingLevel::kGood);
  EXPECT_EQ(limited.good_low, 115);
  EXPECT_EQ(DepthOf(Crouch(90), {{"depth", {115, 130}}}).level, FindingLevel::kClearly);
}

TEST(Judge, IsCorrectOnlyWhenCompleteAndNothingIsClearlyOff) {
  const Exercise exercise = CrouchExercise();
  EXPECT_TRUE(Judge(exercise, Crouch(95), {}).correct);
  EXPECT_TRUE(Judge(exercise, Crouch(106), {}).correct);
  EXPECT_FALSE(Judge(exercise, Crouch(120), {}).correct);
  Attempt partial = Crouch(95);
  partial.range = 0.5F;
  const Repetition judged = Judge(exercise, partial, {});
  EXPECT_FALSE(judged.complete);
  EXPECT_FALSE(judged.correct);
  EXPECT_NEAR(judged.score, 100 * 0.6 * 0.5 / 0.6, 0.01);
}

TEST(Judge, ScoresFallWithHowFarItIsOff) {
  const auto score = [](float degrees) { return Judge(CrouchExercise(), Crouch(degrees), {}).score; };
  EXPECT_EQ(score(95), 100);
  EXPECT_LT(score(106), 100);
  EXPECT_LT(score(115), score(106));
  EXPECT_GE(score(160), 0);
}

TEST(Judge, MeasuresTheRepetition) {
  const Repetition repetition = Judge(CrouchExercise(), Crouch(90), {});
  EXPECT_EQ(repetition.exercise, "crouch");
  EXPECT_EQ(repetition.first_sequence, 130U);
  EXPECT_EQ(repetition.last_sequence, 220U);
  EXPECT_EQ(repetition.start_us, 1'000'000);
  EXPECT_EQ(repetition.lowering_us, 1'000'000);
  EXPECT_EQ(repetition.pause_us, 1'000'000);
  EXPECT_EQ(repetition.lifting_us, 1'000'000);
  EXPECT_EQ(repetition.held_us, 0);
  EXPECT_NEAR(repetition.range_degrees, 80, 0.5);
  EXPECT_NEAR(repetition.range_of_motion, 1, 1e-6);
  EXPECT_NEAR(repetition.left_right_degrees, 0, 0.1);
  EXPECT_NEAR(repetition.peak_speed, 1, 0.05);
  EXPECT_NEAR(repetition.path_ratio, 1, 0.01);
  EXPECT_NEAR(repetition.sway, 0, 1e-4);
}

TEST(Judge, MeasuresDetoursSwayAndUnevenness) {
  const Attempt attempt = Crouch(90, [](Body& body, float phase) {
    const float aside = 0.4F * std::sin(std::numbers::pi_v<float> * phase);
    for (Point& joint : body.joints) joint.x += aside;
    if (phase == 1) body.joints[skeleton::kLeftKnee].x += 0.5F;
  });
  const Repetition repetition = Judge(CrouchExercise(), attempt, {});
  EXPECT_GT(repetition.path_ratio, 1.3F);
  EXPECT_GT(repetition.sway, 0.15F);
  EXPECT_LT(repetition.left_right_degrees, -15);
}

TEST(Judge, TellsHowLongAPositionWasHeld) {
  Exercise held = CrouchExercise();
  held.held = true;
  const Repetition repetition = Judge(held, Crouch(90), {});
  EXPECT_EQ(repetition.held_us, 3'000'000);
  EXPECT_EQ(repetition.lowering_us, 0);
}

TEST(ViewOf, GoesByTheBreadthThatIsSeen) {
  const auto view = [](float breadth) {
    return ViewOf(Crouch(90, [breadth](Body& body, float) { body.breadth = breadth; }));
  };
  EXPECT_EQ(view(0.8F), View::kFront);
  EXPECT_EQ(view(0.45F), View::kDiagonal);
  EXPECT_EQ(view(0.15F), View::kSide);
}

}  // namespace
}  // namespace trackfit::repetitions
