// Tracks one person through one stream of frames as MediaPipe Pose does: the detector runs while nobody is
// tracked; from then on each frame's region of interest comes from the landmarks of the previous frame.
// Source: MediaPipe's pose_landmark_cpu graph, 2023.
#ifndef TRACKFIT_BLAZEPOSE_POSE_TRACKER_H_
#define TRACKFIT_BLAZEPOSE_POSE_TRACKER_H_

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "absl/status/statusor.h"
#include "blazepose/people_tracker.h"
#include "blazepose/pose_engine.h"
#include "skeleton/pose.h"

namespace trackfit::blazepose {

// A PeopleTracker for one person; see there.
class PoseTracker {
 public:
  // `config` must be valid and max_people 1.
  explicit PoseTracker(const PoseTrackerConfig& config = {}) : people_(config) {}

  // The person in the frame, or nullopt when there is none.
  absl::StatusOr<std::optional<skeleton::Pose>> Track(PoseEngine& engine, const cv::Mat& bgr,
                                                      uint64_t sequence, int64_t timestamp_us) {
    const auto poses = people_.Track(engine, bgr, sequence, timestamp_us);
    if (!poses.ok()) return poses.status();
    return poses->empty() ? std::nullopt : std::optional(poses->front());
  }

  // Drops the track; the detector runs on the next frame.
  void Reset() { people_.Reset(); }

 private:
  PeopleTracker people_;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_POSE_TRACKER_H_
