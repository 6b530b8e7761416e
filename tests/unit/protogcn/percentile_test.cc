#include "protogcn/percentile.h"

#include <gtest/gtest.h>

#include <array>

namespace trackfit::protogcn {
namespace {

constexpr std::array<float, 5> kQuantiles = {1, 2, 4, 8, 16};  // 0, 25, 50, 75, 100 %

TEST(Percentile, IsExactAtTheQuantilesAndLinearBetween) {
  EXPECT_FLOAT_EQ(PercentileOf(4, kQuantiles), 50);
  EXPECT_FLOAT_EQ(PercentileOf(3, kQuantiles), 37.5F);
}

TEST(Percentile, OfTheExtremesIsHalfAStepFromTheEnd) {
  EXPECT_FLOAT_EQ(PercentileOf(1, kQuantiles), 12.5F);
  EXPECT_FLOAT_EQ(PercentileOf(16, kQuantiles), 87.5F);
}

TEST(Percentile, StillRanksWhatLiesBeyondTheTable) {
  EXPECT_LT(PercentileOf(-1, kQuantiles), PercentileOf(0, kQuantiles));
  EXPECT_LT(PercentileOf(0, kQuantiles), PercentileOf(1, kQuantiles));
  EXPECT_GT(PercentileOf(-1e6F, kQuantiles), -1e-6F);
  EXPECT_GT(PercentileOf(20, kQuantiles), PercentileOf(17, kQuantiles));
  EXPECT_GT(PercentileOf(17, kQuantiles), PercentileOf(16, kQuantiles));
  EXPECT_LE(PercentileOf(1e6F, kQuantiles), 100);
}

TEST(Percentile, TakesTheMiddleOfAFlatStretch) {
  constexpr std::array<float, 5> kFlat = {0, 3, 3, 3, 5};
  EXPECT_FLOAT_EQ(PercentileOf(3, kFlat), 50);
}

TEST(Percentile, OfAnEmptyTableIsZero) { EXPECT_EQ(PercentileOf(1, {}), 0); }

}  // namespace
}  // namespace trackfit::protogcn
