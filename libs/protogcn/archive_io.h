// Saves and loads model archives: a network and its metadata in one file.
#ifndef TRACKFIT_PROTOGCN_ARCHIVE_IO_H_
#define TRACKFIT_PROTOGCN_ARCHIVE_IO_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protogcn/model_archive.h"
#include "protogcn/network.h"

namespace trackfit::protogcn {

struct Archive {
  Network network;  // evaluation mode, not frozen: it can be trained further
  ModelMetadata metadata;
};

// Writes the archive beside `path` and renames it into place, so that a reader never sees half a file.
// `network` may be in training mode; it is stored in evaluation mode and itself left unchanged.
absl::Status SaveArchive(const std::string& path, const Network& network, const ModelMetadata& metadata);

// NOT_FOUND when there is no such file, DATA_LOSS when it is broken or not an archive of TrackFit's,
// INVALID_ARGUMENT when its metadata do not validate.
absl::StatusOr<Archive> LoadArchive(const std::string& path);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_ARCHIVE_IO_H_
