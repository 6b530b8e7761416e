#include "assessment/percentile.h"

#include <gtest/gtest.h>

#include <array>

#include "assessment/assessment.h"

namespace trackfit::assessment {
namespace {

constexpr std::array<float, 5> kQuantiles = {1, 2, 4, 8, 16};  // 0, 25, 50, 75, 100 %

TEST(Percentile, IsExactAtTheQuantilesAndLinearBetween) {
  EXPECT_FLOAT_EQ(PercentileOf(4, kQuantiles), 50);
  EXPECT_FLOAT_EQ(PercentileOf(3, kQuantiles), 37.5F);
  EXPECT_FLOAT_EQ(PercentileOf(12, kQuantiles), 87.5F);
}

TEST(Percentile, IsClampedOutsideTheTable) {
  EXPECT_FLOAT_EQ(PercentileOf(0, kQuantiles), 0);
  EXPECT_FLOAT_EQ(PercentileOf(1e6F, kQuantiles), 100);
}

TEST(Percentile, TakesTheMiddleOfAFlatStretch) {
  constexpr std::array<float, 5> kFlat = {0, 3, 3, 3, 5};
  EXPECT_FLOAT_EQ(PercentileOf(3, kFlat), 50);
}

TEST(Percentile, OfAnEmptyTableIsZero) { EXPECT_EQ(PercentileOf(1, {}), 0); }

TEST(QualityLevel, FollowsTheDocumentedLimits) {
  EXPECT_EQ(LevelOf(0), QualityLevel::kPoor);
  EXPECT_EQ(LevelOf(5), QualityLevel::kFair);
  EXPECT_EQ(LevelOf(25), QualityLevel::kGood);
  EXPECT_EQ(LevelOf(60), QualityLevel::kExcellent);
  EXPECT_EQ(LevelOf(100), QualityLevel::kExcellent);
}

}  // namespace
}  // namespace trackfit::assessment
