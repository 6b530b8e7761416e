#include "dataset/clip.h"

#include <gtest/gtest.h>

#include <limits>

#include "unit/dataset/dataset_fixtures.h"

namespace trackfit::dataset {
namespace {

TEST(UniformPieces, BringsEveryRateToThirtyHertz) {
  const auto pieces = UniformPieces(MakeClip("a", "squat", 61, 60), 30);
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].size(), 31U);
}

TEST(UniformPieces, CutsWhereNobodyIsSeen) {
  Clip clip = MakeClip("a", "squat", 90);
  for (int t = 30; t < 60; ++t) {
    for (auto& landmark : clip.poses[t].landmarks) landmark.x = std::numeric_limits<float>::quiet_NaN();
  }
  const auto pieces = UniformPieces(clip, 30);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].size(), 30U);
  EXPECT_EQ(pieces[1].size(), 30U);
}

}  // namespace
}  // namespace trackfit::dataset
