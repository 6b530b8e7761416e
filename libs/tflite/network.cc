#include "tflite/network.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "tflite/network_program.h"

namespace trackfit::tflite {

struct NetworkBuffers {
  explicit NetworkBuffers(const NetworkProgram& program)
      : input(ElementCount(program.plan.input_shape), 0.0f),
        tensors(AllocateFloats(program.tensor_floats)),
        zeros(AllocateFloats(program.widest_row)),
        input_pixels(program.max_step_inputs),
        residual_pixels(program.max_step_pixels),
        output_pixels(program.max_step_pixels) {
    for (const std::vector<int>& shape : program.plan.output_shapes) {
      outputs.emplace_back(ElementCount(shape), 0.0f);
    }
  }

  static size_t ElementCount(const std::vector<int>& shape) {
    size_t count = 1;
    for (const int extent : shape) count *= static_cast<size_t>(extent);
    return count;
  }

  std::vector<float> input;
  std::vector<std::vector<float>> outputs;
  FloatArray tensors;
  FloatArray zeros;  // stands in for rows outside the image
  // Pointers of one step:
  std::vector<const float*> input_pixels;
  std::vector<const float*> residual_pixels;
  std::vector<float*> output_pixels;
};

namespace {

// Runs a program once on one set of buffers.
class Runner {
 public:
  Runner(const NetworkProgram& program, NetworkBuffers& buffers) : program_(program), buffers_(buffers) {}

  void Run() {
    for (const RowStep& step : program_.steps) {
      const PackedNode& packed = program_.nodes[step.producer];
      if (packed.node.output >= 0) ClearMargins(packed.node.output, step.rows);
      if (packed.node.kind == NodeKind::kConvolution) {
        Convolve(packed, step.rows);
      } else if (packed.node.kind == NodeKind::kDepthwise) {
        Depthwise(packed, step.rows);
      } else {
        for (int row = step.rows.begin; row < step.rows.end; ++row) RunRow(packed, row);
      }
    }
  }

 private:
  const TensorLayout& Layout(int tensor) const { return program_.tensors[tensor]; }

  // The pixel in the first column of a row; of zeros outside the image.
  float* Row(int tensor, int row) const {
    const TensorLayout& layout = Layout(tensor);
    const size_t first = static_cast<size_t>(layout.left_columns) * static_cast<size_t>(layout.pixel_floats);
    if (row < 0 || row >= layout.shape.height) return buffers_.zeros.get() + first;
    return buffers_.tensors.get() + layout.offset +
           static_cast<size_t>(row % layout.rows_kept) * layout.RowFloats() + first;
  }

  // The margins must be zero, but other tensors may have used the memory.
  void ClearMargins(int tensor, RowRange rows) const {
    const TensorLayout& layout = Layout(tensor);
    const int left = layout.left_columns * layout.pixel_floats;
    const int right = layout.right_columns * layout.pixel_floats;
    if (left + right == 0) return;
    for (int row = rows.begin; row < rows.end; ++row) {
      float* first = Row(tensor, row);
      std::fill_n(first - left, left, 0.0f);
      std::fill_n(first + layout.shape.width * layout.pixel_floats, right, 0.0f);
    }
  }

  void Convolve(const PackedNode& packed, RowRange rows) {
    const PlanNode& node = packed.node;
    const TensorLayout& input = Layout(node.inputs[0]);
    const TensorLayout& output = Layout(node.output);
    const SlidingWindow& window = node.window;
    const int width = output.shape.width, pixels = (rows.end - rows.begin) * width;
    const bool adds = node.inputs.size() > 1;
    for (int row = rows.begin, pixel = 0; row < rows.end; ++row, pixel += width) {
      for (int segment = 0; segment < window.height; ++segment) {
        const float* from = Row(node.inputs[0], row * window.stride_y - window.above + segment) -
                            window.left * input.pixel_floats;
        const float** to = buffers_.input_pixels.data() + segment * pixels + pixel;
        for (int x = 0; x < width; ++x, from += window.stride_x * input.pixel_floats) to[x] = from;
      }
      float* made = Row(node.output, row);
      const float* added = adds ? Row(node.inputs[1], row) : nullptr;
      for (int x = 0; x < width; ++x) {
        buffers_.output_pixels[pixel + x] = made + x * output.pixel_floats;
        if (adds) buffers_.residual_pixels[pixel + x] = added + x * output.pixel_floats;
      }
    }
    program_.kernels->convolve({.inputs = buffers_.input_pixels.data(),
                                .pixels = pixels,
                                .segments = window.height,
                                .segment_length = window.width * input.pixel_floats,
                                .weights = program_.weights.get() + packed.weights,
                                .channels = output.pixel_floats,
                                .residuals = adds ? buffers_.residual_pixels.data() : nullptr,
                                .outputs = buffers_.output_pixels.data(),
                                .limits = node.limits});
  }

