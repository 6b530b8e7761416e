// Tracks people through one stream of frames: the detector finds people who are not tracked yet; from then on
// each one's region of interest comes from the landmarks of the previous frame.
//
// Identity (docs/adr/0011-people.md): people are numbered from 1 in the order in which they appear. A track
// follows its region; when somebody else enters it, appearance and size tell the two apart.
#ifndef TRACKFIT_BLAZEPOSE_PEOPLE_TRACKER_H_
#define TRACKFIT_BLAZEPOSE_PEOPLE_TRACKER_H_

#include <chrono>
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
  bool static_mode = false;          // frames are unrelated images: no tracking, no smoothing, no person_id
  bool smooth = true;                // smooth landmarks over time
  float min_detection_score = 0.5f;  // of the detector, in [0, 1]
  float min_presence_score = 0.5f;   // of the landmark network, in [0, 1]; at or below it the person is lost
  uint32_t max_people = 1;           // tracked at a time, [1, 8]
  int detect_every = 10;             // frames between detector runs that look for more people, at least 1

  // InvalidArgument that names the field.
  absl::Status Validate() const;
};

// What the networks took of a frame, with what they need around them: cropping, scaling, decoding.
struct TrackTimes {
  std::chrono::steady_clock::duration detector{};   // zero: it did not run
  std::chrono::steady_clock::duration landmarks{};  // of all people; zero likewise
};

// The state of one stream, a few kilobytes per person. It does not depend on the engine: each call may pass
// another engine of the same models, and the results are bit-identical. Not thread-safe; copyable.
class PeopleTracker {
 public:
  // `config` must be valid.
  explicit PeopleTracker(const PoseTrackerConfig& config = {});

  // The people in the frame, lowest person_id first. `bgr` is 8-bit with three channels in OpenCV's order
  // (blue, green, red). Timestamps should increase; positions in a frame whose timestamp does not are not
  // smoothed (its visibilities are). A change of the image size or a scene cut resets all tracks.
  // InvalidArgument when the image is empty or of another type.
  absl::StatusOr<std::vector<skeleton::Pose>> Track(PoseEngine& engine, const cv::Mat& bgr, uint64_t sequence,
                                                    int64_t timestamp_us);

  // Drops all tracks; whoever is found next gets a new id.
  void Reset();

  // Of the latest Track().
  const TrackTimes& times() const { return times_; }

 private:
  // A track and its observation in the current frame, if any.
  struct Person {
    PersonTrack track;
    std::optional<Observation> seen;
    int recoveries = 0;  // consecutive times the person was found away from the track
  };
  struct Frame {
    PoseEngine& engine;
    const cv::Mat& bgr;
    int64_t timestamp_us;
  };

  // The person in a region; nullopt when there is none.
  absl::StatusOr<std::optional<Observation>> Observe(const Frame& frame, const RegionOfInterest& region);

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
  std::vector<Person> people_;  // sorted by id
  uint32_t last_id_ = 0;
  uint64_t frames_ = 0;      // so far
  int since_detection_ = 0;  // frames
  TrackTimes times_;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_PEOPLE_TRACKER_H_
