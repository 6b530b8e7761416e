// Finds people in a whole image: BlazePose's detector with its anchors, decoding and non-maximum suppression.
// Source: Bazarevsky et al., "BlazeFace", 2019 (anchors, weighted suppression) and "BlazePose", 2020.
#ifndef TRACKFIT_BLAZEPOSE_PERSON_DETECTOR_H_
#define TRACKFIT_BLAZEPOSE_PERSON_DETECTOR_H_

#include <array>
#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tflite/network.h"
#include "tflite/tflite_model.h"

namespace trackfit::blazepose {

// Positions are fractions of the detector's square input; in the results of DetectAll() and Detect(), pixels.
struct PersonDetection {
  float score = 0;  // probability
  cv::Rect2f face;  // the box that suppression compares
  // 0: mid-hip, 1: top of the circle around the whole body, 2: mid-shoulder, 3: top of the upper body's
  // circle.
  std::array<cv::Point2f, 4> keypoints{};
};

// The centres of the 2,254 anchors in the order of the network's outputs: strides 8, 16 and 32 with 2, 2 and
// 6 anchors per cell, as fractions of the 224 x 224 input. Anchors have no size.
std::vector<cv::Point2f> DetectorAnchors();

// Decodes the outputs of the network into detections of at least `min_score`. `boxes` holds 12 values per
// anchor in pixels of the input (box centre, box size, four keypoints, relative to the anchor), `logits` one.
std::vector<PersonDetection> DecodeDetections(absl::Span<const float> boxes, absl::Span<const float> logits,
                                              absl::Span<const cv::Point2f> anchors, float min_score);

// Repeatedly takes the best remaining detection and replaces it and all that overlap it by more than
// `min_overlap` (intersection over union) by their mean, weighted by score. Sorted by score, best first.
std::vector<PersonDetection> WeightedNonMaxSuppression(std::vector<PersonDetection> detections,
                                                       float min_overlap);

// Owns one instance of the network; not thread-safe.
class PersonDetector {
 public:
  // InvalidArgument when `model` is not the BlazePose detector.
  static absl::StatusOr<PersonDetector> Create(const tflite::TfliteModel& model);

  // Another instance with the same weights, for another thread.
  PersonDetector Replica() const;

  // People with a score of at least `min_score`, highest first, in pixels of `bgr` (8-bit, three channels).
  // The same person may be detected twice.
  absl::StatusOr<std::vector<PersonDetection>> DetectAll(const cv::Mat& bgr, float min_score);

  // The one with the highest score.
  absl::StatusOr<std::optional<PersonDetection>> Detect(const cv::Mat& bgr, float min_score);

  // How often the network has run.
  int64_t runs() const { return runs_; }

 private:
  explicit PersonDetector(tflite::Network network);

  tflite::Network network_;
  std::vector<cv::Point2f> anchors_;
  int64_t runs_ = 0;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_PERSON_DETECTOR_H_
