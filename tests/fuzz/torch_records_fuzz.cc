// Files of torch.save as a stranger may hand them over: the zip, the pickle in it, and the tensors in that.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "torch_files/torch_records.h"

namespace {

using trackfit::torch_files::CheckTensors;
using trackfit::torch_files::ElementBytes;
using trackfit::torch_files::ParseStorage;
using trackfit::torch_files::ParseTensor;
using trackfit::torch_files::TorchRecords;
using trackfit::torch_files::TorchTensor;

void Require(bool condition) {
  if (!condition) std::abort();
}

// Reads all, so that a view beyond the file is found.
void Touch(std::string_view bytes) {
  unsigned sum = 0;
  for (const char byte : bytes) sum += static_cast<unsigned char>(byte);
  volatile unsigned read = sum;
  (void)read;
}

// That the first and the last element lie in the storage, and that no multiple of the file must be allocated.
void CheckTensor(const TorchTensor& tensor) {
  Require(tensor.sizes.size() == tensor.strides.size());
  if (tensor.empty()) return;
  int64_t elements = 1, last = tensor.offset;
  for (size_t i = 0; i < tensor.sizes.size(); ++i) {
    Require(tensor.sizes[i] > 0 && tensor.strides[i] >= 0);
    Require(!__builtin_mul_overflow(elements, tensor.sizes[i], &elements));
    last += (tensor.sizes[i] - 1) * tensor.strides[i];
  }
  Require(tensor.offset >= 0 && last < tensor.storage.elements && elements <= tensor.storage.elements);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto records = TorchRecords::Read({reinterpret_cast<const char*>(data), size});
  if (!records.ok()) {
    Require(!records.status().message().empty());
    return 0;
  }
  for (const char* name : {"data.pkl", "byteorder", "data/0", "version", ""})
    Touch(records->Find(name).value_or(""));
  const auto pickle = records->ReadValues();
  if (!pickle.ok()) {
    Require(!pickle.status().message().empty());
    return 0;
  }
  const bool sound = CheckTensors(*records, *pickle).ok();
  for (const auto& value : pickle->values) {
    if (const auto storage = ParseStorage(*value); storage.ok()) {
      const auto bytes = records->BytesOf(*storage);
      Require(bytes.ok() || !sound);
      if (!bytes.ok()) continue;
      Require(bytes->size() == static_cast<size_t>(storage->elements) * ElementBytes(storage->type));
      Touch(*bytes);
    }
    if (const auto tensor = ParseTensor(*value); tensor.ok()) CheckTensor(*tensor);
  }
  return 0;
}
