#include "torch_files/torch_file.h"

#include <torch/serialize.h>

namespace trackfit::torch_files {

c10::ScalarType ScalarTypeOf(ElementType type) {
  switch (type) {
    case ElementType::kFloat:
      return torch::kFloat;
    case ElementType::kDouble:
      return torch::kDouble;
    case ElementType::kHalf:
      return torch::kHalf;
    case ElementType::kBFloat16:
      return torch::kBFloat16;
    case ElementType::kLong:
      return torch::kLong;
    case ElementType::kInt:
      return torch::kInt;
    case ElementType::kShort:
      return torch::kShort;
    case ElementType::kChar:
      return torch::kChar;
    case ElementType::kByte:
      return torch::kByte;
    case ElementType::kBool:
      return torch::kBool;
  }
  return c10::ScalarType::Undefined;
}

absl::StatusOr<c10::IValue> LoadPickle(const std::vector<char>& bytes) {
  const auto records = TorchRecords::Read({bytes.data(), bytes.size()});
  if (!records.ok()) return records.status();
  const auto pickle = records->ReadValues();
  if (!pickle.ok()) return pickle.status();
  if (absl::Status status = CheckTensors(*records, *pickle); !status.ok()) return status;
  try {
    return torch::pickle_load(bytes);
  } catch (const c10::Error& error) {
    return absl::DataLossError(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return absl::DataLossError(error.what());
  }
}

}  // namespace trackfit::torch_files
