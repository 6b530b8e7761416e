#include "xnnpack_network.h"

#include <cpuinfo.h>
#include <xnnpack.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace trackfit::bench {
namespace {

using tflite::Activation;
using tflite::OperatorKind;
using tflite::Padding;
using tflite::TfliteModel;
using tflite::TfliteOperator;
using tflite::TfliteTensor;

struct SubgraphDeleter {
  void operator()(xnn_subgraph_t subgraph) const { xnn_delete_subgraph(subgraph); }
};
struct RuntimeDeleter {
  void operator()(xnn_runtime_t runtime) const { xnn_delete_runtime(runtime); }
};
using Subgraph = std::unique_ptr<xnn_subgraph, SubgraphDeleter>;
using Runtime = std::unique_ptr<xnn_runtime, RuntimeDeleter>;

// XNNPACK reads, but never writes, a little beyond its inputs.
constexpr size_t kExtraFloats = XNN_EXTRA_BYTES / sizeof(float);

// XNNPACK picks its kernels for this CPU when it is initialized. Its default matrix kernel for CPUs with FMA3
// but without AVX-512 (5x16, FMA3 broadcast) was compiled by Debian's gcc 12 with an accumulator on the stack
// and runs at half speed; the kernel meant for first-generation Zen (4x16s4) does not suffer. So the core is
// presented as such while XNNPACK chooses: 11.8 instead of 21.1 ms for the full landmark network.
xnn_status InitializeWithFastKernels() {
  if (!cpuinfo_initialize()) return xnn_status_out_of_memory;
  if (!cpuinfo_has_x86_fma3() || cpuinfo_has_x86_avx512f()) return xnn_initialize(nullptr);
  auto* core = const_cast<cpuinfo_core*>(cpuinfo_get_core(0));  // in writable memory of cpuinfo's
  const cpuinfo_uarch actual = std::exchange(core->uarch, cpuinfo_uarch_zen);
  const xnn_status status = xnn_initialize(nullptr);
  core->uarch = actual;
  return status;
}

absl::Status InitializeOnce() {
  static const xnn_status kStatus = InitializeWithFastKernels();
  return kStatus == xnn_status_success ? absl::OkStatus()
                                       : absl::InternalError("XNNPACK does not run on this CPU");
}

struct Range {
  float min = -std::numeric_limits<float>::infinity();
  float max = std::numeric_limits<float>::infinity();
};

Range RangeOf(Activation activation) {
  switch (activation) {
    case Activation::kNone:
      return {};
    case Activation::kRelu:
      return {.min = 0};
    case Activation::kReluN1To1:
      return {.min = -1, .max = 1};
    case Activation::kRelu6:
      return {.min = 0, .max = 6};
  }
  return {};
}

// Rows (or columns) of zeros around a picture so that a window slides over it as TensorFlow defines.
struct Margin {
  uint32_t before = 0;
  uint32_t after = 0;
};

int OutputExtent(int input, int filter, int stride, int dilation, Padding padding) {
  if (padding == Padding::kSame) return (input + stride - 1) / stride;
  const int covered = (filter - 1) * dilation + 1;
  return covered > input ? 0 : (input - covered) / stride + 1;
}

Margin MarginOf(int input, int filter, int stride, int dilation, Padding padding) {
  if (padding == Padding::kValid) return {};
  const int covered =
      (OutputExtent(input, filter, stride, dilation, padding) - 1) * stride + (filter - 1) * dilation + 1;
  const int total = std::max(0, covered - input);
  return {static_cast<uint32_t>(total / 2), static_cast<uint32_t>(total - total / 2)};
}

std::vector<size_t> Dimensions(const std::vector<int>& shape) { return {shape.begin(), shape.end()}; }

// An output that is a concatenation is not computed by XNNPACK (it has no such operator): every part is
// written to its slice of the output's buffer.
struct Slice {
  int tensor = 0;
  size_t output = 0;
  size_t offset = 0;  // floats
};

}  // namespace

struct XnnpackNetwork::State {
  std::shared_ptr<const TfliteModel> model;  // XNNPACK may keep pointers to the weights: they go last
  std::vector<float> input;
  std::vector<int> input_shape;
  std::vector<std::vector<float>> outputs;
  std::vector<std::vector<int>> output_shapes;
  Runtime runtime;
};

