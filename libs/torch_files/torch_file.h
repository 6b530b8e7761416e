// Reads files of torch::pickle_save with LibTorch, after torch_records.h has checked them.
#ifndef TRACKFIT_TORCH_FILES_TORCH_FILE_H_
#define TRACKFIT_TORCH_FILES_TORCH_FILE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "torch_files/torch_records.h"

namespace c10 {  // whoever uses the values includes LibTorch; this header need not
struct IValue;
enum class ScalarType : int8_t;
}  // namespace c10

namespace trackfit::torch_files {

// LibTorch's name of an element type.
c10::ScalarType ScalarTypeOf(ElementType type);

// torch::pickle_load, but DATA_LOSS for a file in which a tensor lies outside its record.
absl::StatusOr<c10::IValue> LoadPickle(const std::vector<char>& bytes);

}  // namespace trackfit::torch_files

#endif  // TRACKFIT_TORCH_FILES_TORCH_FILE_H_
