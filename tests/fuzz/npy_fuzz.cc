// Arrays of NumPy as a stranger may hand them over.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "torch_files/npy.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto array = trackfit::torch_files::ParseNpy({reinterpret_cast<const char*>(data), size});
  if (!array.ok()) {
    Require(!array.status().message().empty());
    return 0;
  }
  Require(array->values.size() * sizeof(float) <= size);
  int64_t elements = 1;
  for (const int64_t extent : array->shape) {
    Require(extent >= 0 && !__builtin_mul_overflow(elements, extent, &elements));
  }
  Require(elements == static_cast<int64_t>(array->values.size()));
  return 0;
}
