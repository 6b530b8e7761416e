// Reads untrusted files of torch.save and torch::pickle_save without LibTorch, which trusts the sizes in a
// file; here every size is checked against the file first.
#ifndef TRACKFIT_TORCH_FILES_TORCH_RECORDS_H_
#define TRACKFIT_TORCH_FILES_TORCH_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "torch_files/unpickler.h"

namespace trackfit::torch_files {

// Limit for a file, for a storage, and for all weights of a network together.
inline constexpr int64_t kMaxTorchBytes = int64_t{1} << 30;

enum class ElementType { kFloat, kDouble, kHalf, kBFloat16, kLong, kInt, kShort, kChar, kByte, kBool };
size_t ElementBytes(ElementType type);

struct TorchStorage {
  ElementType type = ElementType::kFloat;
  std::string key;  // its record is data/<key>
  int64_t elements = 0;
};

// The records of the zip format: torch.save stores them uncompressed, so none can be larger than its file.
class TorchRecords {
 public:
  // DATA_LOSS for a file that is not of this format or has a compressed record. Holds views of `file`.
  static absl::StatusOr<TorchRecords> Read(std::string_view file);

  // The record of this name inside the archive, e.g. "data/0"; nullopt when there is none.
  std::optional<std::string_view> Find(const std::string& name) const;

  // The bytes of a storage. DATA_LOSS when its record is missing or too short.
  absl::StatusOr<std::string_view> BytesOf(const TorchStorage& storage) const;

  // The values of data.pkl. DATA_LOSS when it is missing, malformed or larger than 64 MiB.
  absl::StatusOr<Pickle> ReadValues() const;

 private:
  std::map<std::string, std::string_view, std::less<>> records_;
};

// The storage that a persistent id names. DATA_LOSS when malformed or of a type that is not supported.
absl::StatusOr<TorchStorage> ParseStorage(const PickleValue& value);

struct TorchTensor {
  TorchStorage storage;
  int64_t offset = 0;  // elements
  std::vector<int64_t> sizes;
  std::vector<int64_t> strides;  // elements

  bool empty() const;
};

inline constexpr const char* kRebuildTensor = "torch._utils._rebuild_tensor_v2";

// The tensor that a call of kRebuildTensor makes. DATA_LOSS when malformed, when an element lies outside the
// storage as declared, or when there are more elements than the storage has.
absl::StatusOr<TorchTensor> ParseTensor(const PickleValue& call);

// Checks what LibTorch trusts: DATA_LOSS when a storage is shorter than the pickle says or absent, when a
// tensor does not lie within its storage, or when anything else would be rebuilt.
absl::Status CheckTensors(const TorchRecords& records, const Pickle& pickle);

}  // namespace trackfit::torch_files

#endif  // TRACKFIT_TORCH_FILES_TORCH_RECORDS_H_
