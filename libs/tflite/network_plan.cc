#include "tflite/network_plan.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"

namespace trackfit::tflite {
namespace {

constexpr int kMaxExtent = 1 << 16;
constexpr int64_t kMaxTensorFloats = int64_t{1} << 24;
constexpr int kMaxWindowExtent = 4096;  // also of strides and paddings
constexpr int kMaxOutputNesting = 8;    // reshapes and concatenations of one another
constexpr size_t kMaxSlices = 256;

Limits LimitsOf(Activation activation) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (activation) {
    case Activation::kNone:
      return {-kInfinity, kInfinity};
    case Activation::kRelu:
      return {0, kInfinity};
    case Activation::kReluN1To1:
      return {-1, 1};
    case Activation::kRelu6:
      return {0, 6};
  }
  return {-kInfinity, kInfinity};
}

int OutputExtent(int input, int filter, int stride, Padding padding) {
  if (padding == Padding::kSame) return (input + stride - 1) / stride;
  return filter > input ? 0 : (input - filter) / stride + 1;
}

// Zeros before the first row or column, as TensorFlow defines them for each kind of padding.
int MarginBefore(int input, int filter, int stride, Padding padding) {
  if (padding == Padding::kValid) return 0;
  const int covered = (OutputExtent(input, filter, stride, padding) - 1) * stride + filter;
  return std::max(0, covered - input) / 2;
}

absl::Status Invalid(absl::string_view message) { return absl::InvalidArgumentError(message); }

// A part of an output: a whole tensor, at an offset.
struct Slice {
  int tensor;
  size_t output;
  size_t offset;  // floats
};

// Translates operator by operator, and checks every shape, because the kernels do not.
class Planner {
 public:
  explicit Planner(const TfliteModel& model) : model_(model) {}

  absl::StatusOr<NetworkPlan> Plan(const std::vector<int>& outputs) {
    if (model_.inputs().size() != 1) return Invalid("a network needs exactly one input");
    if (absl::Status status = FindSlices(outputs); !status.ok()) return status;
    FindNeededOperators();
    if (absl::Status status = Load(model_.inputs()[0]); !status.ok()) return status;
    for (const TfliteOperator* op : needed_) {
      if (absl::Status status = Translate(*op); !status.ok()) {
        return absl::Status(status.code(),
                            absl::StrCat(status.message(), ", operator that makes tensor ", op->output));
      }
    }
    for (const Slice& slice : slices_) {
      const absl::StatusOr<int> tensor = Tensor(slice.tensor);
      if (!tensor.ok()) return tensor.status();
      PlanNode& node = Append(NodeKind::kStore, {*tensor}, -1);
      node.output_index = slice.output;
      node.output_offset = slice.offset;
    }
    return std::move(plan_);
  }

 private:
  // What a tensor of the model is in the plan: a plan tensor, possibly with zero padding around it.
  struct Value {
    int tensor = 0;
    int above = 0;
    int left = 0;
    bool padded = false;
  };

  const std::vector<int>& Shape(int tensor) const { return model_.tensors()[tensor].shape; }

