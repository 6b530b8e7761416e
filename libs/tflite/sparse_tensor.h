// Expands TFLite's sparse constants (block compressed sparse rows). Source: the SparsityParameters of the
// public TFLite schema; "format of the sparse tensor algebra compiler", TACO.
#ifndef TRACKFIT_TFLITE_SPARSE_TENSOR_H_
#define TRACKFIT_TFLITE_SPARSE_TENSOR_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::tflite {

// Maximum rank of a tensor; BlazePose's are smaller.
inline constexpr size_t kMaxRank = 6;

// How one level of the traversal is stored: every position, or only those listed by the row pointers.
struct SparseLevel {
  bool compressed = false;
  int dense_size = 0;  // of a dense level
  std::vector<int>
      segments;  // of a compressed level: children of node p are indices[segments[p]..segments[p + 1])
  std::vector<int> indices;
};

struct SparsityLayout {
  std::vector<int> traversal;  // the dimension of each level; indices from the rank up are block dimensions
  std::vector<int> block_map;  // the dimension that each block dimension divides
  std::vector<SparseLevel> levels;
};

// The dense row-major values of a tensor of `shape`, zero where nothing is stored. InvalidArgument when the
// layout does not match the shape or the number of values, or when the tensor has more than kMaxRank
// dimensions or blocks.
absl::StatusOr<std::vector<float>> ExpandSparse(const std::vector<int>& shape, const SparsityLayout& layout,
                                                const std::vector<float>& values);

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_SPARSE_TENSOR_H_
