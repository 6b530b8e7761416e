#include "skeleton/percentile.h"

#include <gtest/gtest.h>

#include <vector>

namespace trackfit::skeleton {
namespace {

float Of(const std::vector<float>& ascending, float share) {
  return Percentile(std::span<const float>(ascending), share);
}

TEST(Percentile, IsLinearBetweenNeighbours) {
  EXPECT_FLOAT_EQ(Of({1, 2, 4}, 0.5F), 2);
  EXPECT_FLOAT_EQ(Of({1, 2, 4}, 0.25F), 1.5F);
  EXPECT_FLOAT_EQ(Of({1, 2, 4}, 0.75F), 3);
}

TEST(Percentile, ReachesFromTheLeastToTheMost) {
  EXPECT_EQ(Of({1, 2, 4}, 0), 1);
  EXPECT_EQ(Of({1, 2, 4}, 1), 4);
  EXPECT_EQ(Of({3}, 0.9F), 3);
}

}  // namespace
}  // namespace trackfit::skeleton