namespace {

// Translates operator by operator; every shape is checked here, because XNNPACK trusts them.
class Importer {
 public:
  Importer(const TfliteModel& model, std::vector<Slice> slices) : model_(model), slices_(std::move(slices)) {}

  // `input` and `outputs` are the buffers that the runtime will read and write.
  absl::StatusOr<Runtime> Import(float* input, std::vector<std::vector<float>>& outputs) {
    xnn_subgraph_t subgraph = nullptr;
    if (xnn_create_subgraph(static_cast<uint32_t>(1 + slices_.size()), 0, &subgraph) != xnn_status_success) {
      return absl::InternalError("XNNPACK cannot create a subgraph");
    }
    subgraph_.reset(subgraph);
    FindNeededOperators();
    if (absl::Status status = DefineExternals(input, outputs); !status.ok()) return status;
    for (const TfliteOperator* op : needed_) {
      if (absl::Status status = Define(*op); !status.ok()) {
        return absl::Status(status.code(),
                            absl::StrCat(status.message(), ", operator that makes tensor ", op->output));
      }
    }
    return CreateRuntime();
  }

 private:
  const TfliteTensor& Tensor(int index) const { return model_.tensors()[index]; }

  void FindNeededOperators() {
    std::set<int> wanted;
    for (const Slice& slice : slices_) wanted.insert(slice.tensor);
    for (auto op = model_.operators().rbegin(); op != model_.operators().rend(); ++op) {
      if (wanted.count(op->output) == 0) continue;
      wanted.insert(op->inputs.begin(), op->inputs.end());
      needed_.push_back(&*op);
    }
    std::reverse(needed_.begin(), needed_.end());
  }

  absl::Status DefineExternals(float* input, std::vector<std::vector<float>>& outputs) {
    absl::Status status = DefineValue(model_.inputs()[0], 0, XNN_VALUE_FLAG_EXTERNAL_INPUT);
    externals_.push_back({0, input});
    for (size_t i = 0; i < slices_.size() && status.ok(); ++i) {
      const auto id = static_cast<uint32_t>(i + 1);
      if (values_.count(slices_[i].tensor) > 0) return absl::InvalidArgumentError("an output is given twice");
      status = DefineValue(slices_[i].tensor, id, XNN_VALUE_FLAG_EXTERNAL_OUTPUT);
      externals_.push_back({id, outputs[slices_[i].output].data() + slices_[i].offset});
    }
    return status;
  }

  absl::Status DefineValue(int tensor, uint32_t external_id, uint32_t flags) {
    const std::vector<size_t> dimensions = Dimensions(Tensor(tensor).shape);
    const void* data = Tensor(tensor).is_constant ? Tensor(tensor).floats.data() : nullptr;
    uint32_t id = XNN_INVALID_VALUE_ID;
    const xnn_status status = xnn_define_tensor_value(subgraph_.get(), xnn_datatype_fp32, dimensions.size(),
                                                      dimensions.data(), data, external_id, flags, &id);
    values_[tensor] = id;
    return Check(status, "tensor");
  }

  // The value of the network's input, or of a tensor that an operator has made before.
  absl::StatusOr<uint32_t> Input(int tensor) const {
    if (tensor == model_.inputs()[0] || made_.count(tensor) > 0) return values_.at(tensor);
    return absl::InvalidArgumentError(absl::StrCat("tensor ", tensor, " is used before it is computed"));
  }

  // The value of a constant; several operators may share it.
  absl::StatusOr<uint32_t> Constant(int tensor) {
    if (const auto known = values_.find(tensor); known != values_.end()) return known->second;
    if (absl::Status status = DefineValue(tensor, XNN_INVALID_VALUE_ID, 0); !status.ok()) return status;
    return values_[tensor];
  }

  absl::StatusOr<uint32_t> Output(int tensor) {
    if (Tensor(tensor).is_constant || tensor == model_.inputs()[0] || !made_.insert(tensor).second) {
      return absl::InvalidArgumentError("an operator writes to a tensor that has a value");
    }
    if (const auto known = values_.find(tensor); known != values_.end()) return known->second;
    if (absl::Status status = DefineValue(tensor, XNN_INVALID_VALUE_ID, 0); !status.ok()) return status;
    return values_[tensor];
  }

