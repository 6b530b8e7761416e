// Tracks one person from frame to frame as MediaPipe Pose does: the region of interest comes from the
// landmarks of the previous frame, and the landmarks are smoothed. Source: MediaPipe's pose_landmark_cpu
// graph, 2023.
#ifndef TRACKFIT_BLAZEPOSE_PERSON_TRACK_H_
#define TRACKFIT_BLAZEPOSE_PERSON_TRACK_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "blazepose/landmark_model.h"
#include "blazepose/person_memory.h"
#include "blazepose/region_of_interest.h"
#include "blazepose/smoothing.h"

namespace trackfit::blazepose {

// A few kilobytes. Not thread-safe; copyable.
class PersonTrack {
 public:
  explicit PersonTrack(uint32_t id) : id_(id) {}

  uint32_t id() const { return id_; }
  // Where to look for the person in the next frame; nullopt while the track is lost.
  const std::optional<RegionOfInterest>& region() const { return region_; }

  // Continues the track with an observation: predicts the next region and, with `smooth`, smooths the
  // landmarks in `body`. Observations that do not match the memory do not update it until they have persisted
  // for kMaxLostUs; then the memory starts over.
  void Update(int64_t timestamp_us, bool smooth, const Observation& observation, LandmarkDetection& body);

  // The person is out of sight: resets the filters and the region, but keeps identity and memory.
  void MarkLost();

  const PersonMemory& memory() const { return memory_; }
  // Whether recent observations do not match the memory.
  bool in_doubt() const { return doubtful_since_us_.has_value(); }
  // Exchanges id and memory with another track: each has been following the other's person.
  void SwapIdentities(PersonTrack& other);

 private:
  // Filter state, kept while the person is in sight.
  struct Smoothers {
    Smoothers();

    PointSmoother image;
    PointSmoother world;
    PointSmoother alignment;
    std::vector<LowPassFilter> visibility;
  };

  void UpdateMemory(int64_t timestamp_us, const Observation& observation);

  uint32_t id_;
  std::optional<RegionOfInterest> region_;
  Smoothers smoothers_;
  PersonMemory memory_;
  std::optional<int64_t> doubtful_since_us_;
};

// How long a track may be lost, or in doubt, before it is dropped or starts over.
inline constexpr int64_t kMaxLostUs = 1'500'000;

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_PERSON_TRACK_H_
