// Follows one person from picture to picture as MediaPipe Pose does: the region of interest comes from the
// landmarks of the picture before, and the landmarks are smoothed.
// Source: MediaPipe's pose_landmark_cpu graph, 2023.
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

// A few kilobytes. Not thread-safe, copyable.
class PersonTrack {
 public:
  explicit PersonTrack(uint32_t id) : id_(id) {}

  uint32_t id() const { return id_; }
  // Where the person should be in the next picture; nullopt while out of sight.
  const std::optional<RegionOfInterest>& region() const { return region_; }

  // The person was seen: smooths the landmarks if told to, and predicts the next region. While what is seen
  // does not fit the memory, the memory stays as it is, until the doubt has lasted too long.
  void Update(int64_t timestamp_us, bool smooth, const Observation& observation, LandmarkDetection& body);

  // Out of sight: the filters and the region are forgotten, the person is not.
  void MarkLost();

  const PersonMemory& memory() const { return memory_; }
  // Who is followed does not look like the person of the memory.
  bool in_doubt() const { return doubtful_since_us_.has_value(); }
  // Two tracks have mistaken one person for the other.
  void SwapIdentities(PersonTrack& other);

 private:
  // What is kept while a person is in sight.
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

// How long somebody who is hidden, or taken for somebody else, is waited for.
inline constexpr int64_t kMaxLostUs = 1'500'000;

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_PERSON_TRACK_H_
