#include "tflite/tflite_model.h"

#include <algorithm>
#include <fstream>
#include <opencv2/core.hpp>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tflite/flatbuffer_cursor.h"
#include "tflite/sparse_tensor.h"

namespace trackfit::tflite {
namespace {

using Table = FlatbufferCursor::Table;

// Far above any BlazePose tensor; keeps a damaged file from exhausting the memory.
constexpr int64_t kMaxElements = int64_t{1} << 24;

// All constants together, expanded, because many tensors may refer to the same bytes of a file. The largest
// BlazePose network, whose half-precision weights are dequantized, takes 105 MiB.
constexpr size_t kMaxConstantBytes = size_t{256} << 20;

// All names, shapes and index lists together, for the same reason. BlazePose's detector, whose weights are
// sparse, has 2.8 MB of them.
constexpr size_t kMaxListBytes = size_t{32} << 20;

// Enumerators of the public schema.
enum TensorType { kFloat32 = 0, kFloat16 = 1, kInt32 = 2 };
enum BuiltinOperator {
  kBuiltinAdd = 0,
  kBuiltinConcatenation = 2,
  kBuiltinConv2d = 3,
  kBuiltinDepthwiseConv2d = 4,
  kBuiltinDepthToSpace = 5,
  kBuiltinDequantize = 6,
  kBuiltinLogistic = 14,
  kBuiltinMaxPool2d = 17,
  kBuiltinReshape = 22,
  kBuiltinResizeBilinear = 23,
  kBuiltinPad = 34,
  kBuiltinDensify = 124,
};

absl::Status Damaged(const std::string& what) {
  return absl::InvalidArgumentError("damaged tflite model: " + what);
}

// Copies packed numbers out of a byte buffer of unknown alignment.
template <typename T>
std::vector<T> Unpack(absl::Span<const uint8_t> bytes) {
  std::vector<T> numbers(bytes.size() / sizeof(T));
  std::copy_n(bytes.data(), numbers.size() * sizeof(T), reinterpret_cast<uint8_t*>(numbers.data()));
  return numbers;
}

absl::StatusOr<Activation> ReadActivation(int code) {
  switch (code) {
    case 0:
      return Activation::kNone;
    case 1:
      return Activation::kRelu;
    case 2:
      return Activation::kReluN1To1;
    case 3:
      return Activation::kRelu6;
    default:
      return absl::UnimplementedError(absl::StrCat("tflite model: activation ", code, " is not supported"));
  }
}

}  // namespace

size_t TfliteTensor::ElementCount() const {
  size_t count = 1;
  for (const int extent : shape) count *= extent;
  return count;
}

// Parses one file. DENSIFY and DEQUANTIZE are resolved here: their outputs become constants.
class TfliteReader {
 public:
  explicit TfliteReader(absl::Span<const uint8_t> bytes) : cursor_(bytes) {}

  absl::StatusOr<TfliteModel> Read() {
    const Table* root = cursor_.Root("TFL3");
    if (root == nullptr) return Damaged("not a TFL3 flatbuffer");
    const std::vector<const Table*> subgraphs = cursor_.Children(root, 2);
    if (cursor_.failed() || subgraphs.size() != 1) return Damaged("there must be exactly one subgraph");
    buffers_ = cursor_.Children(root, 4);
    if (absl::Status status = ReadOperatorCodes(root); !status.ok()) return status;
    if (absl::Status status = ReadTensors(subgraphs[0]); !status.ok()) return status;
    if (absl::Status status = ReadOperators(subgraphs[0]); !status.ok()) return status;
    model_.inputs_ = ReadInts(subgraphs[0], 1);
    model_.outputs_ = ReadInts(subgraphs[0], 2);
    for (const std::vector<int>* ends : {&model_.inputs_, &model_.outputs_}) {
      for (const int tensor : *ends) {
        if (!IsTensor(tensor)) return Damaged("an input or output refers to a missing tensor");
      }
    }
    if (Broken()) return BrokenAt("a table or vector");
    DropUnusedConstants();
    return std::move(model_);
  }

 private:
  // Copies a list unless the total size of all lists exceeds the limit; then Broken() is true.
  template <typename List, typename T>
  List Copy(absl::Span<const T> items) {
    list_bytes_ += items.size() * sizeof(typename List::value_type);
    return list_bytes_ <= kMaxListBytes ? List(items.begin(), items.end()) : List();
  }