  absl::Status Define(const TfliteOperator& op) {
    const bool has_weights = op.kind == OperatorKind::kConv2d || op.kind == OperatorKind::kDepthwiseConv2d;
    const size_t needed = has_weights ? 3 : op.kind == OperatorKind::kAdd ? 2 : 1;
    if (op.inputs.size() < needed) return absl::InvalidArgumentError("too few inputs");
    const absl::StatusOr<uint32_t> input = Input(op.inputs[0]);
    if (!input.ok()) return input.status();
    const absl::StatusOr<uint32_t> output = Output(op.output);
    if (!output.ok()) return output.status();
    switch (op.kind) {
      case OperatorKind::kAdd:
        return DefineAdd(op, *input, *output);
      case OperatorKind::kConv2d:
        return DefineConvolution(op, *input, *output);
      case OperatorKind::kDepthwiseConv2d:
        return DefineDepthwiseConvolution(op, *input, *output);
      case OperatorKind::kDepthToSpace:
        return DefineDepthToSpace(op, *input, *output);
      case OperatorKind::kLogistic:
        if (absl::Status status = ExpectShape(op, Tensor(op.inputs[0]).shape); !status.ok()) return status;
        return Check(xnn_define_sigmoid(subgraph_.get(), *input, *output, 0), "sigmoid");
      case OperatorKind::kMaxPool2d:
        return DefineMaxPooling(op, *input, *output);
      case OperatorKind::kPad:
        return DefinePad(op, *input, *output);
      case OperatorKind::kReshape:
        return DefineReshape(op, *input, *output);
      case OperatorKind::kResizeBilinear:
        return DefineResize(op, *input, *output);
      case OperatorKind::kConcatenation:
        return absl::UnimplementedError("concatenation is only supported at the outputs");
    }
    return absl::InternalError("unknown operator");
  }

  absl::Status DefineAdd(const TfliteOperator& op, uint32_t input, uint32_t output) {
    const absl::StatusOr<uint32_t> other = Input(op.inputs[1]);
    if (!other.ok()) return other.status();
    if (Tensor(op.inputs[0]).shape != Tensor(op.inputs[1]).shape) {
      return absl::InvalidArgumentError("the terms of a sum differ in shape");
    }
    if (absl::Status status = ExpectShape(op, Tensor(op.inputs[0]).shape); !status.ok()) return status;
    const Range range = RangeOf(op.activation);
    return Check(xnn_define_add2(subgraph_.get(), range.min, range.max, input, *other, output, 0), "add");
  }

  absl::Status DefineConvolution(const TfliteOperator& op, uint32_t input, uint32_t output) {
    const std::vector<int>& in = Tensor(op.inputs[0]).shape;
    const std::vector<int>& filter =
        Tensor(op.inputs[1]).shape;  // output channels, height, width, input channels
    if (filter.size() != 4 || in.size() != 4 || filter[3] != in[3]) {
      return absl::InvalidArgumentError("the filter does not fit the input");
    }
    const absl::StatusOr<Weights> weights = WeightsOf(op, filter[0]);
    if (!weights.ok()) return weights.status();
    if (absl::Status status = ExpectWindowed(op, filter[1], filter[2], filter[0]); !status.ok())
      return status;
    const Margin rows = MarginOf(in[1], filter[1], op.stride_height, op.dilation_height, op.padding);
    const Margin columns = MarginOf(in[2], filter[2], op.stride_width, op.dilation_width, op.padding);
    const Range range = RangeOf(op.activation);
    return Check(
        xnn_define_convolution_2d(subgraph_.get(), rows.before, columns.after, rows.after, columns.before,
                                  filter[1], filter[2], op.stride_height, op.stride_width, op.dilation_height,
                                  op.dilation_width, /*groups=*/1, filter[3], filter[0], range.min, range.max,
                                  input, weights->filter, weights->bias, output, 0),
        "convolution");
  }