  void RunRow(const PackedNode& packed, int row) {
    const PlanNode& node = packed.node;
    switch (node.kind) {
      case NodeKind::kLoad:
        return Load(node, row);
      case NodeKind::kAdd:
        return Add(node, row);
      case NodeKind::kPool:
        return Pool(node, row);
      case NodeKind::kResize:
        return Resize(packed, row);
      case NodeKind::kDepthToSpace:
        return DepthToSpace(node, row);
      case NodeKind::kPadChannels:
        return PadChannels(node, row);
      case NodeKind::kSigmoid:
        return Sigmoid(node, row);
      case NodeKind::kStore:
        return Store(node, row);
      case NodeKind::kConvolution:
      case NodeKind::kDepthwise:
        return;  // Run() computes several rows of these at once
    }
  }

  // Padding channels are multiplied by zero weights, so they must be finite.
  float* ClearedRow(int tensor, int row) const {
    const TensorLayout& layout = Layout(tensor);
    float* first = Row(tensor, row);
    if (layout.pixel_floats != layout.shape.channels) {
      std::fill_n(first, layout.shape.width * layout.pixel_floats, 0.0f);
    }
    return first;
  }

  void Load(const PlanNode& node, int row) {
    const TensorLayout& layout = Layout(node.output);
    const size_t floats = static_cast<size_t>(layout.shape.width) * layout.shape.channels;
    CopyPixels(buffers_.input.data() + row * floats, layout.shape.channels, ClearedRow(node.output, row),
               layout.pixel_floats, layout.shape);
  }

  void Store(const PlanNode& node, int row) {
    const TensorLayout& layout = Layout(node.inputs[0]);
    const size_t floats = static_cast<size_t>(layout.shape.width) * layout.shape.channels;
    CopyPixels(Row(node.inputs[0], row), layout.pixel_floats,
               buffers_.outputs[node.output_index].data() + node.output_offset + row * floats,
               layout.shape.channels, layout.shape);
  }

  static void CopyPixels(const float* from, int from_floats, float* to, int to_floats,
                         const TensorShape& shape) {
    if (from_floats == to_floats) {
      std::memcpy(to, from, sizeof(float) * static_cast<size_t>(shape.width) * from_floats);
      return;
    }
    for (int x = 0; x < shape.width; ++x, from += from_floats, to += to_floats) {
      std::memcpy(to, from, sizeof(float) * shape.channels);
    }
  }

  void Depthwise(const PackedNode& packed, RowRange rows) {
    const PlanNode& node = packed.node;
    const TensorLayout& input = Layout(node.inputs[0]);
    DepthwiseArgs args{.rows = {},
                       .outputs = {},
                       .size = node.window.height,
                       .stride = node.window.stride_x,
                       .pixels = Layout(node.output).shape.width,
                       .channels = input.pixel_floats,
                       .weights = program_.weights.get() + packed.weights,
                       .limits = node.limits};
    for (int row = rows.begin; row < rows.end; row += 2) {
      const bool two = row + 1 < rows.end;
      args.outputs[0] = Row(node.output, row);
      args.outputs[1] = two ? Row(node.output, row + 1) : nullptr;
      const int covered = args.size + (two ? args.stride : 0);
      for (int i = 0; i < covered; ++i) {
        args.rows[i] = Row(node.inputs[0], row * args.stride - node.window.above + i) -
                       node.window.left * input.pixel_floats;
      }
      program_.kernels->depthwise(args);
    }
  }

  void Add(const PlanNode& node, int row) {
    const TensorLayout& layout = Layout(node.output);
    program_.kernels->add({.left = Row(node.inputs[0], row),
                           .right = Row(node.inputs[1], row),
                           .floats = static_cast<size_t>(layout.shape.width) * layout.pixel_floats,
                           .output = Row(node.output, row),
                           .limits = node.limits});
  }

