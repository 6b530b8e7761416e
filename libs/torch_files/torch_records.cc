#include "torch_files/torch_records.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace trackfit::torch_files {
namespace {

using Kind = PickleValue::Kind;

constexpr size_t kMaxPickleBytes = size_t{64} << 20;
constexpr size_t kMaxDimensions = 8;

// APPNOTE.TXT of the zip format; the files are too small to need its 64-bit fields.
constexpr std::string_view kEndSignature("PK\x05\x06", 4);
constexpr std::string_view kEntrySignature("PK\x01\x02", 4);
constexpr std::string_view kRecordSignature("PK\x03\x04", 4);
constexpr size_t kEndBytes = 22, kEntryBytes = 46, kRecordBytes = 30;

struct StorageType {
  std::string_view name;
  ElementType type;
  size_t element_bytes;
};

constexpr StorageType kStorageTypes[] = {
    {"torch.FloatStorage", ElementType::kFloat, 4}, {"torch.DoubleStorage", ElementType::kDouble, 8},
    {"torch.HalfStorage", ElementType::kHalf, 2},   {"torch.BFloat16Storage", ElementType::kBFloat16, 2},
    {"torch.LongStorage", ElementType::kLong, 8},   {"torch.IntStorage", ElementType::kInt, 4},
    {"torch.ShortStorage", ElementType::kShort, 2}, {"torch.CharStorage", ElementType::kChar, 1},
    {"torch.ByteStorage", ElementType::kByte, 1},   {"torch.BoolStorage", ElementType::kBool, 1},
};

absl::Status Broken(const std::string& what) { return absl::DataLossError(what); }

// The `count` bytes at `position`; empty, and so without a signature, when the file ends before.
std::string_view Piece(std::string_view file, size_t position, size_t count) {
  if (position > file.size() || count > file.size() - position) return {};
  return file.substr(position, count);
}

size_t Number(std::string_view header, size_t position, int bytes) {
  size_t number = 0;
  for (int i = bytes; i-- > 0;)
    number = number << 8 | static_cast<unsigned char>(header[position + static_cast<size_t>(i)]);
  return number;
}

// The content of the record that an entry of the zip directory describes.
absl::StatusOr<std::string_view> Content(std::string_view file, std::string_view entry,
                                         const std::string& name) {
  const size_t compressed = Number(entry, 20, 4), size = Number(entry, 24, 4);
  if (Number(entry, 10, 2) != 0 || compressed != size) {
    return Broken(absl::StrCat("record ", name, " is compressed; torch.save does not compress"));
  }
  const size_t start = Number(entry, 42, 4);
  const std::string_view header = Piece(file, start, kRecordBytes);
  if (!header.starts_with(kRecordSignature)) return Broken(absl::StrCat("record ", name, " is missing"));
  const size_t content = start + kRecordBytes + Number(header, 26, 2) + Number(header, 28, 2);
  if (content > file.size() || size > file.size() - content) {
    return Broken(absl::StrCat("record ", name, " lies outside the file"));
  }
  return file.substr(content, size);
}

absl::StatusOr<std::vector<int64_t>> ParseSizes(const PickleValue& value) {
  if (value.kind != Kind::kTuple || value.items.size() > kMaxDimensions)
    return Broken("a tensor's shape is malformed");
  std::vector<int64_t> sizes;
  for (const PickleValue* item : value.items) {
    if (item->kind != Kind::kInt || item->integer < 0) return Broken("a tensor's shape is malformed");
    sizes.push_back(item->integer);
  }
  return sizes;
}

// Whether all elements lie within the storage, and the tensor has no more elements than it.
bool Fits(const TorchTensor& tensor) {
  const int64_t available = tensor.storage.elements;
  if (tensor.offset < 0 || tensor.offset > available || tensor.sizes.size() != tensor.strides.size()) {
    return false;
  }
  if (tensor.empty()) return true;
  int64_t elements = 1;
  int64_t last = tensor.offset;
  for (size_t i = 0; i < tensor.sizes.size(); ++i) {
    if (tensor.sizes[i] > available || tensor.strides[i] > available) return false;
    elements *= tensor.sizes[i];
    last += (tensor.sizes[i] - 1) * tensor.strides[i];
    if (elements > available || last >= available) return false;
  }
  return last < available;
}

}  // namespace

size_t ElementBytes(ElementType type) {
  for (const StorageType& known : kStorageTypes) {
    if (known.type == type) return known.element_bytes;
  }
  return 0;
}

