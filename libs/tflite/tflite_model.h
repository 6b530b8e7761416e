// A neural network read from a TensorFlow Lite file, without TensorFlow. Source: the public TFLite schema
// (tensorflow/lite/schema/schema.fbs, version 3).
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

// The operators of the BlazePose networks; models with others are rejected.
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

// A tensor of 32-bit floats or integers. Constants hold their values; half-precision and sparse ones are
// expanded.
struct TfliteTensor {
  std::string name;
  std::vector<int> shape;  // NHWC for images; every extent is positive
  bool is_constant = false;
  std::vector<float> floats;      // values of a float constant, else empty
  std::vector<int32_t> integers;  // values of an integer constant, else empty

  size_t ElementCount() const;
};

// One operator of the network. Options that do not apply to its kind keep their defaults.
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

// Immutable after parsing, so safe to share between threads.
class TfliteModel {
 public:
  // InvalidArgument when the bytes are truncated or damaged; Unimplemented for operators or types that
  // BlazePose does not use. The bytes are not needed afterwards.
  static absl::StatusOr<TfliteModel> Parse(absl::Span<const uint8_t> bytes);

  // Parses a file; also NotFound when it cannot be opened. Messages name the file.
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
