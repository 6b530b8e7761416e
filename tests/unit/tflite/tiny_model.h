// Writes small tflite files for tests of the reader and the planner.
#ifndef TRACKFIT_TESTS_UNIT_TFLITE_TINY_MODEL_H_
#define TRACKFIT_TESTS_UNIT_TFLITE_TINY_MODEL_H_

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace trackfit::testing {

// A table of the TFLite schema, given field by field.
class TableWriter {
 public:
  using Offset = flatbuffers::Offset<void>;

  explicit TableWriter(flatbuffers::FlatBufferBuilder& builder)
      : builder_(builder), start_(builder.StartTable()) {}

  template <typename T>
  TableWriter& Number(int field, T value) {
    builder_.AddElement<T>(Slot(field), value);
    return *this;
  }
  template <typename T>
  TableWriter& Child(int field, flatbuffers::Offset<T> child) {
    builder_.AddOffset(Slot(field), child);
    return *this;
  }
  Offset End() { return Offset(builder_.EndTable(start_)); }

 private:
  static flatbuffers::voffset_t Slot(int field) { return static_cast<flatbuffers::voffset_t>(4 + 2 * field); }

  flatbuffers::FlatBufferBuilder& builder_;
  flatbuffers::uoffset_t start_;
};

// A convolution with `filter` (output channels, height, width, input channels) and `bias` over one image.
struct TinyConvolution {
  std::vector<int32_t> input_shape;
  std::vector<int32_t> filter_shape;
  std::vector<int32_t> output_shape;
  std::vector<float> filter;
  std::vector<float> bias;
  int stride = 1;
  bool same_padding = true;
  bool relu = false;
  int dequantized = 0;  // chained DEQUANTIZE operators between the filter and the convolution
};

inline std::vector<uint8_t> WriteTinyModel(const TinyConvolution& convolution) {
  flatbuffers::FlatBufferBuilder builder;
  using Offset = TableWriter::Offset;
  const auto buffer = [&](const std::vector<float>& values) {
    const auto data =
        builder.CreateVector(reinterpret_cast<const uint8_t*>(values.data()), 4 * values.size());
    return TableWriter(builder).Child(0, data).End();
  };
  const std::vector<Offset> buffers = {buffer({}), buffer(convolution.filter), buffer(convolution.bias)};
  const auto tensor = [&](const std::vector<int32_t>& shape, uint32_t buffer_index, const char* name) {
    const auto shape_vector = builder.CreateVector(shape);
    const auto name_string = builder.CreateString(name);
    return TableWriter(builder)
        .Child(0, shape_vector)
        .Number<uint32_t>(2, buffer_index)
        .Child(3, name_string)
        .End();
  };
  std::vector<Offset> tensors = {tensor(convolution.input_shape, 0, "input"),
                                 tensor(convolution.filter_shape, 1, "filter"),
                                 tensor({static_cast<int32_t>(convolution.bias.size())}, 2, "bias"),
                                 tensor(convolution.output_shape, 0, "output")};
  for (int i = 0; i < convolution.dequantized; ++i) {
    tensors.push_back(tensor(convolution.filter_shape, 0, "dequantized"));
  }
  const Offset options = TableWriter(builder)
                             .Number<int32_t>(1, convolution.stride)
                             .Number<int32_t>(2, convolution.stride)
                             .Number<int8_t>(0, convolution.same_padding ? 0 : 1)
                             .Number<int8_t>(3, convolution.relu ? 1 : 0)
                             .End();
  const auto ints = [&](const std::vector<int32_t>& values) { return builder.CreateVector(values); };
  const auto op_inputs = ints({0, 1, 2}), op_outputs = ints({3});
  std::vector<Offset> operators = {TableWriter(builder)
                                       .Number<uint32_t>(0, 0)
                                       .Child(1, op_inputs)
                                       .Child(2, op_outputs)
                                       .Child(4, options)
                                       .End()};
  constexpr int kFilter = 1, kFirstDequantized = 4;
  for (int i = 0; i < convolution.dequantized; ++i) {
    const int source = i == 0 ? kFilter : kFirstDequantized + i - 1;
    const auto from = ints({source}), to = ints({kFirstDequantized + i});
    operators.push_back(TableWriter(builder).Number<uint32_t>(0, 1).Child(1, from).Child(2, to).End());
  }
  const auto tensor_vector = builder.CreateVector(tensors);
  const auto inputs = ints({0}), outputs = ints({3});
  const auto operator_vector = builder.CreateVector(operators);
  const std::vector<Offset> subgraphs = {TableWriter(builder)
                                             .Child(0, tensor_vector)
                                             .Child(1, inputs)
                                             .Child(2, outputs)
                                             .Child(3, operator_vector)
                                             .End()};
  constexpr int kConv2d = 3, kDequantize = 6;
  std::vector<Offset> codes;
  for (const int code : {kConv2d, kDequantize}) {
    codes.push_back(
        TableWriter(builder).Number<int8_t>(0, static_cast<int8_t>(code)).Number<int32_t>(3, code).End());
  }
  const auto code_vector = builder.CreateVector(codes);
  const auto subgraph_vector = builder.CreateVector(subgraphs);
  const auto buffer_vector = builder.CreateVector(buffers);
  const Offset model = TableWriter(builder)
                           .Number<uint32_t>(0, 3)
                           .Child(1, code_vector)
                           .Child(2, subgraph_vector)
                           .Child(4, buffer_vector)
                           .End();
  builder.Finish(model, "TFL3");
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// 4 x 4 pixels of one channel; a 3 x 3 window of ones with stride 2.
inline TinyConvolution SummingConvolution() {
  return {.input_shape = {1, 4, 4, 1},
          .filter_shape = {1, 3, 3, 1},
          .output_shape = {1, 2, 2, 1},
          .filter = std::vector<float>(9, 1.0f),
          .bias = {0.5f},
          .stride = 2};
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_UNIT_TFLITE_TINY_MODEL_H_
