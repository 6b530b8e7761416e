#include "reference/alignment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

namespace trackfit::reference {
namespace {

TEST(Align, FollowsTheDiagonalOfEqualCurves) {
  const auto path =
      Align(5, 5, 2, [](int row, int column) { return static_cast<float>(std::abs(row - column)); });
  ASSERT_EQ(path.size(), 5U);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(path[i].row, i);
    EXPECT_EQ(path[i].column, i);
  }
}

TEST(Align, PairsMomentsThatAreAlike) {
  const float slow[] = {0, 0, 0, 0, 1, 2, 3}, quick[] = {0, 1, 2, 3, 3, 3, 3};
  const auto path = Align(7, 7, 4, [&](int row, int column) { return std::abs(slow[row] - quick[column]); });
  for (const Pair& cell : path) EXPECT_EQ(slow[cell.row], quick[cell.column]);
}

TEST(Align, StaysInItsBand) {
  // Without a band, waiting in the first column until row 20 costs nothing.
  const auto path =
      Align(40, 20, 3, [](int row, int column) { return row < 20 && column == 0 ? 0.0F : 1.0F; });
  for (const Pair& cell : path) EXPECT_LE(std::abs(cell.row * 19.0 / 39 - cell.column), 3);
}

TEST(Align, ReachesTheEndOfVeryDifferentLengths) {
  for (const auto& [rows, columns] : {std::pair{1, 9}, {9, 1}, {2, 30}, {30, 2}, {1, 1}}) {
    const auto path = Align(rows, columns, 1, [](int, int) { return 1.0F; });
    EXPECT_EQ(path.front().row + path.front().column, 0);
    EXPECT_EQ(path.back().row, rows - 1);
    EXPECT_EQ(path.back().column, columns - 1);
  }
}

}  // namespace
}  // namespace trackfit::reference
