#include "tflite/sparse_tensor.h"

#include <gtest/gtest.h>

namespace trackfit::tflite {
namespace {

SparseLevel Dense(int size) { return {.dense_size = size, .segments = {}, .indices = {}}; }

// 0 7 0
// 8 0 9
SparsityLayout RowsLayout() {
  return {.traversal = {0, 1},
          .block_map = {},
          .levels = {Dense(2), {.compressed = true, .segments = {0, 1, 3}, .indices = {1, 0, 2}}}};
}

TEST(ExpandSparse, ExpandsCompressedRows) {
  const auto dense = ExpandSparse({2, 3}, RowsLayout(), {7, 8, 9});
  ASSERT_TRUE(dense.ok()) << dense.status();
  EXPECT_EQ(*dense, (std::vector<float>{0, 7, 0, 8, 0, 9}));
}

TEST(ExpandSparse, FollowsTheTraversalOrder) {
  SparsityLayout layout = RowsLayout();
  layout.traversal = {1, 0};  // the same values stored column by column
  const auto dense = ExpandSparse({3, 2}, layout, {7, 8, 9});
  ASSERT_TRUE(dense.ok()) << dense.status();
  EXPECT_EQ(*dense, (std::vector<float>{0, 8, 7, 0, 0, 9}));
}

TEST(ExpandSparse, ExpandsBlocks) {
  // One 2 x 2 block in the right half of a 2 x 4 tensor.
  const SparsityLayout layout = {
      .traversal = {0, 1, 2, 3},
      .block_map = {0, 1},
      .levels = {Dense(1), {.compressed = true, .segments = {0, 1}, .indices = {1}}, Dense(2), Dense(2)}};
  const auto dense = ExpandSparse({2, 4}, layout, {1, 2, 3, 4});
  ASSERT_TRUE(dense.ok()) << dense.status();
  EXPECT_EQ(*dense, (std::vector<float>{0, 0, 1, 2, 0, 0, 3, 4}));
}

TEST(ExpandSparse, RefusesInconsistentLayouts) {
  SparsityLayout outside = RowsLayout();
  outside.levels[1].indices = {1, 0, 3};
  EXPECT_EQ(ExpandSparse({2, 3}, outside, {7, 8, 9}).status().code(), absl::StatusCode::kInvalidArgument);

  SparsityLayout short_rows = RowsLayout();
  short_rows.levels[1].segments = {0, 3};
  EXPECT_FALSE(ExpandSparse({2, 3}, short_rows, {7, 8, 9}).ok());

  SparsityLayout falling = RowsLayout();
  falling.levels[1].segments = {0, 4, 3};
  EXPECT_FALSE(ExpandSparse({2, 3}, falling, {7, 8, 9}).ok());

  SparsityLayout twice = RowsLayout();
  twice.traversal = {0, 0};
  EXPECT_FALSE(ExpandSparse({2, 3}, twice, {7, 8, 9}).ok());

  EXPECT_FALSE(ExpandSparse({2, 3}, RowsLayout(), {7, 8}).ok());
  EXPECT_FALSE(ExpandSparse({3, 3}, RowsLayout(), {7, 8, 9}).ok());
}

TEST(ExpandSparse, RefusesMoreThanSixDimensionsOrBlocks) {
  EXPECT_FALSE(ExpandSparse(std::vector<int>(7, 1),
                            {.traversal = {0, 1, 2, 3, 4, 5, 6},
                             .block_map = {},
                             .levels = std::vector<SparseLevel>(7, Dense(1))},
                            {5})
                   .ok());
  // Blocks of one element do not change the values.
  SparsityLayout blocks{.traversal = {0}, .block_map = {}, .levels = {Dense(1)}};
  for (int i = 1; i <= 6; ++i) {
    blocks.traversal.push_back(i);
    blocks.block_map.push_back(0);
    blocks.levels.push_back(Dense(1));
  }
  EXPECT_TRUE(ExpandSparse({1}, blocks, {5}).ok());
  blocks.traversal.push_back(7);
  blocks.block_map.push_back(0);
  blocks.levels.push_back(Dense(1));
  EXPECT_EQ(ExpandSparse({1}, blocks, {5}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace trackfit::tflite
