// Reading and writing clips of landmarks.
#ifndef TRACKFIT_DATASET_LANDMARK_FILE_H_
#define TRACKFIT_DATASET_LANDMARK_FILE_H_

#include <filesystem>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataset/clip.h"

namespace trackfit::dataset {

// Reads a landmark file: a torch.save archive of {format: 1, clips: [...]}, each clip with its landmarks
// [T, 33, 4] (x, y, z, visibility; NaN = absent) and, where they are known, wrong_joints (names),
// repetition_count (-1 = not known) and repetitions [N, 2] (first and last frame of each). Of clips without a
// kind, two poses without a rate are a photo pair; for others it is KindOfUnlabelled(). NOT_FOUND or
// INVALID_ARGUMENT naming the file, clip and field.
absl::StatusOr<std::vector<Clip>> ReadLandmarkFile(const std::filesystem::path& path);

// The clips of a landmark file or, where `path` is a folder, of all files *.pt in it and below, ordered by
// path. Also INVALID_ARGUMENT when a folder holds none.
absl::StatusOr<std::vector<Clip>> ReadLandmarks(const std::filesystem::path& path);

// Writes a landmark file atomically: a reader never sees half of it.
absl::Status WriteLandmarkFile(const std::filesystem::path& path, const std::vector<Clip>& clips);

}  // namespace trackfit::dataset

#endif  // TRACKFIT_DATASET_LANDMARK_FILE_H_