  absl::Status FindSlices(const std::vector<int>& outputs) {
    plan_.input_shape = Shape(model_.inputs()[0]);
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i] < 0 || outputs[i] >= static_cast<int>(model_.outputs().size())) {
        return Invalid(absl::StrCat("the network has no output ", outputs[i]));
      }
      const int tensor = model_.outputs()[outputs[i]];
      plan_.output_shapes.push_back(Shape(tensor));
      const absl::StatusOr<size_t> end = AppendSlices(tensor, i, 0, kMaxOutputNesting);
      if (!end.ok()) return end.status();
    }
    return absl::OkStatus();
  }

  // Reshapes and concatenations are supported at the outputs only, where they cost nothing, nested up to
  // `levels` deep. Returns the offset past the tensor.
  absl::StatusOr<size_t> AppendSlices(int tensor, size_t output, size_t offset, int levels) {
    const auto maker = std::find_if(model_.operators().begin(), model_.operators().end(),
                                    [tensor](const TfliteOperator& op) { return op.output == tensor; });
    const bool computed = maker != model_.operators().end();
    if (!computed && tensor != model_.inputs()[0]) return Invalid("an output is never computed");
    const size_t end = offset + model_.tensors()[tensor].ElementCount();
    if (!computed || (maker->kind != OperatorKind::kReshape && maker->kind != OperatorKind::kConcatenation)) {
      slices_.push_back({tensor, output, offset});
      return end;
    }
    std::vector<int> parts = maker->inputs;
    if (maker->kind == OperatorKind::kReshape) {
      parts.resize(std::min<size_t>(1, parts.size()));  // the new shape is the output's
    } else if (!JoinsWholeRows(*maker)) {
      return absl::UnimplementedError("only concatenations of whole rows are supported");
    }
    if (levels == 0 || slices_.size() + parts.size() > kMaxSlices) {
      return absl::UnimplementedError("an output has too many parts");
    }
    for (const int part : parts) {
      const absl::StatusOr<size_t> part_end = AppendSlices(part, output, offset, levels - 1);
      if (!part_end.ok()) return part_end.status();
      offset = *part_end;
    }
    if (offset != end) return Invalid("the parts of an output do not fill it");
    return end;
  }

  bool JoinsWholeRows(const TfliteOperator& op) const {
    const std::vector<int>& shape = Shape(op.output);
    return op.activation == Activation::kNone && op.axis >= 0 && op.axis < static_cast<int>(shape.size()) &&
           std::all_of(shape.begin(), shape.begin() + op.axis, [](int extent) { return extent == 1; });
  }

  void FindNeededOperators() {
    std::set<int> wanted;
    for (const Slice& slice : slices_) {
      wanted.insert(slice.tensor);
      ++uses_[slice.tensor];
    }
    for (auto op = model_.operators().rbegin(); op != model_.operators().rend(); ++op) {
      if (wanted.count(op->output) == 0) continue;
      wanted.insert(op->inputs.begin(), op->inputs.end());
      for (const int input : op->inputs) ++uses_[input];
      needed_.push_back(&*op);
    }
    std::reverse(needed_.begin(), needed_.end());
  }

  PlanNode& Append(NodeKind kind, std::vector<int> inputs, int output) {
    PlanNode& node = plan_.nodes.emplace_back();
    node.kind = kind;
    node.inputs = std::move(inputs);
    node.output = output;
    return node;
  }

  static absl::StatusOr<TensorShape> ToTensorShape(const std::vector<int>& shape) {
    int64_t floats = 1;
    for (const int extent : shape) {
      if (extent > kMaxExtent || (floats *= extent) > kMaxTensorFloats)
        return Invalid("a tensor is too large");
    }
    if (shape.size() != 4 || shape[0] != 1)
      return absl::UnimplementedError("only batches of one image are supported");
    return TensorShape{shape[1], shape[2], shape[3]};
  }

  // Adds a plan tensor for an operator's output.
  absl::StatusOr<int> Make(int tensor) {
    const absl::StatusOr<TensorShape> shape = ToTensorShape(Shape(tensor));
    if (!shape.ok()) return shape.status();
    if (model_.tensors()[tensor].is_constant || values_.count(tensor) > 0) {
      return Invalid("an operator writes to a tensor that already has a value");
    }
    plan_.tensors.push_back(*shape);
    const int made = static_cast<int>(plan_.tensors.size()) - 1;
    values_[tensor] = {.tensor = made};
    return made;
  }

  absl::StatusOr<Value> PaddedTensor(int tensor) const {
    const auto value = values_.find(tensor);
    if (value != values_.end()) return value->second;
    return Invalid(absl::StrCat("tensor ", tensor, " is used before it is computed"));
  }

  absl::StatusOr<int> Tensor(int tensor) const {
    const absl::StatusOr<Value> value = PaddedTensor(tensor);
    if (!value.ok()) return value.status();
    if (value->padded) return absl::UnimplementedError("padding is only supported before convolutions");
    return value->tensor;
  }

  absl::Status Load(int tensor) {
    const absl::StatusOr<int> output = Make(tensor);
    if (!output.ok()) return output.status();
    Append(NodeKind::kLoad, {}, *output);
    return absl::OkStatus();
  }

  absl::Status Translate(const TfliteOperator& op) {
    const bool has_weights = op.kind == OperatorKind::kConv2d || op.kind == OperatorKind::kDepthwiseConv2d;
    const size_t needed = has_weights ? 3 : op.kind == OperatorKind::kAdd ? 2 : 1;
    if (op.inputs.size() < needed) return Invalid("too few inputs");
    if (has_weights) return TranslateConvolution(op);
    if (op.kind == OperatorKind::kPad) return TranslatePad(op);
    if (op.kind == OperatorKind::kReshape || op.kind == OperatorKind::kConcatenation) {
      return absl::UnimplementedError("reshapes and concatenations are only supported at the outputs");
    }
    const absl::StatusOr<int> input = Tensor(op.inputs[0]);
    if (!input.ok()) return input.status();
    switch (op.kind) {
      case OperatorKind::kAdd:
        return TranslateAdd(op, *input);
      case OperatorKind::kDepthToSpace:
        return TranslateDepthToSpace(op, *input);
      case OperatorKind::kLogistic:
        return TranslateSimple(op, NodeKind::kSigmoid, *input, Shape(op.inputs[0]));
      case OperatorKind::kMaxPool2d:
        return TranslatePool(op, *input);
      default:
        return TranslateResize(op, *input);
    }
  }

  absl::Status TranslateConvolution(const TfliteOperator& op) {
    const bool depthwise = op.kind == OperatorKind::kDepthwiseConv2d;
    const absl::StatusOr<Value> input = PaddedTensor(op.inputs[0]);
    if (!input.ok()) return input.status();
    const TfliteTensor& filter = model_.tensors()[op.inputs[1]];
    const TfliteTensor& bias = model_.tensors()[op.inputs[2]];
    const std::vector<int>& in = Shape(op.inputs[0]);
    // Output channels, height, width, input channels; or 1, height, width, channels.
    if (filter.shape.size() != 4 || in.size() != 4 || filter.shape[3] != in[3] ||
        (depthwise && filter.shape[0] != 1)) {
      return Invalid("the filter does not fit the input");
    }
    const int channels = depthwise ? filter.shape[3] : filter.shape[0];
    if (filter.floats.size() != filter.ElementCount() || bias.shape != std::vector<int>{channels} ||
        bias.floats.size() != bias.ElementCount()) {
      return Invalid("filter and bias must be constants that fit each other");
    }
    const absl::StatusOr<SlidingWindow> window =
        Window(op, filter.shape[1], filter.shape[2], channels, input->above, input->left);
    if (!window.ok()) return window.status();
    if (depthwise && (window->height != window->width || (window->height != 3 && window->height != 5) ||
                      window->stride_x != window->stride_y || window->stride_x > 2)) {
      return absl::UnimplementedError("depthwise convolutions have windows of 3 or 5 and strides of 1 or 2");
    }
    if (!depthwise && IsEnlargedForItAlone(op, *input, *window)) {
      return ConvolveBeforeResize(op, input->tensor, channels);
    }
    const absl::StatusOr<int> output = Make(op.output);
    if (!output.ok()) return output.status();
    PlanNode& node =
        Append(depthwise ? NodeKind::kDepthwise : NodeKind::kConvolution, {input->tensor}, *output);
    node.window = *window;
    node.limits = LimitsOf(op.activation);
    node.filter = op.inputs[1];
    node.bias = op.inputs[2];
    return absl::OkStatus();
  }

  // Whether a convolution looks at single pixels of what a resize has enlarged for nobody else.
  bool IsEnlargedForItAlone(const TfliteOperator& op, const Value& input, const SlidingWindow& window) const {
    if (window.height != 1 || window.width != 1 || window.stride_y != 1 || window.stride_x != 1) return false;
    if (input.padded || uses_.at(op.inputs[0]) != 1) return false;
    const auto resize = MakerOf(input.tensor);
    if (resize->kind != NodeKind::kResize) return false;
    const TensorShape &small = plan_.tensors[resize->inputs[0]], &large = plan_.tensors[input.tensor];
    return small.height <= large.height && small.width <= large.width;
  }

  // A resize mixes pixels with weights that sum to one, and such a convolution does the same to each pixel,
  // so their order does not matter but for the number of pixels, until the activation.
  absl::Status ConvolveBeforeResize(const TfliteOperator& op, int enlarged, int channels) {
    const absl::StatusOr<int> output = Make(op.output);
    if (!output.ok()) return output.status();
    const auto found = MakerOf(enlarged);
    PlanNode resize = *found;
    plan_.nodes.erase(found);
    plan_.tensors[enlarged] = plan_.tensors[resize.inputs[0]];  // holds the small result now
    plan_.tensors[enlarged].channels = channels;
    PlanNode& convolution = Append(NodeKind::kConvolution, {resize.inputs[0]}, enlarged);
    convolution.limits = LimitsOf(Activation::kNone);
    convolution.filter = op.inputs[1];
    convolution.bias = op.inputs[2];
    resize.inputs = {enlarged};
    resize.output = *output;
    resize.limits = LimitsOf(op.activation);
    plan_.nodes.push_back(std::move(resize));
    return absl::OkStatus();
  }

  std::vector<PlanNode>::const_iterator MakerOf(int tensor) const {
    return std::find_if(plan_.nodes.begin(), plan_.nodes.end(),
                        [tensor](const PlanNode& node) { return node.output == tensor; });
  }

  // Also checks the output's shape.
  absl::StatusOr<SlidingWindow> Window(const TfliteOperator& op, int height, int width, int channels,
                                       int above, int left) const {
    for (const int number : {height, width, op.stride_height, op.stride_width}) {
      if (number < 1 || number > kMaxWindowExtent) return Invalid("invalid window or stride");
    }
    if (op.dilation_height != 1 || op.dilation_width != 1) {
      return absl::UnimplementedError("dilation is not supported");
    }
    const std::vector<int>& in = Shape(op.inputs[0]);
    const std::vector<int> expected = {in[0], OutputExtent(in[1], height, op.stride_height, op.padding),
                                       OutputExtent(in[2], width, op.stride_width, op.padding), channels};
    if (absl::Status status = ExpectShape(op, expected); !status.ok()) return status;
    return SlidingWindow{.height = height,
                         .width = width,
                         .stride_y = op.stride_height,
                         .stride_x = op.stride_width,
                         .above = above + MarginBefore(in[1], height, op.stride_height, op.padding),
                         .left = left + MarginBefore(in[2], width, op.stride_width, op.padding)};
  }

  absl::Status TranslateAdd(const TfliteOperator& op, int left) {
    const absl::StatusOr<int> right = Tensor(op.inputs[1]);
    if (!right.ok()) return right.status();
    if (Shape(op.inputs[0]) != Shape(op.inputs[1])) return Invalid("the terms of a sum differ in shape");
    if (absl::Status status = ExpectShape(op, Shape(op.inputs[0])); !status.ok()) return status;
    if (AddToConvolution(op, left, *right)) return absl::OkStatus();
    const absl::StatusOr<int> output = Make(op.output);
    if (!output.ok()) return output.status();
    Append(NodeKind::kAdd, {left, *right}, *output).limits = LimitsOf(op.activation);
    return absl::OkStatus();
  }

  // Fuses the sum into a convolution whose only consumer it is.
  bool AddToConvolution(const TfliteOperator& op, int left, int right) {
    if (left == right || model_.tensors()[op.output].is_constant || values_.count(op.output) > 0)
      return false;
    const auto is_candidate = [&](const PlanNode& node) {
      return node.kind == NodeKind::kConvolution && node.inputs.size() == 1 &&
             node.limits.low == LimitsOf(Activation::kNone).low &&
             node.limits.high == LimitsOf(Activation::kNone).high &&
             ((node.output == left && uses_[op.inputs[0]] == 1) ||
              (node.output == right && uses_[op.inputs[1]] == 1));
    };
    const auto found = std::find_if(plan_.nodes.rbegin(), plan_.nodes.rend(), is_candidate);
    if (found == plan_.nodes.rend()) return false;
    PlanNode node = std::move(*found);
    plan_.nodes.erase(std::next(found).base());
    node.inputs.push_back(node.output == left ? right : left);
    node.limits = LimitsOf(op.activation);
    values_[op.output] = {.tensor = node.output};
    plan_.nodes.push_back(std::move(node));
    return true;
  }

  absl::Status TranslatePad(const TfliteOperator& op) {
    const absl::StatusOr<Value> input = PaddedTensor(op.inputs[0]);
    if (!input.ok()) return input.status();
    const std::vector<int>& in = Shape(op.inputs[0]);
    const std::vector<int> margins = op.inputs.size() > 1
                                         ? model_.tensors()[op.inputs[1]].integers
                                         : std::vector<int>();  // per dimension before, after
    if (in.size() != 4 || margins.size() != 2 * in.size()) {
      return Invalid("padding needs two numbers for each of four dimensions");
    }
    std::vector<int> padded = in;
    for (size_t i = 0; i < in.size(); ++i) {
      if (std::min(margins[2 * i], margins[2 * i + 1]) < 0 ||
          std::max(margins[2 * i], margins[2 * i + 1]) > kMaxWindowExtent) {
        return Invalid("invalid padding");
      }
      padded[i] += margins[2 * i] + margins[2 * i + 1];
    }
    if (absl::Status status = ExpectShape(op, padded); !status.ok()) return status;
    if (padded[0] == in[0] && padded[3] == in[3]) {
      return PadRowsAndColumns(op, {.tensor = input->tensor,
                                    .above = input->above + margins[2],
                                    .left = input->left + margins[4],
                                    .padded = true});
    }
    if (padded[0] != in[0] || padded[1] != in[1] || padded[2] != in[2] || input->padded) {
      return absl::UnimplementedError("padding of rows or columns together with channels is not supported");
    }
    const absl::StatusOr<int> output = Make(op.output);
    if (!output.ok()) return output.status();
    Append(NodeKind::kPadChannels, {input->tensor}, *output).channels_before = margins[6];
    return absl::OkStatus();
  }

  absl::Status PadRowsAndColumns(const TfliteOperator& op, const Value& value) {
    const absl::StatusOr<TensorShape> shape = ToTensorShape(Shape(op.output));
    if (!shape.ok()) return shape.status();
    if (model_.tensors()[op.output].is_constant || !values_.emplace(op.output, value).second) {
      return Invalid("an operator writes to a tensor that already has a value");
    }
    return absl::OkStatus();
  }

  absl::Status TranslatePool(const TfliteOperator& op, int input) {
    const std::vector<int>& in = Shape(op.inputs[0]);
    const absl::StatusOr<SlidingWindow> window = Window(op, op.filter_height, op.filter_width, in[3], 0, 0);
    if (!window.ok()) return window.status();
    const absl::StatusOr<int> output = Make(op.output);
    if (!output.ok()) return output.status();
    PlanNode& node = Append(NodeKind::kPool, {input}, *output);
    node.window = *window;
    node.limits = LimitsOf(op.activation);
    return absl::OkStatus();
  }

  absl::Status TranslateResize(const TfliteOperator& op, int input) {
    const std::vector<int>& in = Shape(op.inputs[0]);
    const std::vector<int>& out = Shape(op.output);
    if (out.size() != 4 || in[0] != out[0] || in[3] != out[3]) {
      return Invalid("a resize may only change height and width");
    }
    const absl::StatusOr<int> output = Make(op.output);
    if (!output.ok()) return output.status();
    PlanNode& node = Append(NodeKind::kResize, {input}, *output);
    node.limits = LimitsOf(Activation::kNone);
    node.align_corners = op.align_corners;
    node.half_pixel_centers = op.half_pixel_centers;
    return absl::OkStatus();
  }

  absl::Status TranslateDepthToSpace(const TfliteOperator& op, int input) {
    const std::vector<int>& in = Shape(op.inputs[0]);
    const int block = op.block_size;
    if (block < 2 || block > 64 || in[3] % (block * block) != 0) {
      return Invalid("the block does not fit the channels");
    }
    absl::Status made = TranslateSimple(op, NodeKind::kDepthToSpace, input,
                                        {in[0], in[1] * block, in[2] * block, in[3] / (block * block)});
    if (made.ok()) plan_.nodes.back().block = block;
    return made;
  }

  absl::Status TranslateSimple(const TfliteOperator& op, NodeKind kind, int input,
                               const std::vector<int>& shape) {
    if (absl::Status status = ExpectShape(op, shape); !status.ok()) return status;
    const absl::StatusOr<int> output = Make(op.output);
    if (!output.ok()) return output.status();
    Append(kind, {input}, *output);
    return absl::OkStatus();
  }

  absl::Status ExpectShape(const TfliteOperator& op, const std::vector<int>& shape) const {
    if (Shape(op.output) == shape) return absl::OkStatus();
    return Invalid(absl::StrCat("the output's shape should be ", absl::StrJoin(shape, "x")));
  }

  const TfliteModel& model_;
  NetworkPlan plan_;
  std::vector<Slice> slices_;
  std::vector<const TfliteOperator*> needed_;  // in order of execution
  std::map<int, int> uses_;                    // tensor of the model -> number of consumers
  std::map<int, Value> values_;                // tensor of the model -> what it is in the plan
};

