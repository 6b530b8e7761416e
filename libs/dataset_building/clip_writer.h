// The formats in which the skeletons of one clip are written.
#ifndef TRACKFIT_DATASET_BUILDING_CLIP_WRITER_H_
#define TRACKFIT_DATASET_BUILDING_CLIP_WRITER_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dataset_building/clip_list.h"
#include "media/frame_source.h"
#include "skeleton/pose.h"

namespace trackfit::dataset_building {

enum class ClipFormat {
  kJsonLines,     // one JSON object a frame, everything that BlazePose sees
  kLandmarks,     // a landmark file of one clip, for `trackfit train`
  kTrackfitJson,  // 20 joints in pixels; docs/formats.md
};

// ".jsonl", ".pt" or ".json".
std::string EndingOf(ClipFormat format);

// "jsonl", "landmarks" or "trackfit-json"; INVALID_ARGUMENT names the known ones.
absl::StatusOr<ClipFormat> ParseClipFormat(const std::string& name);
std::string ClipFormatName(ClipFormat format);

// What Track-Fit's joints 17, 18 and 19 are.
enum class TrackfitJoints {
  kTrunk,     // mid-hip, mid-spine, neck, as ProtoGCN means them
  kOriginal,  // left index, right index, left foot index: the slip of Track-Fit's first extraction script
};

struct ClipWriterOptions {
  ClipFormat format = ClipFormat::kJsonLines;
  TrackfitJoints joints = TrackfitJoints::kTrunk;  // of kTrackfitJson
  double fps = media::kDefaultFps;                 // of kLandmarks: its frames come at k / fps or between
  std::string model;                               // of kLandmarks: named as the landmarks' origin
};

// Not thread-safe.
class ClipWriter {
 public:
  virtual ~ClipWriter() = default;

  // The next frame, in order of time, with the person in it. DATA_LOSS when it cannot be written.
  virtual absl::Status Write(const media::SourceFrame& frame, const std::optional<skeleton::Pose>& pose) = 0;

  // What is written from now on belongs to another clip of the same file, which has `fps`. Only landmark
  // files hold several clips: INVALID_ARGUMENT for others.
  virtual absl::Status NextClip(const SourceClip& clip, double fps);

  // Completes the file; once, at the end. Without it, any file at `path` is incomplete.
  virtual absl::Status Finish() = 0;
};

// INVALID_ARGUMENT when `path` cannot be written.
absl::StatusOr<std::unique_ptr<ClipWriter>> OpenClipWriter(const std::string& path, const SourceClip& clip,
                                                           const ClipWriterOptions& options);

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_CLIP_WRITER_H_
