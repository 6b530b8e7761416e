// Extracts the skeletons of many videos into a folder: in parallel, resumable, each output whole or absent.
#ifndef TRACKFIT_DATASET_BUILDING_DATA_SET_H_
#define TRACKFIT_DATASET_BUILDING_DATA_SET_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataset_building/clip_list.h"
#include "dataset_building/clip_writer.h"
#include "dataset_building/pose_extraction.h"
#include "dataset_building/summary.h"
#include "files/folder_lock.h"

namespace trackfit::dataset_building {

struct DataSetOptions {
  std::string folder;  // of the outputs; made where it is missing
  ClipFormat format = ClipFormat::kJsonLines;
  TrackfitJoints joints = TrackfitJoints::kTrunk;
  PoseOptions poses;
  int jobs = 1;        // videos at a time, each on a thread and an engine of its own; >= 1
  bool force = false;  // extract also what is done
  int variants = 0;    // of each clip beside it, see DrawVariant(); kLandmarks only
  uint64_t variant_seed = 1;
  bool summary = true;  // keep summary.json; without it nothing counts as done
};

// All but `interrupted` are called one at a time.
struct DataSetEvents {
  std::function<bool()> interrupted;             // asked before every frame, by any thread
  std::function<void(int64_t frames)> on_frame;  // so many are done in this run
  std::function<void(const SourceClip& clip, const absl::Status& reason)> on_left_out;
};

// One run over a data set. The outputs do not depend on the number of jobs. Not thread-safe.
class DataSet {
 public:
  // Determines what is left to do. INVALID_ARGUMENT when the folder cannot be used, UNAVAILABLE while another
  // run writes to it. `clips` must have passed CheckNames().
  static absl::StatusOr<DataSet> Open(std::vector<SourceClip> clips, DataSetOptions options);

  // Clips that are not done.
  size_t pending() const;
  // The number of frames that these clips' files state; 0 = unknown. Opens every file.
  int64_t PendingFrames(const std::function<bool()>& interrupted) const;

  // Extracts them, once; call it on the thread that started the InterruptWatcher. A clip that cannot be read
  // is left out and the others go on; an error is one that concerns all. Results are in the order of the
  // clips.
  absl::StatusOr<std::vector<ClipResult>> Run(const DataSetEvents& events);

 private:
  class Extraction;

  struct Item {
    SourceClip clip;
    std::string output;  // relative to the folder
    absl::StatusOr<SourceStamp> stamp;
    nlohmann::json options;
    ClipResult result;
  };

  DataSet(DataSetOptions options, files::FolderLock lock, std::optional<Summary> summary)
      : options_(std::move(options)), lock_(std::move(lock)), summary_(std::move(summary)) {}

  DataSetOptions options_;
  files::FolderLock lock_;  // keeps other runs out
  std::optional<Summary> summary_;
  std::vector<Item> items_;
};

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_DATA_SET_H_