  bool Broken() const { return cursor_.failed() || list_bytes_ > kMaxListBytes; }

  absl::Status BrokenAt(const std::string& place) const {
    if (cursor_.failed()) return Damaged(absl::StrCat(place, " extends past the end of the file"));
    return Damaged(absl::StrCat("names, shapes and indices take more than ", kMaxListBytes, " bytes"));
  }

  std::vector<int> ReadInts(const Table* table, int field) {
    return Copy<std::vector<int>>(cursor_.Numbers<int32_t>(table, field));
  }

  bool IsTensor(int index) const { return index >= 0 && index < static_cast<int>(model_.tensors_.size()); }

  absl::Status ReadOperatorCodes(const Table* root) {
    for (const Table* code : cursor_.Children(root, 1)) {
      // Codes below 127 are in both fields; older files have only the first.
      codes_.push_back(std::max<int>(cursor_.Number<int8_t>(code, 0), cursor_.Number<int32_t>(code, 3)));
    }
    return cursor_.failed() ? Damaged("operator codes") : absl::OkStatus();
  }

  absl::Status ReadTensors(const Table* subgraph) {
    const std::vector<const Table*> tables = cursor_.Children(subgraph, 0);
    for (size_t i = 0; i < tables.size(); ++i) {
      TfliteTensor tensor;
      tensor.name = Copy<std::string>(cursor_.Numbers<uint8_t>(tables[i], 3));
      tensor.shape = ReadInts(tables[i], 0);
      if (tensor.shape.size() > kMaxRank) {
        return Damaged(
            absl::StrCat("tensor ", i, " has ", tensor.shape.size(), " dimensions; at most ", kMaxRank));
      }
      int64_t elements = 1;
      for (const int extent : tensor.shape) {
        if (extent <= 0 || extent > kMaxElements / elements) {
          return Damaged(absl::StrCat("tensor ", i, " has an invalid shape"));
        }
        elements *= extent;
      }
      const absl::Status status = ReadConstant(tables[i], tensor);
      if (Broken()) return BrokenAt(absl::StrCat("tensor ", i));
      if (!status.ok()) return absl::Status(status.code(), absl::StrCat(status.message(), ", tensor ", i));
      model_.tensors_.push_back(std::move(tensor));
    }
    return Broken() ? BrokenAt("the list of tensors") : absl::OkStatus();
  }

  absl::Status ReadConstant(const Table* table, TfliteTensor& tensor) {
    const auto buffer = cursor_.Number<uint32_t>(table, 2);
    if (buffer >= buffers_.size()) return Damaged("no such buffer");
    const absl::Span<const uint8_t> bytes = cursor_.Numbers<uint8_t>(buffers_[buffer], 0);
    if (bytes.empty()) return absl::OkStatus();
    tensor.is_constant = true;
    if (absl::Status status = ReserveConstant(tensor); !status.ok()) return status;
    switch (cursor_.Number<int8_t>(table, 1)) {
      case kFloat32:
        tensor.floats = Unpack<float>(bytes);
        break;
      case kFloat16: {
        std::vector<uint16_t> halves = Unpack<uint16_t>(bytes);
        const int count = static_cast<int>(halves.size());
        tensor.floats.resize(halves.size());
        cv::Mat floats(1, count, CV_32F, tensor.floats.data());
        cv::Mat(1, count, CV_16F, halves.data()).convertTo(floats, CV_32F);
        break;
      }
      case kInt32:
        tensor.integers = Unpack<int32_t>(bytes);
        return tensor.integers.size() == tensor.ElementCount() ? absl::OkStatus() : Damaged("too few values");
      default:
        return absl::UnimplementedError(
            "tflite model: only float32, float16 and int32 constants are supported");
    }
    if (const Table* sparsity = cursor_.Child(table, 6)) {
      absl::StatusOr<std::vector<float>> dense =
          ExpandSparse(tensor.shape, ReadSparsity(sparsity), tensor.floats);
      if (!dense.ok()) return dense.status();
      tensor.floats = *std::move(dense);
    }
    return tensor.floats.size() == tensor.ElementCount() ? absl::OkStatus() : Damaged("too few values");
  }