  absl::Status DefineDepthwiseConvolution(const TfliteOperator& op, uint32_t input, uint32_t output) {
    const std::vector<int>& in = Tensor(op.inputs[0]).shape;
    const std::vector<int>& filter = Tensor(op.inputs[1]).shape;  // 1, height, width, output channels
    if (filter.size() != 4 || in.size() != 4 || filter[0] != 1 || filter[3] % in[3] != 0) {
      return absl::InvalidArgumentError("the depthwise filter does not fit the input");
    }
    const absl::StatusOr<Weights> weights = WeightsOf(op, filter[3]);
    if (!weights.ok()) return weights.status();
    if (absl::Status status = ExpectWindowed(op, filter[1], filter[2], filter[3]); !status.ok())
      return status;
    const Margin rows = MarginOf(in[1], filter[1], op.stride_height, op.dilation_height, op.padding);
    const Margin columns = MarginOf(in[2], filter[2], op.stride_width, op.dilation_width, op.padding);
    const Range range = RangeOf(op.activation);
    return Check(xnn_define_depthwise_convolution_2d(subgraph_.get(), rows.before, columns.after, rows.after,
                                                     columns.before, filter[1], filter[2], op.stride_height,
                                                     op.stride_width, op.dilation_height, op.dilation_width,
                                                     filter[3] / in[3], in[3], range.min, range.max, input,
                                                     weights->filter, weights->bias, output, 0),
                 "depthwise convolution");
  }

  absl::Status DefineMaxPooling(const TfliteOperator& op, uint32_t input, uint32_t output) {
    const std::vector<int>& in = Tensor(op.inputs[0]).shape;
    if (in.size() != 4) return absl::InvalidArgumentError("pooling needs a picture");
    if (absl::Status status = ExpectWindowed(op, op.filter_height, op.filter_width, in[3]); !status.ok()) {
      return status;
    }
    const Margin rows = MarginOf(in[1], op.filter_height, op.stride_height, 1, op.padding);
    const Margin columns = MarginOf(in[2], op.filter_width, op.stride_width, 1, op.padding);
    const Range range = RangeOf(op.activation);
    return Check(
        xnn_define_max_pooling_2d(subgraph_.get(), rows.before, columns.after, rows.after, columns.before,
                                  op.filter_height, op.filter_width, op.stride_height, op.stride_width, 1, 1,
                                  range.min, range.max, input, output, 0),
        "max pooling");
  }

  absl::Status DefinePad(const TfliteOperator& op, uint32_t input, uint32_t output) {
    const std::vector<int>& in = Tensor(op.inputs[0]).shape;
    const std::vector<int> margins = op.inputs.size() > 1
                                         ? Tensor(op.inputs[1]).integers
                                         : std::vector<int>();  // per dimension before, after
    if (margins.size() != 2 * in.size())
      return absl::InvalidArgumentError("padding needs two numbers per dimension");
    std::vector<int> padded = in;
    std::vector<size_t> before, after;
    for (size_t i = 0; i < in.size(); ++i) {
      if (std::min(margins[2 * i], margins[2 * i + 1]) < 0 ||
          std::max(margins[2 * i], margins[2 * i + 1]) > 4096) {
        return absl::InvalidArgumentError("impossible padding");
      }
      before.push_back(margins[2 * i]);
      after.push_back(margins[2 * i + 1]);
      padded[i] += margins[2 * i] + margins[2 * i + 1];
    }
    if (absl::Status status = ExpectShape(op, padded); !status.ok()) return status;
    return Check(
        xnn_define_static_constant_pad(subgraph_.get(), before.data(), after.data(), 0.0f, input, output, 0),
        "pad");
  }

  absl::Status DefineReshape(const TfliteOperator& op, uint32_t input, uint32_t output) {
    if (Tensor(op.inputs[0]).ElementCount() != Tensor(op.output).ElementCount()) {
      return absl::InvalidArgumentError("a reshape changes the number of elements");
    }
    const std::vector<size_t> shape = Dimensions(Tensor(op.output).shape);
    return Check(xnn_define_static_reshape(subgraph_.get(), shape.size(), shape.data(), input, output, 0),
                 "reshape");
  }

