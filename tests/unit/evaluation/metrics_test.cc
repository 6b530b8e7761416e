#include "evaluation/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace trackfit::evaluation {
namespace {

TEST(Auroc, IsTheShareOfPairsInOrderAndTiesCountHalf) {
  EXPECT_DOUBLE_EQ(Auroc(std::vector{0.8, 0.9}, std::vector{0.1, 0.2}), 1);
  EXPECT_DOUBLE_EQ(Auroc(std::vector{0.1}, std::vector{0.8, 0.9}), 0);
  // Pairs: 3>2, 3>1, 2=2, 2>1.
  EXPECT_DOUBLE_EQ(Auroc(std::vector{3.0, 2.0}, std::vector{2.0, 1.0}), 3.5 / 4);
  EXPECT_DOUBLE_EQ(Auroc(std::vector{0.0, 0.0, 0.0}, std::vector{0.0}), 0.5);
}

TEST(Auroc, OfOneSideAloneIsNotANumber) {
  EXPECT_TRUE(std::isnan(Auroc({}, std::vector{1.0})));
  EXPECT_TRUE(std::isnan(Auroc(std::vector{1.0}, {})));
}

TEST(RocCurve, TakesTiesInOneStep) {
  const auto curve = RocCurve(std::vector{3.0, 2.0}, std::vector{2.0, 1.0});
  ASSERT_EQ(curve.size(), 4U);
  EXPECT_DOUBLE_EQ(curve[0].true_positives, 0);
  EXPECT_DOUBLE_EQ(curve[1].true_positives, 0.5);
  EXPECT_DOUBLE_EQ(curve[1].false_positives, 0);
  EXPECT_DOUBLE_EQ(curve[2].true_positives, 1);
  EXPECT_DOUBLE_EQ(curve[2].false_positives, 0.5);
  EXPECT_DOUBLE_EQ(curve[3].false_positives, 1);
  EXPECT_TRUE(RocCurve({}, std::vector{1.0}).empty());
}

TEST(Reliability, SortsAnswersIntoBinsThatIncludeTheirUpperEnd) {
  const std::vector<Answer> answers = {{0.5, true}, {0.4, false}, {0.9, true}, {1.0, true}, {0.0, false}};
  const auto bins = Reliability(answers, 2);
  ASSERT_EQ(bins.size(), 2U);
  EXPECT_EQ(bins[0].count, 3);
  EXPECT_NEAR(bins[0].confidence, 0.3, 1e-12);
  EXPECT_NEAR(bins[0].accuracy, 1.0 / 3, 1e-12);
  EXPECT_EQ(bins[1].count, 2);
  EXPECT_NEAR(bins[1].confidence, 0.95, 1e-12);
}

TEST(ExpectedCalibrationError, WeighsTheBinsByTheirAnswers) {
  // Ten answers of 0.9 of which eight are right, ten of 0.6 of which six are.
  std::vector<Answer> answers;
  for (int i = 0; i < 10; ++i) answers.push_back({0.9, i < 8});
  for (int i = 0; i < 10; ++i) answers.push_back({0.6, i < 6});
  EXPECT_NEAR(ExpectedCalibrationError(Reliability(answers)), 0.05, 1e-9);
  EXPECT_DOUBLE_EQ(ExpectedCalibrationError(Reliability({})), 0);
}

TEST(BestThreshold, LiesHalfWayBetweenTheSides) {
  const std::vector<Scored> apart = {{10, false}, {20, false}, {40, true}, {50, true}};
  EXPECT_DOUBLE_EQ(BestThreshold(apart), 30);
  EXPECT_LT(BestThreshold(std::vector<Scored>{{10, true}}), 10) << "all are positive";
  EXPECT_GT(BestThreshold(std::vector<Scored>{{10, false}}), 10) << "none is";
}

TEST(AccuracyAcrossFolds, TakesEachFoldsThresholdFromTheOthers) {
  // Fold 0 splits at 30, fold 1 at 70: each other's threshold gets one of two wrong.
  const std::vector<Scored> scored = {{20, false, 0}, {40, true, 0}, {60, false, 1}, {80, true, 1}};
  const FoldedAccuracy accuracy = AccuracyAcrossFolds(scored);
  EXPECT_EQ(accuracy.total, 4);
  EXPECT_EQ(accuracy.right, 2);
  EXPECT_DOUBLE_EQ(accuracy.accuracy(), 0.5);
}

TEST(ChanceOfHit, CountsDrawsWithoutPuttingBack) {
  EXPECT_NEAR(ChanceOfHit(33, 1, 1), 1.0 / 33, 1e-12);
  EXPECT_NEAR(ChanceOfHit(4, 2, 2), 1 - 2.0 / 4 * 1.0 / 3, 1e-12);
  EXPECT_DOUBLE_EQ(ChanceOfHit(3, 1, 3), 1);
  EXPECT_DOUBLE_EQ(ChanceOfHit(0, 0, 3), 0);
}

}  // namespace
}  // namespace trackfit::evaluation