  // Counts a constant, at 4 bytes per element, towards the limit before it is expanded or copied.
  absl::Status ReserveConstant(const TfliteTensor& tensor) {
    constant_bytes_ += 4 * tensor.ElementCount();
    if (constant_bytes_ <= kMaxConstantBytes) return absl::OkStatus();
    return Damaged(absl::StrCat("its constants take more than ", kMaxConstantBytes, " bytes"));
  }

  SparsityLayout ReadSparsity(const Table* sparsity) {
    SparsityLayout layout;
    layout.traversal = ReadInts(sparsity, 0);
    layout.block_map = ReadInts(sparsity, 1);
    for (const Table* dimension : cursor_.Children(sparsity, 2)) {
      SparseLevel level;
      level.compressed = cursor_.Number<int8_t>(dimension, 0) == 1;
      level.dense_size = cursor_.Number<int32_t>(dimension, 1);
      level.segments = ReadIndexVector(dimension, 2);
      level.indices = ReadIndexVector(dimension, 4);
      layout.levels.push_back(std::move(level));
    }
    return layout;
  }

  // A union of vectors of 32-, 16- or 8-bit numbers: `field` holds its type, the next field the vector.
  std::vector<int> ReadIndexVector(const Table* dimension, int field) {
    const auto type = cursor_.Number<uint8_t>(dimension, field);
    const Table* vector = cursor_.Child(dimension, field + 1);
    if (type == 1) return Copy<std::vector<int>>(cursor_.Numbers<int32_t>(vector, 0));
    if (type == 2) return Copy<std::vector<int>>(cursor_.Numbers<uint16_t>(vector, 0));
    if (type == 3) return Copy<std::vector<int>>(cursor_.Numbers<uint8_t>(vector, 0));
    return {};
  }

  absl::Status ReadOperators(const Table* subgraph) {
    const std::vector<const Table*> tables = cursor_.Children(subgraph, 3);
    for (size_t i = 0; i < tables.size(); ++i) {
      const absl::Status status = ReadOperator(tables[i]);
      if (Broken()) return BrokenAt(absl::StrCat("operator ", i));
      if (!status.ok()) return absl::Status(status.code(), absl::StrCat(status.message(), ", operator ", i));
    }
    return Broken() ? BrokenAt("the list of operators") : absl::OkStatus();
  }

  absl::Status ReadOperator(const Table* table) {
    const auto code = cursor_.Number<uint32_t>(table, 0);
    if (code >= codes_.size()) return Damaged("no such operator code");
    TfliteOperator op;
    op.inputs = ReadInts(table, 1);
    const std::vector<int> outputs = ReadInts(table, 2);
    if (outputs.size() != 1 || !IsTensor(outputs[0])) return Damaged("an operator needs one output tensor");
    op.output = outputs[0];
    if (op.inputs.empty()) return Damaged("an operator has no inputs");
    for (const int input : op.inputs) {
      if (!IsTensor(input)) return Damaged("an operator refers to a missing tensor");
    }
    if (codes_[code] == kBuiltinDensify || codes_[code] == kBuiltinDequantize) return PassConstantOn(op);
    if (absl::Status status = ReadOptions(codes_[code], cursor_.Child(table, 4), op); !status.ok())
      return status;
    model_.operators_.push_back(std::move(op));
    return absl::OkStatus();
  }

  // Constants are expanded when they are read, so the operator only forwards them.
  absl::Status PassConstantOn(const TfliteOperator& op) {
    const TfliteTensor& source = model_.tensors_[op.inputs[0]];
    TfliteTensor& target = model_.tensors_[op.output];
    if (source.floats.empty() || source.shape != target.shape) {
      return absl::UnimplementedError("tflite model: only constants can be densified or dequantized");
    }
    if (absl::Status status = ReserveConstant(source); !status.ok()) return status;
    target.is_constant = true;
    target.floats = source.floats;
    return absl::OkStatus();
  }

