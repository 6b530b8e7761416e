#include "evaluation/grouped_interval.h"

#include <gtest/gtest.h>

#include <cmath>

namespace trackfit::evaluation {
namespace {

// `right` and `wrong` outcomes, `size` of a kind in each group.
std::vector<GroupedOutcome> Outcomes(int right, int wrong, int size) {
  std::vector<GroupedOutcome> outcomes;
  for (int i = 0; i < right + wrong; ++i) {
    const bool is_right = i < right;
    outcomes.push_back({.group = (is_right ? "r" : "w") + std::to_string((is_right ? i : i - right) / size),
                        .right = is_right});
  }
  return outcomes;
}

TEST(ShareOf, CountsOutcomesAndGroups) {
  const GroupedShare share = ShareOf(Outcomes(6, 2, 2));
  EXPECT_EQ(share.right, 6);
  EXPECT_EQ(share.total, 8);
  EXPECT_EQ(share.groups, 4);
  EXPECT_DOUBLE_EQ(share.share(), 0.75);
}

TEST(ShareOf, OfSinglesHasTheIntervalOfABinomialShare) {
  const GroupedShare share = ShareOf(Outcomes(80, 20, 1));
  const double half = 1.96 * std::sqrt(0.8 * 0.2 / 100);
  EXPECT_NEAR(share.interval.low, 0.8 - half, 0.015);
  EXPECT_NEAR(share.interval.high, 0.8 + half, 0.015);
}

TEST(ShareOf, IsLessSureOfFewerGroups) {
  const GroupedShare singles = ShareOf(Outcomes(80, 20, 1)), tens = ShareOf(Outcomes(80, 20, 10));
  EXPECT_DOUBLE_EQ(singles.share(), tens.share());
  // Ten in a group are one observation: the interval is wider by the square root of ten.
  EXPECT_NEAR((tens.interval.high - tens.interval.low) / (singles.interval.high - singles.interval.low),
              std::sqrt(10), 0.4);
}

TEST(ShareOf, IsNotSureOfWhatHasAlwaysBeenRight) {
  EXPECT_NEAR(ShareOf(Outcomes(20, 0, 1)).interval.low, std::pow(0.025, 1.0 / 20), 1e-9);
  EXPECT_NEAR(ShareOf(Outcomes(20, 0, 10)).interval.low, std::pow(0.025, 1.0 / 2), 1e-9);
  EXPECT_EQ(ShareOf(Outcomes(20, 0, 1)).interval.high, 1);
  EXPECT_NEAR(ShareOf(Outcomes(0, 20, 1)).interval.high, 1 - std::pow(0.025, 1.0 / 20), 1e-9);
}

TEST(ShareOf, OfNothingSaysNothing) {
  const GroupedShare share = ShareOf({});
  EXPECT_EQ(share.interval.low, 0);
  EXPECT_EQ(share.interval.high, 1);
  EXPECT_EQ(ToText(share), "-");
}

TEST(ShareOf, OfOneGroupSaysNothingOfOthers) {
  const GroupedShare share = ShareOf(std::vector<GroupedOutcome>{{"a", true}, {"a", true}, {"a", false}});
  EXPECT_EQ(share.groups, 1);
  EXPECT_EQ(share.interval.low, 0);
  EXPECT_EQ(share.interval.high, 1);
}

TEST(ShareOf, IsTheSameInEveryRun) {
  const GroupedShare first = ShareOf(Outcomes(7, 6, 1)), second = ShareOf(Outcomes(7, 6, 1));
  EXPECT_EQ(first.interval.low, second.interval.low);
  EXPECT_EQ(first.interval.high, second.interval.high);
}

TEST(AurocOf, HoldsTheShareOfPairsInRightOrder) {
  std::vector<GroupedScore> positives, negatives;
  for (int i = 0; i < 40; ++i) {
    positives.push_back({.group = "p" + std::to_string(i), .score = i + 10.0});
    negatives.push_back({.group = "n" + std::to_string(i), .score = i + 0.5});
  }
  const GroupedAuroc auroc = AurocOf(positives, negatives);
  int ordered = 0;
  for (const GroupedScore& positive : positives) {
    for (const GroupedScore& negative : negatives) ordered += positive.score > negative.score ? 1 : 0;
  }
  EXPECT_DOUBLE_EQ(auroc.auroc, ordered / 1600.0);
  EXPECT_LT(auroc.interval.low, auroc.auroc - 0.05);
  EXPECT_GT(auroc.interval.high, auroc.auroc + 0.05);
}

TEST(AurocOf, OfOneSideIsNotKnown) {
  const std::vector<GroupedScore> positives = {{.group = "a", .score = 1}};
  const GroupedAuroc auroc = AurocOf(positives, {});
  EXPECT_TRUE(std::isnan(auroc.auroc));
  EXPECT_EQ(auroc.interval.low, 0);
  EXPECT_EQ(auroc.interval.high, 1);
}

}  // namespace
}  // namespace trackfit::evaluation