absl::StatusOr<TorchRecords> TorchRecords::Read(std::string_view file) {
  const size_t end_position = file.rfind(kEndSignature);
  const std::string_view end = Piece(file, end_position, kEndBytes);
  if (end.empty()) return Broken("it is not a zip file, or not a complete one");
  TorchRecords records;
  size_t position = Number(end, 16, 4);
  for (size_t left = Number(end, 10, 2); left > 0; --left) {
    const std::string_view entry = Piece(file, position, kEntryBytes);
    if (!entry.starts_with(kEntrySignature)) return Broken("its directory is damaged");
    const size_t name_bytes = Number(entry, 28, 2);
    const std::string path(Piece(file, position + kEntryBytes, name_bytes));
    const std::string name = path.substr(path.find('/') + 1);  // the first folder is the archive's own name
    const auto content = Content(file, entry, name);
    if (!content.ok()) return content.status();
    if (!records.records_.emplace(name, *content).second) {
      return Broken(absl::StrCat("it has two records ", name));
    }
    position += kEntryBytes + name_bytes + Number(entry, 30, 2) + Number(entry, 32, 2);
  }
  return records;
}

std::optional<std::string_view> TorchRecords::Find(const std::string& name) const {
  const auto found = records_.find(name);
  if (found == records_.end()) return std::nullopt;
  return found->second;
}

absl::StatusOr<std::string_view> TorchRecords::BytesOf(const TorchStorage& storage) const {
  if (storage.elements == 0) return std::string_view{};
  const std::string name = absl::StrCat("data/", storage.key);
  const auto record = Find(name);
  if (!record) return Broken(absl::StrCat("record ", name, " is missing"));
  const size_t width = ElementBytes(storage.type);
  if (record->size() / width < static_cast<size_t>(storage.elements)) {
    return Broken(absl::StrCat("record ", name, " is too short"));
  }
  return record->substr(0, width * static_cast<size_t>(storage.elements));
}

absl::StatusOr<Pickle> TorchRecords::ReadValues() const {
  const auto record = Find("data.pkl");
  if (!record) return Broken("record data.pkl is missing");
  if (record->size() > kMaxPickleBytes) {
    return Broken(absl::StrCat("record data.pkl has ", record->size(), " bytes; at most ", kMaxPickleBytes));
  }
  return ReadPickle(*record);
}

absl::StatusOr<TorchStorage> ParseStorage(const PickleValue& value) {
  if (value.kind != Kind::kPersistent || value.items[0]->kind != Kind::kTuple ||
      value.items[0]->items.size() < 5) {
    return Broken("a tensor has no storage");
  }
  const auto& id = value.items[0]->items;
  if (id[0]->text != "storage" || id[1]->kind != Kind::kGlobal || id[2]->kind != Kind::kString ||
      id[4]->kind != Kind::kInt || id[4]->integer < 0 || id[4]->integer > kMaxTorchBytes) {
    return Broken("a tensor's storage is malformed");
  }
  const auto* known = std::find_if(std::begin(kStorageTypes), std::end(kStorageTypes),
                                   [&](const StorageType& type) { return type.name == id[1]->text; });
  if (known == std::end(kStorageTypes))
    return Broken(absl::StrCat("storage type ", id[1]->text, " is not supported"));
  return TorchStorage{known->type, id[2]->text, id[4]->integer};
}

bool TorchTensor::empty() const { return std::find(sizes.begin(), sizes.end(), 0) != sizes.end(); }

absl::StatusOr<TorchTensor> ParseTensor(const PickleValue& call) {
  if (!call.IsCallOf(kRebuildTensor) || call.items[1]->items.size() < 4) return Broken("it is not a tensor");
  const auto& arguments = call.items[1]->items;
  auto storage = ParseStorage(*arguments[0]);
  if (!storage.ok()) return storage.status();
  auto sizes = ParseSizes(*arguments[2]);
  if (!sizes.ok()) return sizes.status();
  auto strides = ParseSizes(*arguments[3]);
  if (!strides.ok()) return strides.status();
  TorchTensor tensor{*std::move(storage), arguments[1]->integer, *std::move(sizes), *std::move(strides)};
  if (arguments[1]->kind != Kind::kInt || !Fits(tensor)) return Broken("a tensor lies outside its storage");
  return tensor;
}

absl::Status CheckTensors(const TorchRecords& records, const Pickle& pickle) {
  for (const auto& value : pickle.values) {
    if (value->kind == Kind::kPersistent) {
      const auto storage = ParseStorage(*value);
      if (!storage.ok()) return storage.status();
      if (const auto bytes = records.BytesOf(*storage); !bytes.ok()) return bytes.status();
    }
    if (value->IsCallOf(kRebuildTensor)) {
      if (const auto tensor = ParseTensor(*value); !tensor.ok()) return tensor.status();
    }
    if (value->kind == Kind::kGlobal && absl::StartsWith(value->text, "torch._utils.") &&
        value->text != kRebuildTensor) {
      return Broken(absl::StrCat(value->text, " is not supported"));
    }
  }
  return absl::OkStatus();
}

}  // namespace trackfit::torch_files
