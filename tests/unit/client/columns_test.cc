#include "client/columns.h"

#include <gtest/gtest.h>

namespace trackfit::client {
namespace {

TEST(Columns, AreTwoForALetterOfKorean) {
  EXPECT_EQ(ColumnsOf("squat"), 5);
  EXPECT_EQ(ColumnsOf("스쿼트"), 6);
  EXPECT_EQ(ColumnsOf("3회차 121\u00b0"), 10);
}

TEST(Columns, AreNoneForAMarkOnALetter) { EXPECT_EQ(ColumnsOf("e\u0301"), 1); }

TEST(Columns, OfBrokenTextAreCounted) { EXPECT_EQ(ColumnsOf("a\xEC\xA4z"), 3); }

TEST(Columns, AreFilledUpWithSpaces) {
  EXPECT_EQ(LeftAligned("깊이", 6), "깊이  ");
  EXPECT_EQ(RightAligned("깊이", 6), "  깊이");
  EXPECT_EQ(LeftAligned("depth", 3), "depth") << "wider than its column";
}

}  // namespace
}  // namespace trackfit::client