  absl::Status DefineResize(const TfliteOperator& op, uint32_t input, uint32_t output) {
    const std::vector<int>& in = Tensor(op.inputs[0]).shape;
    const std::vector<int>& out = Tensor(op.output).shape;
    if (in.size() != 4 || out.size() != 4 || in[0] != out[0] || in[3] != out[3]) {
      return absl::InvalidArgumentError("a resize may only change height and width");
    }
    const uint32_t flags = op.align_corners        ? XNN_FLAG_ALIGN_CORNERS
                           : op.half_pixel_centers ? 0
                                                   : XNN_FLAG_TENSORFLOW_LEGACY_MODE;
    return Check(xnn_define_static_resize_bilinear_2d(subgraph_.get(), out[1], out[2], input, output, flags),
                 "bilinear resize");
  }

  absl::Status DefineDepthToSpace(const TfliteOperator& op, uint32_t input, uint32_t output) {
    const std::vector<int>& in = Tensor(op.inputs[0]).shape;
    const int block = op.block_size;
    if (in.size() != 4 || block < 2 || block > 64 || in[3] % (block * block) != 0) {
      return absl::InvalidArgumentError("the block does not fit the channels");
    }
    const std::vector<int> out = {in[0], in[1] * block, in[2] * block, in[3] / (block * block)};
    if (absl::Status status = ExpectShape(op, out); !status.ok()) return status;
    return Check(xnn_define_depth_to_space(subgraph_.get(), input, output, block, 0), "depth to space");
  }

  struct Weights {
    uint32_t filter = 0;
    uint32_t bias = 0;
  };

  absl::StatusOr<Weights> WeightsOf(const TfliteOperator& op, int channels) {
    const TfliteTensor& filter = Tensor(op.inputs[1]);
    const TfliteTensor& bias = Tensor(op.inputs[2]);
    if (filter.floats.size() != filter.ElementCount() || bias.shape != std::vector<int>{channels} ||
        bias.floats.size() != bias.ElementCount()) {
      return absl::InvalidArgumentError("filter and bias must be constants that fit each other");
    }
    const absl::StatusOr<uint32_t> filter_id = Constant(op.inputs[1]);
    if (!filter_id.ok()) return filter_id.status();
    const absl::StatusOr<uint32_t> bias_id = Constant(op.inputs[2]);
    if (!bias_id.ok()) return bias_id.status();
    return Weights{*filter_id, *bias_id};
  }

  absl::Status ExpectShape(const TfliteOperator& op, const std::vector<int>& shape) const {
    if (Tensor(op.output).shape == shape) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("the output's shape should be ", absl::StrJoin(shape, "x")));
  }

  // The shape of what a sliding window makes of a picture.
  absl::Status ExpectWindowed(const TfliteOperator& op, int height, int width, int channels) const {
    constexpr int kLargest = 4096;
    for (const int number :
         {height, width, op.stride_height, op.stride_width, op.dilation_height, op.dilation_width}) {
      if (number < 1 || number > kLargest)
        return absl::InvalidArgumentError("impossible window, stride or dilation");
    }
    const std::vector<int>& in = Tensor(op.inputs[0]).shape;
    return ExpectShape(
        op, {in[0], OutputExtent(in[1], height, op.stride_height, op.dilation_height, op.padding),
             OutputExtent(in[2], width, op.stride_width, op.dilation_width, op.padding), channels});
  }

  static absl::Status Check(xnn_status status, const char* what) {
    if (status == xnn_status_success) return absl::OkStatus();
    return absl::InternalError(
        absl::StrCat("XNNPACK refuses a ", what, " (status ", static_cast<int>(status), ")"));
  }

  absl::StatusOr<Runtime> CreateRuntime() {
    xnn_runtime_t runtime = nullptr;
    xnn_status status = xnn_create_runtime_v2(subgraph_.get(), /*threadpool=*/nullptr, 0, &runtime);
    Runtime owned(runtime);
    if (status == xnn_status_success)
      status = xnn_setup_runtime(runtime, externals_.size(), externals_.data());
    if (absl::Status checked = Check(status, "runtime"); !checked.ok()) return checked;
    return owned;
  }

  const TfliteModel& model_;
  const std::vector<Slice> slices_;
  Subgraph subgraph_;
  std::vector<const TfliteOperator*> needed_;  // in order of execution
  std::map<int, uint32_t> values_;             // tensor -> XNNPACK value
  std::set<int> made_;                         // tensors that an operator computes
  std::vector<xnn_external_value> externals_;
};

