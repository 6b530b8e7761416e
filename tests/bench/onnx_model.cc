#include "onnx_model.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"

namespace trackfit::bench {
namespace {

using tflite::NodeKind;
using tflite::PlanNode;
using tflite::TensorShape;

constexpr int kIrVersion = 8;
constexpr int kOperatorSet = 17;

// A message of protobuf's wire format. The numbers of fields below are those of onnx.proto.
class Message {
 public:
  Message& Number(int field, int64_t value) {
    Varint(static_cast<uint64_t>(field) << 3);
    Varint(static_cast<uint64_t>(value));
    return *this;
  }
  Message& Bytes(int field, const std::string& bytes) {
    Varint((static_cast<uint64_t>(field) << 3) | 2);
    Varint(bytes.size());
    bytes_ += bytes;
    return *this;
  }
  Message& Part(int field, const Message& part) { return Bytes(field, part.bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  void Varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  std::string bytes_;
};

enum ElementType { kFloat = 1, kInt64 = 7 };
enum AttributeType { kInt = 2, kString = 3, kInts = 7 };

Message Attribute(const std::string& name, int64_t value) {
  return Message().Bytes(1, name).Number(3, value).Number(20, kInt);
}
Message Attribute(const std::string& name, const std::string& value) {
  return Message().Bytes(1, name).Bytes(4, value).Number(20, kString);
}
Message Attribute(const std::string& name, const std::vector<int64_t>& values) {
  Message attribute;
  attribute.Bytes(1, name);
  for (const int64_t value : values) attribute.Number(8, value);
  return attribute.Number(20, kInts);
}

Message Tensor(const std::string& name, const std::vector<int64_t>& shape) {
  Message dimensions;
  for (const int64_t extent : shape) dimensions.Part(1, Message().Number(1, extent));
  return Message().Bytes(1, name).Part(2, Message().Part(1, Message().Number(1, kFloat).Part(2, dimensions)));
}

class Writer {
 public:
  Writer(const tflite::TfliteModel& model, const tflite::NetworkPlan& plan) : model_(model), plan_(plan) {}

  std::string Write() {
    const std::vector<int>& in = plan_.input_shape;  // NHWC
    graph_.Bytes(2, "network").Part(11, Tensor("input", {1, in[3], in[1], in[2]}));
    parts_.resize(plan_.output_shapes.size());
    for (const PlanNode& node : plan_.nodes) Translate(node);
    for (size_t i = 0; i < parts_.size(); ++i) {
      int64_t floats = 1;
      for (const int extent : plan_.output_shapes[i]) floats *= extent;
      std::vector<std::string> parts;  // in their order
      for (const auto& [offset, part] : parts_[i]) parts.push_back(part);
      const std::string output = absl::StrCat("output", i);
      if (parts.size() == 1) {
        Node("Identity", parts, output);
      } else {
        Node("Concat", parts, output, {Attribute("axis", 1)});
      }
      graph_.Part(12, Tensor(output, {1, floats}));
    }
    return Message()
        .Number(1, kIrVersion)
        .Part(8, Message().Bytes(1, "").Number(2, kOperatorSet))
        .Part(7, graph_)
        .bytes();
  }

 private:
  static std::string Name(int tensor) { return absl::StrCat("t", tensor); }

  void Node(const std::string& type, const std::vector<std::string>& inputs, const std::string& output,
            const std::vector<Message>& attributes = {}) {
    Message node;
    for (const std::string& input : inputs) node.Bytes(1, input);
    node.Bytes(2, output).Bytes(4, type);
    for (const Message& attribute : attributes) node.Part(5, attribute);
    graph_.Part(1, node);
  }

  template <typename T>
  std::string Constant(ElementType type, const std::vector<int64_t>& shape, const std::vector<T>& values) {
    const std::string name = absl::StrCat("c", ++constants_);
    Message tensor;
    for (const int64_t extent : shape) tensor.Number(1, extent);
    tensor.Number(2, type).Bytes(8, name);
    graph_.Part(5, tensor.Bytes(9, std::string(reinterpret_cast<const char*>(values.data()),
                                               values.size() * sizeof(T))));
    return name;
  }

  // What the node computes with an operator of that name, then clipped to the node's limits.
  void Compute(const PlanNode& node, const std::string& type, const std::vector<std::string>& inputs,
               const std::vector<Message>& attributes = {}) {
    const std::string output = Name(node.output);
    const bool low = std::isfinite(node.limits.low), high = std::isfinite(node.limits.high);
    const bool adds = node.kind == NodeKind::kConvolution && node.inputs.size() > 1;
    std::string made = output;
    const auto next = [&](bool last) { return last ? output : absl::StrCat(output, "_", ++steps_); };
    made = next(!adds && !low && !high);
    Node(type, inputs, made, attributes);
    if (adds) {
      const std::string sum = next(!low && !high);
      Node("Add", {made, Name(node.inputs[1])}, sum);
      made = sum;
    }
    if (!low && !high) return;
    if (low && node.limits.low == 0 && !high) return Node("Relu", {made}, output);
    const float far = std::numeric_limits<float>::max();
    Node("Clip",
         {made, Constant<float>(kFloat, {}, {low ? node.limits.low : -far}),
          Constant<float>(kFloat, {}, {high ? node.limits.high : far})},
         output);
  }

  std::vector<Message> WindowOf(const PlanNode& node) const {
    const TensorShape &in = plan_.tensors[node.inputs[0]], &out = plan_.tensors[node.output];
    const tflite::SlidingWindow& window = node.window;
    const int below = (out.height - 1) * window.stride_y + window.height - window.above - in.height;
    const int right = (out.width - 1) * window.stride_x + window.width - window.left - in.width;
    return {Attribute("kernel_shape", std::vector<int64_t>{window.height, window.width}),
            Attribute("strides", std::vector<int64_t>{window.stride_y, window.stride_x}),
            Attribute("pads", std::vector<int64_t>{window.above, window.left, std::max(0, below),
                                                   std::max(0, right)})};
  }

  // Filters are (output channels, height, width, input channels) there, here channels come second.
  void Convolve(const PlanNode& node) {
    const tflite::TfliteTensor &filter = model_.tensors()[node.filter], &bias = model_.tensors()[node.bias];
    const bool depthwise = node.kind == NodeKind::kDepthwise;
    const int channels = filter.shape[3], outputs = depthwise ? channels : filter.shape[0];
    const int height = filter.shape[1], width = filter.shape[2], depth = depthwise ? 1 : channels;
    std::vector<float> weights;
    weights.reserve(filter.floats.size());
    for (int o = 0; o < outputs; ++o) {
      for (int i = 0; i < depth; ++i) {
        for (int y = 0; y < height; ++y) {
          for (int x = 0; x < width; ++x) {
            const size_t at = depthwise ? static_cast<size_t>((y * width + x) * channels + o)
                                        : static_cast<size_t>(((o * height + y) * width + x) * channels + i);
            weights.push_back(filter.floats[at]);
          }
        }
      }
    }
    std::vector<Message> attributes = WindowOf(node);
    attributes.push_back(Attribute("group", depthwise ? channels : 1));
    Compute(node, "Conv",
            {Name(node.inputs[0]), Constant(kFloat, {outputs, depth, height, width}, weights),
             Constant(kFloat, {outputs}, bias.floats)},
            attributes);
  }

  void Resize(const PlanNode& node) {
    const TensorShape &in = plan_.tensors[node.inputs[0]], &out = plan_.tensors[node.output];
    const std::string how = node.align_corners        ? "align_corners"
                            : node.half_pixel_centers ? "half_pixel"
                                                      : "asymmetric";
    const std::vector<float> scales = {1, 1, static_cast<float>(out.height) / static_cast<float>(in.height),
                                       static_cast<float>(out.width) / static_cast<float>(in.width)};
    Compute(node, "Resize", {Name(node.inputs[0]), "", Constant(kFloat, {4}, scales)},
            {Attribute("mode", std::string("linear")), Attribute("coordinate_transformation_mode", how)});
  }

  void PadChannels(const PlanNode& node) {
    const int after =
        plan_.tensors[node.output].channels - plan_.tensors[node.inputs[0]].channels - node.channels_before;
    Node("Pad",
         {Name(node.inputs[0]),
          Constant<int64_t>(kInt64, {8}, {0, node.channels_before, 0, 0, 0, after, 0, 0})},
         Name(node.output));
  }

  void Translate(const PlanNode& node) {
    switch (node.kind) {
      case NodeKind::kLoad:
        return Node("Identity", {"input"}, Name(node.output));
      case NodeKind::kConvolution:
      case NodeKind::kDepthwise:
        return Convolve(node);
      case NodeKind::kAdd:
        return Compute(node, "Add", {Name(node.inputs[0]), Name(node.inputs[1])});
      case NodeKind::kPool:
        return Compute(node, "MaxPool", {Name(node.inputs[0])}, WindowOf(node));
      case NodeKind::kResize:
        return Resize(node);
      case NodeKind::kDepthToSpace:
        return Node("DepthToSpace", {Name(node.inputs[0])}, Name(node.output),
                    {Attribute("blocksize", node.block)});
      case NodeKind::kPadChannels:
        return PadChannels(node);
      case NodeKind::kSigmoid:
        return Node("Sigmoid", {Name(node.inputs[0])}, Name(node.output));
      case NodeKind::kStore: {
        const std::string stored = absl::StrCat("s", ++steps_), last = absl::StrCat(stored, "_last");
        Node("Transpose", {Name(node.inputs[0])}, last,
             {Attribute("perm", std::vector<int64_t>{0, 2, 3, 1})});
        Node("Flatten", {last}, stored, {Attribute("axis", 1)});
        parts_[node.output_index][node.output_offset] = stored;
        return;
      }
    }
  }

  const tflite::TfliteModel& model_;
  const tflite::NetworkPlan& plan_;
  Message graph_;
  int constants_ = 0;
  int steps_ = 0;
  std::vector<std::map<size_t, std::string>> parts_;  // of each output, by offset
};

}  // namespace

std::string OnnxModel(const tflite::TfliteModel& model, const tflite::NetworkPlan& plan) {
  return Writer(model, plan).Write();
}

}  // namespace trackfit::bench
