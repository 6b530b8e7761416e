// Writes small tflite files with any operators, for a fuzzer to start from.
#ifndef TRACKFIT_TESTS_FUZZ_SEED_MODEL_H_
#define TRACKFIT_TESTS_FUZZ_SEED_MODEL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "unit/tflite/tiny_model.h"

namespace trackfit::testing {

class SeedModel {
 public:
  using Offset = TableWriter::Offset;
  using Fields = std::vector<std::pair<int, int32_t>>;  // of an options table, all written as 32 bits

  // Types and operator codes of the TFLite schema.
  enum Type { kFloat32 = 0, kFloat16 = 1, kInt32 = 2 };

  // Returns the tensor's number; without `values` it is computed by an operator or is the input.
  int Tensor(const std::vector<int32_t>& shape, Type type = kFloat32, const std::string& values = "",
             Offset sparsity = 0) {
    const auto data = builder_.CreateVector(reinterpret_cast<const uint8_t*>(values.data()), values.size());
    buffers_.push_back(TableWriter(builder_).Child(0, data).End());
    const auto shape_vector = builder_.CreateVector(shape);
    TableWriter tensor(builder_);
    tensor.Child(0, shape_vector)
        .Number<int8_t>(1, static_cast<int8_t>(type))
        .Number<uint32_t>(2, static_cast<uint32_t>(buffers_.size() - 1));
    if (!sparsity.IsNull()) tensor.Child(6, sparsity);
    tensors_.push_back(tensor.End());
    return static_cast<int>(tensors_.size()) - 1;
  }

  // A matrix whose rows are compressed: per level dense or not, its size, row pointers and indices.
  Offset CompressedRows(int rows, const std::vector<int32_t>& segments, const std::vector<int32_t>& indices) {
    const auto ints = [&](const std::vector<int32_t>& values) {
      const auto vector = builder_.CreateVector(values);
      return TableWriter(builder_).Child(0, vector).End();
    };
    const Offset segment_table = ints(segments), index_table = ints(indices);
    const Offset dense = TableWriter(builder_).Number<int8_t>(0, 0).Number<int32_t>(1, rows).End();
    const Offset compressed = TableWriter(builder_)
                                  .Number<int8_t>(0, 1)
                                  .Number<uint8_t>(2, 1)
                                  .Child(3, segment_table)
                                  .Number<uint8_t>(4, 1)
                                  .Child(5, index_table)
                                  .End();
    const auto levels = builder_.CreateVector(std::vector<Offset>{dense, compressed});
    const auto traversal = builder_.CreateVector(std::vector<int32_t>{0, 1});
    return TableWriter(builder_).Child(0, traversal).Child(2, levels).End();
  }

  void Operator(int code, const std::vector<int32_t>& inputs, int output, const Fields& options = {}) {
    codes_.push_back(
        TableWriter(builder_).Number<int8_t>(0, static_cast<int8_t>(code)).Number<int32_t>(3, code).End());
    const auto in = builder_.CreateVector(inputs), out = builder_.CreateVector(std::vector<int32_t>{output});
    TableWriter table(builder_);
    for (const auto& [field, value] : options) table.Number<int32_t>(field, value);
    const Offset option_table = table.End();
    operators_.push_back(TableWriter(builder_)
                             .Number<uint32_t>(0, static_cast<uint32_t>(codes_.size() - 1))
                             .Child(1, in)
                             .Child(2, out)
                             .Child(4, option_table)
                             .End());
  }

  // The file; nothing can be added afterwards.
  std::string Finish(int input, const std::vector<int32_t>& outputs) {
    const auto tensors = builder_.CreateVector(tensors_), operators = builder_.CreateVector(operators_);
    const auto in = builder_.CreateVector(std::vector<int32_t>{input}), out = builder_.CreateVector(outputs);
    const std::vector<Offset> subgraph = {
        TableWriter(builder_).Child(0, tensors).Child(1, in).Child(2, out).Child(3, operators).End()};
    const auto subgraphs = builder_.CreateVector(subgraph), codes = builder_.CreateVector(codes_),
               buffers = builder_.CreateVector(buffers_);
    builder_.Finish(TableWriter(builder_)
                        .Number<uint32_t>(0, 3)
                        .Child(1, codes)
                        .Child(2, subgraphs)
                        .Child(4, buffers)
                        .End(),
                    "TFL3");
    return {reinterpret_cast<const char*>(builder_.GetBufferPointer()), builder_.GetSize()};
  }

 private:
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<Offset> buffers_, tensors_, codes_, operators_;
};

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_FUZZ_SEED_MODEL_H_