  // Only the part of a window inside the image counts.
  void Pool(const PlanNode& node, int row) {
    const TensorLayout& input = Layout(node.inputs[0]);
    const TensorLayout& output = Layout(node.output);
    const SlidingWindow& window = node.window;
    const RowRange wanted = InputRows(program_.plan, node, 0, {row, row + 1});
    const RowRange rows = {std::max(0, wanted.begin), std::min(input.shape.height, wanted.end)};
    std::vector<const float*>& pointers = buffers_.input_pixels;
    for (int x = 0; x < output.shape.width; ++x) {
      const int left = std::max(0, x * window.stride_x - window.left);
      const int right = std::min(input.shape.width, x * window.stride_x - window.left + window.width);
      for (int y = rows.begin; y < rows.end; ++y) {
        pointers[y - rows.begin] = Row(node.inputs[0], y) + left * input.pixel_floats;
      }
      program_.kernels->pool({.rows = pointers.data(),
                              .row_count = rows.end - rows.begin,
                              .column_count = right - left,
                              .channels = input.pixel_floats,
                              .output = Row(node.output, row) + x * output.pixel_floats,
                              .limits = node.limits});
    }
  }

  void Resize(const PackedNode& packed, int row) {
    const PlanNode& node = packed.node;
    const TensorLayout& input = Layout(node.inputs[0]);
    const TensorLayout& output = Layout(node.output);
    const InterpolationTap tap = ResizeTap(node, row, output.shape.height, input.shape.height);
    program_.kernels->resize({.upper = Row(node.inputs[0], tap.first),
                              .lower = Row(node.inputs[0], tap.second),
                              .lower_weight = tap.weight,
                              .columns = packed.columns.data(),
                              .pixels = output.shape.width,
                              .channels = output.pixel_floats,
                              .output = Row(node.output, row),
                              .limits = node.limits});
  }

  void DepthToSpace(const PlanNode& node, int row) {
    const TensorLayout& input = Layout(node.inputs[0]);
    const TensorLayout& output = Layout(node.output);
    const int channels = output.shape.channels;
    const float* from = Row(node.inputs[0], row / node.block) + row % node.block * node.block * channels;
    float* to = ClearedRow(node.output, row);
    for (int x = 0; x < output.shape.width; ++x, to += output.pixel_floats) {
      std::memcpy(to, from + x / node.block * input.pixel_floats + x % node.block * channels,
                  sizeof(float) * channels);
    }
  }

  void PadChannels(const PlanNode& node, int row) {
    const TensorLayout& input = Layout(node.inputs[0]);
    const TensorLayout& output = Layout(node.output);
    const float* from = Row(node.inputs[0], row);
    float* to = Row(node.output, row);
    std::fill_n(to, output.shape.width * output.pixel_floats, 0.0f);
    CopyPixels(from, input.pixel_floats, to + node.channels_before, output.pixel_floats,
               {1, input.shape.width, input.shape.channels});
  }

  void Sigmoid(const PlanNode& node, int row) {
    const TensorLayout& layout = Layout(node.output);
    const float* from = Row(node.inputs[0], row);
    float* to = Row(node.output, row);
    for (int i = 0; i < layout.shape.width * layout.pixel_floats; ++i) {
      to[i] = 1.0f / (1.0f + std::exp(-from[i]));
    }
  }

  const NetworkProgram& program_;
  NetworkBuffers& buffers_;
};

}  // namespace

absl::StatusOr<Network> Network::Create(const TfliteModel& model, const std::vector<int>& outputs,
                                        const Kernels& kernels) {
  absl::StatusOr<std::shared_ptr<const NetworkProgram>> program =
      NetworkProgram::Make(model, outputs, kernels);
  if (!program.ok()) return program.status();
  return Network(*std::move(program));
}

Network::Network(std::shared_ptr<const NetworkProgram> program)
    : program_(std::move(program)), buffers_(std::make_unique<NetworkBuffers>(*program_)) {}

Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

Network Network::Replica() const { return Network(program_); }

absl::Span<float> Network::input() { return absl::MakeSpan(buffers_->input); }

const std::vector<int>& Network::input_shape() const { return program_->plan.input_shape; }

void Network::Run() { Runner(*program_, *buffers_).Run(); }

absl::Span<const float> Network::output(size_t i) const { return buffers_->outputs.at(i); }

const std::vector<int>& Network::output_shape(size_t i) const { return program_->plan.output_shapes.at(i); }

size_t Network::shared_bytes() const { return sizeof(float) * program_->weight_floats; }

size_t Network::own_bytes() const {
  size_t floats = program_->tensor_floats + program_->widest_row + buffers_->input.size();
  for (const std::vector<float>& output : buffers_->outputs) floats += output.size();
  return sizeof(float) * floats;
}

}  // namespace trackfit::tflite
