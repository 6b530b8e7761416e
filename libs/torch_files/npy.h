// NumPy's .npy files of float32 in C order, the exchange format of the conformance data.
// Source: numpy.lib.format, versions 1 to 3.
#ifndef TRACKFIT_TORCH_FILES_NPY_H_
#define TRACKFIT_TORCH_FILES_NPY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trackfit::torch_files {

struct Array {
  std::vector<int64_t> shape;
  std::vector<float> values;  // row-major; as many as the shape says
};

// INVALID_ARGUMENT for anything but little-endian float32 in C order.
absl::StatusOr<Array> ParseNpy(std::string_view bytes);

// The same of a file; messages name it. NOT_FOUND when it cannot be opened.
absl::StatusOr<Array> ReadNpy(const std::string& path);

absl::Status WriteNpy(const std::string& path, const Array& array);

}  // namespace trackfit::torch_files

#endif  // TRACKFIT_TORCH_FILES_NPY_H_
