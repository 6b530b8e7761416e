// Reads Python pickles as plain data. Nothing is ever executed: imports and calls become values of their own
// kind. Source: CPython's pickletools (protocols 0 to 5).
#ifndef TRACKFIT_TORCH_FILES_UNPICKLER_H_
#define TRACKFIT_TORCH_FILES_UNPICKLER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::torch_files {

struct PickleValue {
  enum class Kind {
    kNone,
    kBool,        // integer
    kInt,         // integer
    kLong,        // text: more than 64 bits, little-endian two's complement
    kFloat,       // real
    kString,      // text; Python's str, bytes and bytearray
    kList,        // items
    kTuple,       // items
    kDict,        // items: key, value, key, value, ...; OrderedDict and defaultdict too
    kGlobal,      // text: "module.name"
    kCall,        // items: the callee, then its arguments as a tuple
    kPersistent,  // items: the persistent id
  };

  // The value of a dict's string key, or nullptr.
  const PickleValue* Find(std::string_view key) const;

  // Whether this is the call of the global `name`, e.g. "torch._utils._rebuild_tensor_v2".
  bool IsCallOf(std::string_view name) const;

  Kind kind = Kind::kNone;
  int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<const PickleValue*> items;  // may be cyclic, as Python's lists may
};

struct Pickle {
  std::vector<std::unique_ptr<PickleValue>> values;  // owns all
  const PickleValue* root = nullptr;
  size_t size = 0;  // bytes read, to the end of this pickle
};

// Reads one pickle from the start of `bytes`. DATA_LOSS with the byte offset for anything malformed. Memory
// is bounded by a multiple of the input's size.
absl::StatusOr<Pickle> ReadPickle(std::string_view bytes);

}  // namespace trackfit::torch_files

#endif  // TRACKFIT_TORCH_FILES_UNPICKLER_H_
