// Saving and loading model archives with their network; apart from model_archive.h, which needs no LibTorch.
#ifndef TRACKFIT_PROTOGCN_ARCHIVE_IO_H_
#define TRACKFIT_PROTOGCN_ARCHIVE_IO_H_

#include <torch/script.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protogcn/model_archive.h"

namespace trackfit::protogcn {

struct Archive {
  torch::jit::Module network;  // evaluation mode, not frozen: it can be trained further
  ModelMetadata metadata;
};

// Writes the archive beside `path` and renames it into place, so that a reader never sees half a file.
// `network` may be in training mode; it is stored in evaluation mode and left as it was.
absl::Status SaveArchive(const std::string& path, const torch::jit::Module& network,
                         const ModelMetadata& metadata);

// NOT_FOUND when there is no such file, DATA_LOSS when it is broken or is no archive of ours,
// INVALID_ARGUMENT when its metadata do not validate.
absl::StatusOr<Archive> LoadArchive(const std::string& path);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_ARCHIVE_IO_H_