RowRange WindowRows(const SlidingWindow& window, RowRange output) {
  return {output.begin * window.stride_y - window.above,
          (output.end - 1) * window.stride_y - window.above + window.height};
}

}  // namespace

absl::StatusOr<NetworkPlan> PlanNetwork(const TfliteModel& model, const std::vector<int>& outputs) {
  return Planner(model).Plan(outputs);
}

int64_t MultiplyAdds(const TfliteModel& model, const NetworkPlan& plan) {
  int64_t count = 0;
  for (const PlanNode& node : plan.nodes) {
    if (node.kind != NodeKind::kConvolution && node.kind != NodeKind::kDepthwise) continue;
    const TensorShape& output = plan.tensors[node.output];
    count += static_cast<int64_t>(model.tensors()[node.filter].ElementCount()) * output.height * output.width;
  }
  return count;
}

RowRange InputRows(const NetworkPlan& plan, const PlanNode& node, size_t position, RowRange output) {
  if (position > 0) return output;  // a term of a sum
  switch (node.kind) {
    case NodeKind::kConvolution:
    case NodeKind::kDepthwise:
    case NodeKind::kPool:
      return WindowRows(node.window, output);
    case NodeKind::kDepthToSpace:
      return {output.begin / node.block, (output.end - 1) / node.block + 1};
    case NodeKind::kResize: {
      const int from = plan.tensors[node.inputs[0]].height, to = plan.tensors[node.output].height;
      return {ResizeTap(node, output.begin, to, from).first,
              ResizeTap(node, output.end - 1, to, from).second + 1};
    }
    default:
      return output;
  }
}

InterpolationTap ResizeTap(const PlanNode& node, int output, int output_extent, int input_extent) {
  const auto at = static_cast<float>(output);
  const auto from = static_cast<float>(input_extent), to = static_cast<float>(output_extent);
  float position = at * (from / to);
  if (node.align_corners && output_extent > 1) {
    position = at * ((from - 1) / (to - 1));
  } else if (node.half_pixel_centers) {
    position = (at + 0.5f) * (from / to) - 0.5f;
  }
  position = std::clamp(position, 0.0f, from - 1);
  const int first = static_cast<int>(position);
  return {first, std::min(first + 1, input_extent - 1), position - static_cast<float>(first)};
}

}  // namespace trackfit::tflite
