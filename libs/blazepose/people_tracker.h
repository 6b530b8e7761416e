// Follows people through one stream of pictures: the detector looks for those who are not followed yet, after
// that each one's region of interest comes from the landmarks of the picture before.
//
// Who is who (docs/adr/0011-people.md): people are numbered from 1 in the order in which they appear. A track
// keeps to its person by the region; where somebody else gets into it, look and size tell.
#ifndef TRACKFIT_BLAZEPOSE_PEOPLE_TRACKER_H_
#define TRACKFIT_BLAZEPOSE_PEOPLE_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "blazepose/person_track.h"
#include "blazepose/pose_engine.h"
#include "blazepose/scene_cut.h"
#include "skeleton/pose.h"

namespace trackfit::blazepose {

struct PoseTrackerConfig {
  bool static_mode = false;          // every picture stands alone: no tracking, no smoothing, no person_id
  bool smooth = true;                // smooth landmarks over time
  float min_detection_score = 0.5f;  // of the detector, in [0, 1]
  float min_presence_score = 0.5f;   // of the landmark network, in [0, 1]; at or below it the person is lost
  uint32_t max_people = 1;           // followed at a time, [1, 8]
  int detect_every = 10;             // pictures, at least 1: how often the detector looks for further people

  // InvalidArgument that names the field.
  absl::Status Validate() const;
};

// The state of one stream, a few kilobytes per person. It is independent of the engines that serve it: each
// call may bring another engine of the same models and the results are the same bits. Not thread-safe,
// copyable.
class PeopleTracker {
 public:
  // `config` must be valid.
  explicit PeopleTracker(const PoseTrackerConfig& config = {});

  // The people in the picture, lowest person_id first. `bgr` is 8-bit with three channels in OpenCV's order
  // (blue, green, red). Times should advance from call to call; where they do not, that frame's positions are
  // not smoothed (its visibility is). A picture of another size, or from behind a cut of the film, starts
  // afresh. InvalidArgument when the picture is empty or of another type.
  absl::StatusOr<std::vector<skeleton::Pose>> Track(PoseEngine& engine, const cv::Mat& bgr, uint64_t sequence,
                                                    int64_t timestamp_us);

  // Forgets everybody; whoever is found next gets a new number.
  void Reset();

 private:
  // A track, and what was seen of its person in the current picture.
  struct Person {
    PersonTrack track;
    std::optional<Observation> seen;
    int findings = 0;  // how often in a row the person was found elsewhere
  };
  struct Frame {
    PoseEngine& engine;
    const cv::Mat& bgr;
    int64_t timestamp_us;
  };

  // The body in a region; nullopt when there is none.
  absl::StatusOr<std::optional<Observation>> Observe(const Frame& frame,
                                                     const RegionOfInterest& region) const;

  bool DetectionIsDue();
  absl::Status UpdateTracks(const Frame& frame);
  void ResolveDuplicates();
  void FixIdentitySwaps();
  absl::Status RecoverLost(const Frame& frame);
  absl::Status DetectNewPeople(const Frame& frame);
  void AssignTrack(const Observation& observation, int64_t timestamp_us);
  void DropStaleTracks(int64_t timestamp_us);
  std::vector<skeleton::Pose> MakePoses(uint64_t sequence, int64_t timestamp_us);

  bool multi_person() const { return config_.max_people > 1; }
  size_t VisibleCount() const;
  bool IsTracked(const Observation& observation) const;

  PoseTrackerConfig config_;
  cv::Size image_size_;
  SceneCutDetector cuts_;
  std::vector<Person> people_;  // in the order of their ids
  uint32_t last_id_ = 0;
  uint64_t frames_ = 0;      // so far
  int since_detection_ = 0;  // pictures
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_PEOPLE_TRACKER_H_
