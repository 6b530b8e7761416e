// Pickles as a stranger may hand them over.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "torch_files/unpickler.h"

namespace {

using trackfit::torch_files::PickleValue;
using Kind = PickleValue::Kind;

void Require(bool condition) {
  if (!condition) std::abort();
}

// What the readers of pickles rely on; returns what the value takes.
size_t CheckValue(const PickleValue& value) {
  for (const PickleValue* item : value.items) Require(item != nullptr);
  switch (value.kind) {
    case Kind::kDict:
      Require(value.items.size() % 2 == 0);
      break;
    case Kind::kCall:
      Require(value.items.size() == 2 && value.items[1]->kind == Kind::kTuple);
      break;
    case Kind::kPersistent:
      Require(value.items.size() == 1);
      break;
    case Kind::kLong:
      Require(value.text.size() > 8);
      break;
    case Kind::kList:
    case Kind::kTuple:
      break;
    default:
      Require(value.items.empty());
  }
  if (const PickleValue* found = value.Find("state_dict"); found != nullptr)
    Require(found->items.size() < SIZE_MAX);
  (void)value.IsCallOf("torch._utils._rebuild_tensor_v2");
  return 1 + value.items.size() + value.text.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto pickle = trackfit::torch_files::ReadPickle({reinterpret_cast<const char*>(data), size});
  if (!pickle.ok()) {
    Require(!pickle.status().message().empty());
    return 0;
  }
  Require(pickle->root != nullptr && pickle->size > 0 && pickle->size <= size);
  size_t total = 0;
  for (const auto& value : pickle->values) total += CheckValue(*value);
  Require(total <= 16 * size + 64);  // no small pickle makes a large one
  return 0;
}
