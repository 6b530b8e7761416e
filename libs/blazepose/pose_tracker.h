// Follows one person through one stream of pictures as MediaPipe Pose does: the detector looks for somebody
// when nobody is tracked; after that each frame's region of interest comes from the landmarks of the frame
// before. Source: MediaPipe's pose_landmark_cpu graph, 2023.
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

// A PeopleTracker for one person, with all that is said there.
class PoseTracker {
 public:
  // `config` must be valid and max_people 1.
  explicit PoseTracker(const PoseTrackerConfig& config = {}) : people_(config) {}

  // The person in the picture, or nullopt when there is none.
  absl::StatusOr<std::optional<skeleton::Pose>> Track(PoseEngine& engine, const cv::Mat& bgr,
                                                      uint64_t sequence, int64_t timestamp_us) {
    const auto poses = people_.Track(engine, bgr, sequence, timestamp_us);
    if (!poses.ok()) return poses.status();
    return poses->empty() ? std::nullopt : std::optional(poses->front());
  }

  // Forgets the person; the next picture is searched by the detector.
  void Reset() { people_.Reset(); }

 private:
  PeopleTracker people_;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_POSE_TRACKER_H_
