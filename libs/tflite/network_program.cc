#include "tflite/network_program.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <new>
#include <numeric>
#include <utility>

namespace trackfit::tflite {
namespace {

// Minimum number of pixels that an operator computes in one step: enough to reuse each weight, few enough to
// stay in the cache.
constexpr int kPixelsPerStep = 64;
// The operators of one resolution take turns, so each turn reads all their weights. Where these leave the
// cache meanwhile, fewer and longer turns cost less than the pixels' place in it.
constexpr size_t kCachedWeights = size_t{1} << 17;  // floats
constexpr int kPixelsPerLongStep = 1024;
constexpr int kPixelsPerTile = 4;  // of the widest kernel, which is fastest on whole tiles
constexpr size_t kCacheLine = 64;  // bytes
constexpr size_t kHugePage = size_t{1} << 21;

int RoundUp(int channels) { return (channels + kLanes - 1) / kLanes * kLanes; }

const TensorShape& Resolution(const NetworkPlan& plan, const PlanNode& node) {
  return plan.tensors[node.output >= 0 ? node.output : node.inputs[0]];
}

// Of all convolutions by the width of what they make, in floats.
std::map<int, size_t> WeightsByWidth(const NetworkPlan& plan) {
  std::map<int, size_t> weights;
  for (const PlanNode& node : plan.nodes) {
    if (node.kind != NodeKind::kConvolution) continue;
    const TensorShape& output = plan.tensors[node.output];
    weights[output.width] +=
        static_cast<size_t>(node.window.height) * static_cast<size_t>(node.window.width) *
        static_cast<size_t>(plan.tensors[node.inputs[0]].channels) * static_cast<size_t>(output.channels);
  }
  return weights;
}

int RowsPerStep(int width, size_t weights) {
  const int pixels = weights > kCachedWeights ? kPixelsPerLongStep : kPixelsPerStep;
  int rows = (pixels + width - 1) / width;
  while (rows * width % kPixelsPerTile != 0) ++rows;
  return rows;
}

RowSchedule Schedule(const NetworkPlan& plan) {
  std::map<int, size_t> weights = WeightsByWidth(plan);
  std::vector<RowProducer> producers;
  for (const PlanNode& node : plan.nodes) {
    const int width = Resolution(plan, node).width;
    producers.push_back({.inputs = node.inputs,
                         .output = node.output,
                         .rows = Resolution(plan, node).height,
                         .rows_per_step = RowsPerStep(width, weights[width]),
                         .needs = [&plan, &node](size_t position, RowRange rows) {
                           return InputRows(plan, node, position, rows);
                         }});
  }
  std::vector<int> heights;
  for (const TensorShape& tensor : plan.tensors) heights.push_back(tensor.height);
  return ScheduleRows(producers, heights);
}

std::vector<TensorLayout> LayOut(const NetworkPlan& plan, const std::vector<int>& rows_kept) {
  std::vector<TensorLayout> layouts(plan.tensors.size());
  for (size_t i = 0; i < layouts.size(); ++i) {
    layouts[i].shape = plan.tensors[i];
    layouts[i].pixel_floats = RoundUp(plan.tensors[i].channels);
    layouts[i].rows_kept = rows_kept[i];
  }
  // The input has few channels; if only convolutions read it, they need no padding channels.
  const int input = plan.nodes.front().output;
  bool only_convolutions = true;
  for (const PlanNode& node : plan.nodes) {
    for (size_t k = 0; k < node.inputs.size(); ++k) {
      if (node.inputs[k] == input) only_convolutions &= k == 0 && node.kind == NodeKind::kConvolution;
    }
    if (node.kind != NodeKind::kConvolution && node.kind != NodeKind::kDepthwise) continue;
    TensorLayout& layout = layouts[node.inputs[0]];
    const SlidingWindow& window = node.window;
    const int last = (plan.tensors[node.output].width - 1) * window.stride_x - window.left + window.width;
    layout.left_columns = std::max(layout.left_columns, window.left);
    layout.right_columns = std::max(layout.right_columns, last - layout.shape.width);
  }
  if (only_convolutions) layouts[input].pixel_floats = layouts[input].shape.channels;
  return layouts;
}

// kernels.h documents the packed format.
void PackConvolution(const Kernels& kernels, const TfliteTensor& filter, const TfliteTensor& bias,
                     int pixel_floats, float* packed) {
  const int channels = filter.shape[0], positions = filter.shape[1] * filter.shape[2],
            inputs = filter.shape[3];
  const int padded = RoundUp(channels);
  for (int first = 0; first < padded;) {
    const int width = kernels.panel_channels(padded - first);
    const auto write = [&](auto value_of) {
      for (int i = 0; i < width; ++i) *packed++ = first + i < channels ? value_of(first + i) : 0.0f;
    };
    write([&](int channel) { return bias.floats[channel]; });
    for (int position = 0; position < positions; ++position) {
      for (int k = 0; k < pixel_floats; ++k) {
        write([&](int channel) {
          return k < inputs
                     ? filter.floats[(static_cast<size_t>(channel) * positions + position) * inputs + k]
                     : 0.0f;
        });
      }
    }
    first += width;
  }
}

void PackDepthwise(const Kernels& kernels, const TfliteTensor& filter, const TfliteTensor& bias,
                   float* packed) {
  const int positions = filter.shape[1] * filter.shape[2], channels = filter.shape[3];
  const int padded = RoundUp(channels);
  for (int first = 0; first < padded;) {
    const int width = padded - first >= kernels.block_channels ? kernels.block_channels : kLanes;
    const auto write = [&](const std::vector<float>& values, int offset) {
      for (int i = 0; i < width; ++i) *packed++ = first + i < channels ? values[offset + first + i] : 0.0f;
    };
    write(bias.floats, 0);
    for (int position = 0; position < positions; ++position) write(filter.floats, position * channels);
    first += width;
  }
}

size_t PackedFloats(const TfliteModel& model, const PlanNode& node, const TensorLayout& input) {
  if (node.kind != NodeKind::kConvolution && node.kind != NodeKind::kDepthwise) return 0;
  const TfliteTensor& filter = model.tensors()[node.filter];
  const int positions = filter.shape[1] * filter.shape[2];
  return node.kind == NodeKind::kDepthwise
             ? PackedSize(positions, RoundUp(filter.shape[3]))
             : PackedSize(positions * input.pixel_floats, RoundUp(filter.shape[0]));
}

// For each tensor, the steps from its first write to its last use.
std::vector<RowRange> Lifetimes(const NetworkPlan& plan, const std::vector<RowStep>& steps) {
  std::vector<RowRange> lifetimes(plan.tensors.size(), {static_cast<int>(steps.size()), 0});
  for (int i = 0; i < static_cast<int>(steps.size()); ++i) {
    const PlanNode& node = plan.nodes[steps[i].producer];
    const auto use = [&](int tensor) { lifetimes[tensor] = {std::min(lifetimes[tensor].begin, i), i + 1}; };
    for (const int input : node.inputs) use(input);
    if (node.output >= 0) use(node.output);
  }
  return lifetimes;
}

}  // namespace

FloatArray AllocateFloats(size_t count) {
  const size_t unit = count * sizeof(float) < kHugePage / 2 ? kCacheLine : kHugePage;
  const size_t bytes = (count * sizeof(float) / unit + 1) * unit;
  auto* floats = static_cast<float*>(std::aligned_alloc(unit, bytes));
  if (floats == nullptr) throw std::bad_alloc();
  // Megabytes of weights for each frame cost a page walk every four kilobytes else. Where there are no huge
  // pages, only time is lost.
  if (unit == kHugePage) madvise(floats, bytes, MADV_HUGEPAGE);
  std::memset(floats, 0, bytes);
  return FloatArray(floats);
}

size_t TensorLayout::Floats() const {
  constexpr size_t kLineFloats = kCacheLine / sizeof(float);
  return (RowFloats() * static_cast<size_t>(rows_kept) + kLineFloats - 1) / kLineFloats * kLineFloats;
}

absl::StatusOr<std::shared_ptr<const NetworkProgram>> NetworkProgram::Make(const TfliteModel& model,
                                                                           const std::vector<int>& outputs,
                                                                           const Kernels& kernels) {
  absl::StatusOr<NetworkPlan> plan = PlanNetwork(model, outputs);
  if (!plan.ok()) return plan.status();
  auto program = std::make_shared<NetworkProgram>();
  program->kernels = &kernels;
  program->plan = *std::move(plan);
  RowSchedule schedule = Schedule(program->plan);
  program->steps = std::move(schedule.steps);
  program->tensors = LayOut(program->plan, schedule.rows_kept);
  program->PlaceTensors();
  program->PlaceWeights(model);
  program->MeasureSteps();
  return program;
}

// Tensors with disjoint lifetimes share memory, so that less of it competes for the cache.
void NetworkProgram::PlaceTensors() {
  const std::vector<RowRange> lifetimes = Lifetimes(plan, steps);
  std::vector<int> order(tensors.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [this](int a, int b) { return tensors[a].Floats() > tensors[b].Floats(); });
  std::vector<int> placed;  // in the order of their offsets
  for (const int tensor : order) {
    size_t offset = 0;
    for (const int other : placed) {
      if (lifetimes[other].begin >= lifetimes[tensor].end || lifetimes[tensor].begin >= lifetimes[other].end)
        continue;
      if (offset + tensors[tensor].Floats() <= tensors[other].offset) break;
      offset = std::max(offset, tensors[other].offset + tensors[other].Floats());
    }
    tensors[tensor].offset = offset;
    placed.insert(std::upper_bound(placed.begin(), placed.end(), tensor,
                                   [this](int a, int b) { return tensors[a].offset < tensors[b].offset; }),
                  tensor);
    tensor_floats = std::max(tensor_floats, offset + tensors[tensor].Floats());
    widest_row = std::max(widest_row, tensors[tensor].RowFloats());
  }
}

void NetworkProgram::PlaceWeights(const TfliteModel& model) {
  for (const PlanNode& node : plan.nodes) {
    PackedNode packed{.node = node, .weights = weight_floats, .columns = {}};
    if (!node.inputs.empty()) weight_floats += PackedFloats(model, node, tensors[node.inputs[0]]);
    if (node.kind == NodeKind::kResize) {
      const int from = plan.tensors[node.inputs[0]].width, to = plan.tensors[node.output].width;
      for (int x = 0; x < to; ++x) packed.columns.push_back(ResizeTap(node, x, to, from));
    }
    nodes.push_back(std::move(packed));
  }
  weights = AllocateFloats(weight_floats);
  for (const PackedNode& packed : nodes) {
    const PlanNode& node = packed.node;
    float* to = weights.get() + packed.weights;
    if (node.kind == NodeKind::kConvolution) {
      PackConvolution(*kernels, model.tensors()[node.filter], model.tensors()[node.bias],
                      tensors[node.inputs[0]].pixel_floats, to);
    } else if (node.kind == NodeKind::kDepthwise) {
      PackDepthwise(*kernels, model.tensors()[node.filter], model.tensors()[node.bias], to);
    }
  }
}

void NetworkProgram::MeasureSteps() {
  for (const RowStep& step : steps) {
    const PlanNode& node = plan.nodes[step.producer];
    if (node.output < 0) continue;
    const auto rows = static_cast<size_t>(step.rows.end - step.rows.begin);
    const size_t pixels = rows * static_cast<size_t>(plan.tensors[node.output].width);
    max_step_pixels = std::max(max_step_pixels, pixels);
    max_step_inputs = std::max(max_step_inputs, pixels * static_cast<size_t>(node.window.height));
  }
}

}  // namespace trackfit::tflite
