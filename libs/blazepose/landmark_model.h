// Finds the joints of the person in a region of interest: BlazePose's landmark network and its decoding.
// Source: Bazarevsky et al., "BlazePose", 2020; BlazePose GHUM 3D model card, 2021.
#ifndef TRACKFIT_BLAZEPOSE_LANDMARK_MODEL_H_
#define TRACKFIT_BLAZEPOSE_LANDMARK_MODEL_H_

#include <array>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "blazepose/region_of_interest.h"
#include "tflite/network.h"
#include "tflite/tflite_model.h"

namespace trackfit::blazepose {

// The 33 joints of skeleton::Joint, two alignment points (mid-hip, top of the circle around the body) and
// four unused ones.
inline constexpr int kNetworkLandmarks = 39;
inline constexpr int kMidHip = 33;
inline constexpr int kCircleTop = 34;

struct LandmarkDetection {
  float score = 0;  // probability that a person is in the region
  // Image pixels; z, on the scale of x, is the depth relative to the mid-hip, negative towards the camera.
  std::array<cv::Point3f, kNetworkLandmarks> positions{};
  std::array<float, kNetworkLandmarks>
      visibility{};  // probability that the joint is neither hidden nor outside
  std::array<float, kNetworkLandmarks> presence{};  // probability that the joint is inside the image
  // Metres; origin at the mid-hip, axes as in skeleton::WorldLandmark.
  std::array<cv::Point3f, kNetworkLandmarks> world{};
};

// Refines landmarks by the network's heatmap: each moves to the mean position of the 7 x 7 cells around it,
// weighted by their sigmoids, if at least one of these reaches 0.5. x and y are fractions of the crop;
// `heatmap` holds logits, row-major 64 x 64 x 39.
void RefineByHeatmap(absl::Span<const float> heatmap, std::array<cv::Point3f, kNetworkLandmarks>& landmarks);

// Owns one instance of the network; not thread-safe.
class LandmarkModel {
 public:
  // InvalidArgument when `model` is not one of the BlazePose landmark networks.
  static absl::StatusOr<LandmarkModel> Create(const tflite::TfliteModel& model);

  // Another instance with the same weights, for another thread.
  LandmarkModel Replica() const;

  const tflite::Network& network() const { return network_; }

  // `bgr` is 8-bit with three channels; `region` is valid and in pixels of `bgr`.
  absl::StatusOr<LandmarkDetection> Detect(const cv::Mat& bgr, const RegionOfInterest& region);

 private:
  explicit LandmarkModel(tflite::Network network);

  tflite::Network network_;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_LANDMARK_MODEL_H_
