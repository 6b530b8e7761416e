// LibTorch's reading of files of torch::pickle_save, once torch_records.h has found them sound.
#ifndef TRACKFIT_TORCH_FILES_TORCH_FILE_H_
#define TRACKFIT_TORCH_FILES_TORCH_FILE_H_

#include <torch/types.h>

#include <vector>

#include "absl/status/statusor.h"
#include "torch_files/torch_records.h"

namespace trackfit::torch_files {

torch::ScalarType ScalarTypeOf(ElementType type);

// torch::pickle_load of a file whose tensors all lie within their records. DATA_LOSS for any other.
absl::StatusOr<c10::IValue> LoadPickle(const std::vector<char>& bytes);

}  // namespace trackfit::torch_files

#endif  // TRACKFIT_TORCH_FILES_TORCH_FILE_H_
