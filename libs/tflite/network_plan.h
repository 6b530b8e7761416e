// What a TfliteModel computes for some of its outputs, checked and in terms of the kernels: padding is part
// of the windows, sums are part of the convolutions, and what no wanted output needs is left out.
#ifndef TRACKFIT_TFLITE_NETWORK_PLAN_H_
#define TRACKFIT_TFLITE_NETWORK_PLAN_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "tflite/kernels.h"
#include "tflite/row_schedule.h"
#include "tflite/tflite_model.h"

namespace trackfit::tflite {

// A picture of floats; what is not a picture has one row of one pixel.
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

// A window that slides over a picture. Rows above and columns to the left of the picture are zero (for
// pooling: do not count), and so are those behind its end.
struct SlidingWindow {
  int height = 1;
  int width = 1;
  int stride_y = 1;
  int stride_x = 1;
  int above = 0;
  int left = 0;
};

struct PlanNode {
  NodeKind kind = NodeKind::kLoad;
  std::vector<int> inputs;  // plan tensors; a convolution's second one is added to its result
  int output = -1;          // plan tensor
  SlidingWindow window;     // convolutions and pooling
  Limits limits{};          // convolutions, sums and pooling
  int filter = -1;          // convolutions: tensors of the model
  int bias = -1;
  int block = 1;               // depth to space
  int channels_before = 0;     // channel padding
  bool align_corners = false;  // resize
  bool half_pixel_centers = false;
  size_t output_index = 0;   // store: which of the outputs,
  size_t output_offset = 0;  // and how many floats before it
};

struct NetworkPlan {
  std::vector<TensorShape> tensors;
  std::vector<PlanNode> nodes;  // in order of execution; the first one loads
  std::vector<int> input_shape;
  std::vector<std::vector<int>> output_shapes;
};

// `outputs` are positions in model.outputs(). InvalidArgument when the model's shapes contradict one
// another, Unimplemented for what BlazePose does not do.
absl::StatusOr<NetworkPlan> PlanNetwork(const TfliteModel& model, const std::vector<int>& outputs);

// Rows of `node`'s input at `position` that these rows of its output are made of; may reach beyond the edges.
RowRange InputRows(const NetworkPlan& plan, const PlanNode& node, size_t position, RowRange output);

// Where an output row (or column) of a bilinear resize lies in the input.
InterpolationTap ResizeTap(const PlanNode& node, int output, int output_extent, int input_extent);

}  // namespace trackfit::tflite

#endif  // TRACKFIT_TFLITE_NETWORK_PLAN_H_
