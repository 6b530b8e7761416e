// A neural network as a TensorFlow Lite file describes it, read without TensorFlow.
// Source: the public TFLite schema (tensorflow/lite/schema/schema.fbs, version 3).
#ifndef TRACKFIT_TFLITE_TFLITE_MODEL_H_
#define TRACKFIT_TFLITE_TFLITE_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace trackfit::tflite {

// The operators of the BlazePose networks. Others are refused.
enum class OperatorKind {
  kAdd,
  kConcatenation,
  kConv2d,
  kDepthToSpace,
  kDepthwiseConv2d,
  kLogistic,
  kMaxPool2d,
  kPad,
  kReshape,
  kResizeBilinear,
};

enum class Padding { kSame, kValid };

enum class Activation { kNone, kRelu, kReluN1To1, kRelu6 };

// A tensor of 32-bit floats or integers; constants carry their values, half precision and sparse ones
// expanded.
struct TfliteTensor {
  std::string name;
  std::vector<int> shape;  // NHWC for pictures; every extent is positive
  bool is_constant = false;
  std::vector<float> floats;      // values of a constant of floats, else empty
  std::vector<int32_t> integers;  // values of a constant of integers, else empty

  size_t ElementCount() const;
};

// One step of the network. Options that the kind does not have keep their defaults.
struct TfliteOperator {
  OperatorKind kind = OperatorKind::kAdd;
  std::vector<int> inputs;  // indices into TfliteModel::tensors()
  int output = 0;
  Activation activation = Activation::kNone;
  Padding padding = Padding::kSame;
  int stride_height = 1;
  int stride_width = 1;
  int dilation_height = 1;
  int dilation_width = 1;
  int filter_height = 1;  // pooling
  int filter_width = 1;
  int block_size = 1;  // depth to space
  int axis = 0;        // concatenation
  bool align_corners = false;
  bool half_pixel_centers = false;
};

// Immutable after reading, so threads may share it.
class TfliteModel {
 public:
  // InvalidArgument when the bytes are truncated or damaged; Unimplemented for operators or types that
  // BlazePose does not use. The bytes are not needed afterwards.
  static absl::StatusOr<TfliteModel> Parse(absl::Span<const uint8_t> bytes);

  // Parse of a file's content; NotFound when it cannot be opened. Messages name the file.
  static absl::StatusOr<TfliteModel> Load(const std::filesystem::path& path);

  const std::vector<TfliteTensor>& tensors() const { return tensors_; }
  const std::vector<TfliteOperator>& operators() const { return operators_; }  // in order of execution
  const std::vector<int>& inputs() const { return inputs_; }                   // indices into tensors()
  const std::vector<int>& outputs() const { return outputs_; }

 private:
  friend class TfliteReader;

  std::vector<TfliteTensor> tensors_;
  std::vector<TfliteOperator> operators_;
  std::vector<int> inputs_;
  std::vector<int> outputs_;
};

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_TFLITE_MODEL_H_
