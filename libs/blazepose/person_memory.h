// What a tracker remembers of a person, to tell whether whom it sees is still the same one.
#ifndef TRACKFIT_BLAZEPOSE_PERSON_MEMORY_H_
#define TRACKFIT_BLAZEPOSE_PERSON_MEMORY_H_

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>

#include "blazepose/landmark_model.h"
#include "blazepose/region_of_interest.h"

namespace trackfit::blazepose {

// Mean colours of somebody's chest, waist and thighs: half the brightness and two colour differences each,
// where 1 is the whole range.
using Appearance = std::array<float, 9>;

// Somebody as seen in one picture.
struct Observation {
  LandmarkDetection body;   // before smoothing
  RegionOfInterest region;  // around the body, as large as the landmark network wants it
  Appearance appearance{};
};

// `body` was found in `bgr` (8-bit, three channels).
Observation MakeObservation(const cv::Mat& bgr, const LandmarkDetection& body);

// The same shoulders and hips, a few centimetres aside: two observations of one body.
bool IsSameBody(const Observation& a, const Observation& b);

// Two bodies side by side: neither's trunk has its middle in the box around the other's joints.
bool AreSideBySide(const Observation& a, const Observation& b);

// Shared area of the circles that two regions enclose, as a fraction of the area of both together: what a
// region stands for is the circle around a body, whatever its rotation.
float Overlap(const RegionOfInterest& a, const RegionOfInterest& b);

// Not thread-safe, copyable.
class PersonMemory {
 public:
  // The person was seen there.
  void Update(const Observation& observation, int64_t timestamp_us);

  // Whether enough was seen to tell the person from others.
  bool is_mature() const { return observations_ >= kMature; }
  int64_t timestamp_us() const { return timestamp_us_; }  // of the last observation

  // How badly the observation fits the person's appearance and size: above 1 it is probably somebody else.
  float Mismatch(const Observation& observation) const;

  // Where the person should be at that time: goes on as before, and comes to rest within half a second.
  RegionOfInterest PredictRegion(int64_t timestamp_us) const;

 private:
  static constexpr int kMature = 10;

  int observations_ = 0;
  int64_t timestamp_us_ = 0;
  RegionOfInterest region_;
  cv::Point2f velocity_;     // pixels per second
  float side_ = 0;           // mean of recent regions
  Appearance appearance_{};  // likewise
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_PERSON_MEMORY_H_
