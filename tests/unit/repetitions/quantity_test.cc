#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "phase_signal.h"
#include "repetitions/judge.h"

namespace trackfit::repetitions {
namespace {

// Two bodies at rest, ten on the way up, four at the top, ten on the way down, two at rest; the wrist rises
// from 0 to 1.
Attempt Raise() {
  Attempt attempt;
  const auto add = [&](float phase) {
    attempt.frames.push_back(BodyAt(phase, static_cast<int64_t>(attempt.frames.size())));
    attempt.phase.push_back(phase);
  };
  for (int i = 0; i < 2; ++i) add(0);
  for (int i = 0; i < 10; ++i) add(static_cast<float>(i) / 10);
  for (int i = 0; i < 4; ++i) add(1);
  for (int i = 9; i >= 0; --i) add(static_cast<float>(i) / 10);
  for (int i = 0; i < 2; ++i) add(0);
  attempt.begin = 2;
  attempt.turn_begin = 12;
  attempt.turn_end = 15;
  attempt.end = 25;
  attempt.range = 1;
  return attempt;
}

float Of(Moment moment, Statistic statistic) {
  return Evaluate({0, moment, statistic}, WristRaise(), Raise());
}

TEST(Evaluate, TakesEachMomentOfARepetition) {
  EXPECT_NEAR(Of(Moment::kRest, Statistic::kMean), 0, 1e-6);
  EXPECT_NEAR(Of(Moment::kTurn, Statistic::kMean), 1, 1e-6);
  EXPECT_NEAR(Of(Moment::kLowering, Statistic::kMean), 0.5, 1e-5);
  EXPECT_NEAR(Of(Moment::kLifting, Statistic::kMean), 0.5, 1e-5);
  EXPECT_NEAR(Of(Moment::kThroughout, Statistic::kMean), 13.0 / 24, 1e-5);
}

TEST(Evaluate, TakesEachStatistic) {
  EXPECT_NEAR(Of(Moment::kLowering, Statistic::kLeast), 0.1, 1e-5);
  EXPECT_NEAR(Of(Moment::kLowering, Statistic::kMost), 0.9, 1e-5);
  EXPECT_NEAR(Of(Moment::kLowering, Statistic::kRange), 0.8, 1e-5);
  EXPECT_NEAR(Of(Moment::kThroughout, Statistic::kChange), 1, 1e-5);
}

TEST(Evaluate, KnowsNothingWhereTooFewFramesShowIt) {
  Attempt attempt = Raise();
  for (size_t i = 12; i <= 14; ++i) attempt.frames[i].visibility[skeleton::kLeftWrist] = 0;
  EXPECT_TRUE(std::isnan(Evaluate({0, Moment::kTurn, Statistic::kMean}, WristRaise(), attempt)));
  EXPECT_TRUE(std::isnan(Evaluate({0, Moment::kTurn, Statistic::kChange}, WristRaise(), attempt)));
  EXPECT_NEAR(Evaluate({0, Moment::kRest, Statistic::kMean}, WristRaise(), attempt), 0, 1e-6);
  EXPECT_TRUE(std::isnan(Evaluate({0, Moment::kRest, Statistic::kMean}, WristRaise(), Attempt())));
}

}  // namespace
}  // namespace trackfit::repetitions
