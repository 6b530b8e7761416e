// Puts the poses of a video of any timing onto the uniform grid that a landmark file needs.
#ifndef TRACKFIT_DATASET_BUILDING_POSE_GRID_H_
#define TRACKFIT_DATASET_BUILDING_POSE_GRID_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "media/frame_source.h"
#include "skeleton/pose.h"

namespace trackfit::dataset_building {

// Times a source's frames from 0. Containers round times, so one within a tenth of a step of the grid k / fps
// becomes the grid's: a video of constant rate `fps` gets exactly k / fps. Other times stay what they are.
class GridTimedSource : public media::FrameSource {
 public:
  // `source` must outlive this; `fps` > 0.
  GridTimedSource(media::FrameSource& source, double fps);

  const media::SourceInfo& info() const override { return info_; }  // with `fps`
  absl::StatusOr<std::optional<media::SourceFrame>> Next() override;

 private:
  media::FrameSource& source_;
  media::SourceInfo info_;
  std::optional<int64_t> origin_us_;
};

// A frame in which nobody is seen, as landmark files have it: every joint is NaN.
skeleton::Pose NobodyAt(int64_t timestamp_us, cv::Size image);

// One pose for each k / fps from 0 to the last frame's time. `frames` are all of a video in order of time,
// those without a person being NobodyAt(). A frame on the grid stays as it is; between frames a pose is
// interpolated across at most half a second without a person, and nobody is there otherwise.
// INVALID_ARGUMENT when the times leap so far that most of the grid would be empty.
absl::StatusOr<std::vector<skeleton::Pose>> OnGrid(const std::vector<skeleton::Pose>& frames, double fps);

}  // namespace trackfit::dataset_building

#endif  // TRACKFIT_DATASET_BUILDING_POSE_GRID_H_