// The tensors that together make an output: the output itself, or the parts of a concatenation.
absl::Status AppendSlices(const TfliteModel& model, int tensor, size_t output, std::vector<Slice>& slices) {
  const auto maker = std::find_if(model.operators().begin(), model.operators().end(),
                                  [tensor](const TfliteOperator& op) { return op.output == tensor; });
  if (maker == model.operators().end()) return absl::InvalidArgumentError("an output is never computed");
  if (maker->kind != OperatorKind::kConcatenation) {
    slices.push_back({tensor, output, 0});
    return absl::OkStatus();
  }
  const std::vector<int>& shape = model.tensors()[tensor].shape;
  if (maker->activation != Activation::kNone || maker->axis < 0 ||
      maker->axis >= static_cast<int>(shape.size()) ||
      std::any_of(shape.begin(), shape.begin() + maker->axis, [](int extent) { return extent != 1; })) {
    return absl::UnimplementedError("only concatenations of whole rows are supported");
  }
  size_t offset = 0;
  for (const int part : maker->inputs) {
    slices.push_back({part, output, offset});
    offset += model.tensors()[part].ElementCount();
  }
  if (offset != model.tensors()[tensor].ElementCount()) {
    return absl::InvalidArgumentError("the parts of a concatenation do not fill it");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<XnnpackNetwork> XnnpackNetwork::Create(std::shared_ptr<const TfliteModel> model,
                                                      const std::vector<int>& outputs) {
  if (absl::Status status = InitializeOnce(); !status.ok()) return status;
  if (model->inputs().size() != 1) return absl::InvalidArgumentError("a network needs exactly one input");
  auto state = std::make_unique<State>();
  const TfliteTensor& input = model->tensors()[model->inputs()[0]];
  state->input_shape = input.shape;
  state->input.assign(input.ElementCount() + kExtraFloats, 0.0f);
  std::vector<Slice> slices;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i] < 0 || outputs[i] >= static_cast<int>(model->outputs().size())) {
      return absl::InvalidArgumentError(absl::StrCat("the network has no output ", outputs[i]));
    }
    const int tensor = model->outputs()[outputs[i]];
    state->output_shapes.push_back(model->tensors()[tensor].shape);
    // The margin, because an output may be an input of another operator.
    state->outputs.emplace_back(model->tensors()[tensor].ElementCount() + kExtraFloats, 0.0f);
    if (absl::Status status = AppendSlices(*model, tensor, i, slices); !status.ok()) return status;
  }
  absl::StatusOr<Runtime> runtime =
      Importer(*model, std::move(slices)).Import(state->input.data(), state->outputs);
  if (!runtime.ok()) return runtime.status();
  state->runtime = *std::move(runtime);
  state->model = std::move(model);
  return XnnpackNetwork(std::move(state));
}

XnnpackNetwork::XnnpackNetwork(std::unique_ptr<State> state) : state_(std::move(state)) {}
XnnpackNetwork::XnnpackNetwork(XnnpackNetwork&&) noexcept = default;
XnnpackNetwork& XnnpackNetwork::operator=(XnnpackNetwork&&) noexcept = default;
XnnpackNetwork::~XnnpackNetwork() = default;

absl::Span<float> XnnpackNetwork::input() {
  return absl::MakeSpan(state_->input.data(), state_->input.size() - kExtraFloats);
}

const std::vector<int>& XnnpackNetwork::input_shape() const { return state_->input_shape; }

absl::Status XnnpackNetwork::Run() {
  const xnn_status status = xnn_invoke_runtime(state_->runtime.get());
  if (status == xnn_status_success) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("XNNPACK failed (status ", static_cast<int>(status), ")"));
}

absl::Span<const float> XnnpackNetwork::output(size_t i) const {
  const std::vector<float>& output = state_->outputs.at(i);
  return absl::MakeConstSpan(output.data(), output.size() - kExtraFloats);
}

const std::vector<int>& XnnpackNetwork::output_shape(size_t i) const { return state_->output_shapes.at(i); }

}  // namespace trackfit::bench
