#include "dataset/clip.h"

#include <gtest/gtest.h>

#include <limits>

#include "unit/dataset/dataset_fixtures.h"

namespace trackfit::dataset {
namespace {

TEST(VariantId, TellsItsOriginal) {
  EXPECT_EQ(VariantId("squat/a", 12), "squat/a~12");
  EXPECT_EQ(OriginalId("squat/a~12"), "squat/a");
  for (const char* original : {"squat/a", "a~b", "a~", "a~1b", ""}) EXPECT_EQ(OriginalId(original), original);
}

TEST(Originals, AreTheClipsWithoutVariants) {
  const auto originals = Originals(
      {MakeClip("a", "squat"), MakeClip("a~1", "squat"), MakeClip("b", "squat"), MakeClip("b~1", "squat")});
  ASSERT_EQ(originals.size(), 2U);
  EXPECT_EQ(originals[0].id, "a");
  EXPECT_EQ(originals[1].id, "b");
}

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
