// Follows one person through one stream of pictures as MediaPipe Pose does: the detector looks for somebody
// when nobody is tracked; after that each frame's region of interest comes from the landmarks of the frame
// before. Source: MediaPipe's pose_landmark_cpu graph, 2023.
#ifndef TRACKFIT_BLAZEPOSE_POSE_TRACKER_H_
#define TRACKFIT_BLAZEPOSE_POSE_TRACKER_H_

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "blazepose/landmark_model.h"
#include "blazepose/pose_engine.h"
#include "blazepose/region_of_interest.h"
#include "blazepose/smoothing.h"
#include "skeleton/pose.h"

namespace trackfit::blazepose {

struct PoseTrackerConfig {
  bool static_mode = false;          // every picture stands alone: no tracking, no smoothing
  bool smooth = true;                // smooth landmarks over time
  float min_detection_score = 0.5f;  // of the detector, in [0, 1]
  float min_presence_score = 0.5f;   // of the landmark network, in [0, 1]; at or below it the person is lost

  // InvalidArgument that names the field.
  absl::Status Validate() const;
};

// The state of one stream, a few kilobytes. It is independent of the engines that serve it: each call may
// bring another engine of the same models and the results are the same bits. Not thread-safe, copyable.
class PoseTracker {
 public:
  // `config` must be valid.
  explicit PoseTracker(const PoseTrackerConfig& config = {});

  // The person in the picture, or nullopt when there is none. `bgr` is 8-bit with three channels in OpenCV's
  // order (blue, green, red). Times should advance from call to call; where they do not, that frame's
  // positions are not smoothed (its visibility is). A picture of another size starts afresh. InvalidArgument
  // when the picture is empty or of another type.
  absl::StatusOr<std::optional<skeleton::Pose>> Track(PoseEngine& engine, const cv::Mat& bgr,
                                                      uint64_t sequence, int64_t timestamp_us);

  // Forgets the person; the next picture is searched by the detector.
  void Reset();

 private:
  // What is kept while a person is followed.
  struct Smoothers {
    Smoothers();

    PointSmoother image;
    PointSmoother world;
    PointSmoother alignment;
    std::vector<LowPassFilter> visibility;
  };

  absl::StatusOr<std::optional<RegionOfInterest>> FindRegion(PoseEngine& engine, const cv::Mat& bgr) const;
  void Follow(int64_t timestamp_us, LandmarkDetection& detection);

  PoseTrackerConfig config_;
  cv::Size image_size_;
  std::optional<RegionOfInterest> region_;  // where the person should be in the next picture
  Smoothers smoothers_;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_POSE_TRACKER_H_
