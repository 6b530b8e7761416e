// What a tracker remembers about a person, to decide whether an observation is still of the same person.
#ifndef TRACKFIT_BLAZEPOSE_PERSON_MEMORY_H_
#define TRACKFIT_BLAZEPOSE_PERSON_MEMORY_H_

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>

#include "blazepose/landmark_model.h"
#include "blazepose/region_of_interest.h"

namespace trackfit::blazepose {

// Mean colours of a person's chest, waist and thighs: for each, half the brightness and two colour
// differences, scaled so that the full range is 1.
using Appearance = std::array<float, 9>;

// A person as observed in one frame.
struct Observation {
  LandmarkDetection body;   // before smoothing
  RegionOfInterest region;  // around the body, with the landmark network's margin
  Appearance appearance{};
};

// `body` was found in `bgr` (8-bit, three channels).
Observation MakeObservation(const cv::Mat& bgr, const LandmarkDetection& body);

// Whether two observations are of one body: shoulders and hips within a few centimetres.
bool IsSameBody(const Observation& a, const Observation& b);

// Whether two bodies are side by side: the centre of neither's trunk lies in the bounding box of the other's
// joints.
bool AreSideBySide(const Observation& a, const Observation& b);

// Intersection over union of the circles that two regions enclose. A region stands for the circle around a
// body, so rotation does not matter.
float Overlap(const RegionOfInterest& a, const RegionOfInterest& b);

// Not thread-safe, copyable.
class PersonMemory {
 public:
  // Adds an observation of the person.
  void Update(const Observation& observation, int64_t timestamp_us);

  // Whether there are enough observations to tell the person from others.
  bool is_mature() const { return observations_ >= kMature; }
  int64_t timestamp_us() const { return timestamp_us_; }  // of the last observation

  // How far the observation is from the person's appearance and size; above 1 it is probably somebody else.
  float Mismatch(const Observation& observation) const;

  // Where the person should be at that time: extrapolates the motion, which comes to rest within half a
  // second.
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
