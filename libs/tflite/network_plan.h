// The computation of some outputs of a TfliteModel, validated and expressed in terms of the kernels: padding
// is folded into the windows, sums are fused into convolutions, and operators that no requested output needs
// are dropped.
#ifndef TRACKFIT_TFLITE_NETWORK_PLAN_H_
#define TRACKFIT_TFLITE_NETWORK_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "tflite/kernels.h"
#include "tflite/row_schedule.h"
#include "tflite/tflite_model.h"

namespace trackfit::tflite {

// Height, width and channels of a tensor; the batch size is always 1.
struct TensorShape {
  int height = 1;
  int width = 1;
  int channels = 1;

  friend bool operator==(const TensorShape&, const TensorShape&) = default;
};

enum class NodeKind {
  kLoad,  // copies the network's input
  kConvolution,
  kDepthwise,
  kAdd,
  kPool,
  kResize,
  kDepthToSpace,
  kPadChannels,
  kSigmoid,
  kStore,  // copies to one of the network's outputs
};

// A window that slides over a tensor's rows and columns. Outside the tensor values are zero; pooling ignores
// them.
struct SlidingWindow {
  int height = 1;
  int width = 1;
  int stride_y = 1;
  int stride_x = 1;
  int above = 0;  // padding before the first row
  int left = 0;   // padding before the first column
};

struct PlanNode {
  NodeKind kind = NodeKind::kLoad;
  std::vector<int> inputs;  // plan tensors; the second one of a convolution is added to its result
  int output = -1;          // plan tensor
  SlidingWindow window;     // convolutions and pooling
  Limits limits{};          // convolutions, sums, pooling and resizes
  int filter = -1;          // convolutions: tensors of the model
  int bias = -1;
  int block = 1;               // depth to space
  int channels_before = 0;     // channel padding
  bool align_corners = false;  // resize
  bool half_pixel_centers = false;
  size_t output_index = 0;   // store: position among the requested outputs
  size_t output_offset = 0;  // store: offset in that output, floats
};

struct NetworkPlan {
  std::vector<TensorShape> tensors;
  std::vector<PlanNode> nodes;  // in order of execution; the first one loads
  std::vector<int> input_shape;
  std::vector<std::vector<int>> output_shapes;
};

// `outputs` are positions in model.outputs(). InvalidArgument when the model's shapes are inconsistent,
// Unimplemented for features that BlazePose does not use.
absl::StatusOr<NetworkPlan> PlanNetwork(const TfliteModel& model, const std::vector<int>& outputs);

// What the convolutions of a plan for this model multiply and add.
int64_t MultiplyAdds(const TfliteModel& model, const NetworkPlan& plan);

// The rows of the node's input at `position` that these rows of its output depend on; may extend past the
// input's edges.
RowRange InputRows(const NetworkPlan& plan, const PlanNode& node, size_t position, RowRange output);

// The input rows (or columns) that an output row (or column) of a bilinear resize interpolates between.
InterpolationTap ResizeTap(const PlanNode& node, int output, int output_extent, int input_extent);

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_NETWORK_PLAN_H_
