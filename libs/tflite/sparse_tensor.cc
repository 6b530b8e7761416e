#include "tflite/sparse_tensor.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace trackfit::tflite {
namespace {

class Expander {
 public:
  Expander(const std::vector<int>& shape, const SparsityLayout& layout, const std::vector<float>& values)
      : shape_(shape), layout_(layout), values_(values), rank_(static_cast<int>(shape.size())) {}

  absl::StatusOr<std::vector<float>> Expand() {
    if (absl::Status status = CheckLayout(); !status.ok()) return status;
    int64_t elements = 1;
    for (const int extent : shape_) elements *= extent;
    dense_.assign(elements, 0.0f);
    Visit(0, 0, 0);
    return std::move(dense_);
  }

 private:
  static absl::Status Damaged(const char* what) {
    return absl::InvalidArgumentError(std::string("sparse tensor: ") + what);
  }

  absl::Status CheckLayout() {
    const size_t levels = layout_.levels.size();
    if (shape_.size() > kMaxRank || layout_.block_map.size() > kMaxRank) {
      return Damaged("more than 6 dimensions or blocks");  // bounds the recursion of Visit()
    }
    if (layout_.traversal.size() != levels || levels != shape_.size() + layout_.block_map.size()) {
      return Damaged("traversal order, block map and levels differ in length");
    }
    for (const int dimension : layout_.block_map) {
      if (dimension < 0 || dimension >= rank_) return Damaged("block map refers to a missing dimension");
    }
    std::vector<bool> seen(levels, false);
    for (const int dimension : layout_.traversal) {
      if (dimension < 0 || dimension >= static_cast<int>(levels) || seen[dimension]) {
        return Damaged("traversal order is not a permutation");
      }
      seen[dimension] = true;
    }
    return CheckLevels();
  }

  absl::Status CheckLevels() {
    std::vector<int> block(rank_, 1);
    for (size_t level = 0; level < layout_.levels.size(); ++level) {
      const int dimension = layout_.traversal[level];
      if (dimension < rank_) continue;
      const SparseLevel& blocks = layout_.levels[level];
      const int divided = layout_.block_map[dimension - rank_];
      if (blocks.compressed || blocks.dense_size <= 0 || block[divided] != 1 ||
          shape_[divided] % blocks.dense_size != 0) {
        return Damaged("a block does not divide its dimension");
      }
      block[divided] = blocks.dense_size;
    }
    size_t nodes = 1;
    for (size_t level = 0; level < layout_.levels.size(); ++level) {
      const int dimension = layout_.traversal[level];
      const SparseLevel& stored = layout_.levels[level];
      const int extent = dimension < rank_ ? shape_[dimension] / block[dimension] : stored.dense_size;
      if (!stored.compressed) {
        if (stored.dense_size != extent) return Damaged("a dense level does not match the shape");
        nodes *= extent;
        continue;
      }
      if (stored.segments.size() != nodes + 1 || stored.segments.front() != 0 ||
          !std::is_sorted(stored.segments.begin(), stored.segments.end()) ||
          stored.segments.back() != static_cast<int>(stored.indices.size())) {
        return Damaged("row pointers do not cover the indices");
      }
      for (const int index : stored.indices) {
        if (index < 0 || index >= extent) return Damaged("an index is out of range");
      }
      nodes = stored.indices.size();
    }
    if (nodes != values_.size()) return Damaged("the number of values does not match the layout");
    FindStrides(block);
    return absl::OkStatus();
  }

  // The stride of each level in the dense tensor.
  void FindStrides(const std::vector<int>& block) {
    std::vector<size_t> row_major(rank_, 1);
    for (int dimension = rank_ - 2; dimension >= 0; --dimension) {
      row_major[dimension] = row_major[dimension + 1] * shape_[dimension + 1];
    }
    strides_.clear();
    for (const int dimension : layout_.traversal) {
      strides_.push_back(dimension < rank_ ? row_major[dimension] * block[dimension]
                                           : row_major[layout_.block_map[dimension - rank_]]);
    }
  }

  // `node` is the index among the stored nodes of the level above, `index` the position in the dense tensor.
  void Visit(size_t level, size_t node, size_t index) {
    if (level == layout_.levels.size()) {
      dense_[index] = values_[node];
      return;
    }
    const SparseLevel& stored = layout_.levels[level];
    if (!stored.compressed) {
      for (int i = 0; i < stored.dense_size; ++i) {
        Visit(level + 1, node * stored.dense_size + i, index + i * strides_[level]);
      }
      return;
    }
    for (int k = stored.segments[node]; k < stored.segments[node + 1]; ++k) {
      Visit(level + 1, k, index + stored.indices[k] * strides_[level]);
    }
  }

  const std::vector<int>& shape_;
  const SparsityLayout& layout_;
  const std::vector<float>& values_;
  const int rank_;
  std::vector<size_t> strides_;  // per level
  std::vector<float> dense_;
};

}  // namespace

absl::StatusOr<std::vector<float>> ExpandSparse(const std::vector<int>& shape, const SparsityLayout& layout,
                                                const std::vector<float>& values) {
  return Expander(shape, layout, values).Expand();
}

}  // namespace trackfit::tflite