  absl::Status ReadOptions(int code, const Table* options, TfliteOperator& op) {
    switch (code) {
      case kBuiltinAdd:
        op.kind = OperatorKind::kAdd;
        return ReadFusedActivation(options, 0, op);
      case kBuiltinConcatenation:
        op.kind = OperatorKind::kConcatenation;
        op.axis = cursor_.Number<int32_t>(options, 0);
        return ReadFusedActivation(options, 1, op);
      case kBuiltinConv2d:
        op.kind = OperatorKind::kConv2d;
        ReadWindow(options, op);
        ReadDilation(options, 4, op);
        return ReadFusedActivation(options, 3, op);
      case kBuiltinDepthwiseConv2d:
        op.kind = OperatorKind::kDepthwiseConv2d;
        ReadWindow(options, op);
        ReadDilation(options, 5, op);
        return ReadFusedActivation(options, 4, op);
      case kBuiltinDepthToSpace:
        op.kind = OperatorKind::kDepthToSpace;
        op.block_size = cursor_.Number<int32_t>(options, 0);
        return absl::OkStatus();
      case kBuiltinLogistic:
        op.kind = OperatorKind::kLogistic;
        return absl::OkStatus();
      case kBuiltinMaxPool2d:
        op.kind = OperatorKind::kMaxPool2d;
        ReadWindow(options, op);
        op.filter_width = cursor_.Number<int32_t>(options, 3);
        op.filter_height = cursor_.Number<int32_t>(options, 4);
        return ReadFusedActivation(options, 5, op);
      case kBuiltinPad:
        op.kind = OperatorKind::kPad;
        return absl::OkStatus();
      case kBuiltinReshape:
        op.kind = OperatorKind::kReshape;
        return absl::OkStatus();
      case kBuiltinResizeBilinear:
        op.kind = OperatorKind::kResizeBilinear;
        op.align_corners = cursor_.Number<uint8_t>(options, 2) != 0;
        op.half_pixel_centers = cursor_.Number<uint8_t>(options, 3) != 0;
        return absl::OkStatus();
      default:
        return absl::UnimplementedError(
            absl::StrCat("tflite model: builtin operator ", code, " is not supported"));
    }
  }

  absl::Status ReadFusedActivation(const Table* options, int field, TfliteOperator& op) {
    const absl::StatusOr<Activation> activation = ReadActivation(cursor_.Number<int8_t>(options, field));
    if (!activation.ok()) return activation.status();
    op.activation = *activation;
    return absl::OkStatus();
  }

  void ReadWindow(const Table* options, TfliteOperator& op) {
    op.padding = cursor_.Number<int8_t>(options, 0) == 0 ? Padding::kSame : Padding::kValid;
    op.stride_width = cursor_.Number<int32_t>(options, 1);
    op.stride_height = cursor_.Number<int32_t>(options, 2);
  }

  void ReadDilation(const Table* options, int field, TfliteOperator& op) {
    op.dilation_width = cursor_.Number<int32_t>(options, field, 1);
    op.dilation_height = cursor_.Number<int32_t>(options, field + 1, 1);
  }

  void DropUnusedConstants() {
    std::vector<bool> used(model_.tensors_.size(), false);
    for (const TfliteOperator& op : model_.operators_) {
      for (const int input : op.inputs) used[input] = true;
    }
    for (const int output : model_.outputs_) used[output] = true;
    for (size_t i = 0; i < used.size(); ++i) {
      if (!used[i]) std::vector<float>().swap(model_.tensors_[i].floats);
    }
  }

  FlatbufferCursor cursor_;
  std::vector<const Table*> buffers_;
  std::vector<int> codes_;  // builtin operator per operator code
  size_t constant_bytes_ = 0;
  size_t list_bytes_ = 0;
  TfliteModel model_;
};

absl::StatusOr<TfliteModel> TfliteModel::Parse(absl::Span<const uint8_t> bytes) {
  return TfliteReader(bytes).Read();
}

absl::StatusOr<TfliteModel> TfliteModel::Load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot open ", path.string()));
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return absl::DataLossError(absl::StrCat("cannot read ", path.string(), ": ", error.message()));
  std::vector<uint8_t> bytes(size);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size))) {
    return absl::DataLossError(absl::StrCat("cannot read ", path.string()));
  }
  absl::StatusOr<TfliteModel> model = Parse(bytes);
  if (!model.ok()) {
    return absl::Status(model.status().code(), absl::StrCat(path.string(), ": ", model.status().message()));
  }
  return model;
}

}  // namespace trackfit::tflite
