#include "blazepose/person_detector.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/status/status.h"
#include "blazepose/image_sampler.h"
#include "blazepose/region_of_interest.h"

namespace trackfit::blazepose {
namespace {

constexpr int kInputSize = 224;
constexpr size_t kBoxNumbers = 12;
constexpr float kMinOverlap = 0.3f;

// Indices of the network's outputs.
constexpr int kBoxes = 0;
constexpr int kScores = 1;

float Sigmoid(float logit) { return 1.0f / (1.0f + std::exp(-std::clamp(logit, -100.0f, 100.0f))); }

float Overlap(const cv::Rect2f& a, const cv::Rect2f& b) {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const float both = width * height;
  return both / (a.area() + b.area() - both);
}

PersonDetection WeightedMean(const std::vector<PersonDetection>& cluster) {
  PersonDetection mean;
  mean.score = cluster.front().score;
  float total = 0;
  cv::Point2f corner, size;
  for (const PersonDetection& detection : cluster) {
    total += detection.score;
    corner += detection.face.tl() * detection.score;
    size += cv::Point2f(detection.face.width, detection.face.height) * detection.score;
    for (size_t k = 0; k < mean.keypoints.size(); ++k)
      mean.keypoints[k] += detection.keypoints[k] * detection.score;
  }
  mean.face = {corner.x / total, corner.y / total, size.x / total, size.y / total};
  for (cv::Point2f& keypoint : mean.keypoints) keypoint /= total;
  return mean;
}

}  // namespace

std::vector<cv::Point2f> DetectorAnchors() {
  struct Layer {
    int stride;
    int per_cell;
  };
  std::vector<cv::Point2f> anchors;
  for (const Layer layer : {Layer{8, 2}, Layer{16, 2}, Layer{32, 6}}) {
    const int cells = kInputSize / layer.stride;
    for (int y = 0; y < cells; ++y) {
      for (int x = 0; x < cells; ++x) {
        const cv::Point2f middle((static_cast<float>(x) + 0.5f) / static_cast<float>(cells),
                                 (static_cast<float>(y) + 0.5f) / static_cast<float>(cells));
        anchors.insert(anchors.end(), layer.per_cell, middle);
      }
    }
  }
  return anchors;
}

std::vector<PersonDetection> DecodeDetections(absl::Span<const float> boxes, absl::Span<const float> logits,
                                              absl::Span<const cv::Point2f> anchors, float min_score) {
  std::vector<PersonDetection> detections;
  for (size_t i = 0; i < anchors.size(); ++i) {
    const float score = Sigmoid(logits[i]);
    if (!(score >= min_score)) continue;
    const float* numbers = boxes.data() + i * kBoxNumbers;
    const auto offset = [&](size_t k) {
      return cv::Point2f(numbers[2 * k], numbers[2 * k + 1]) / static_cast<float>(kInputSize);
    };
    const cv::Point2f size = offset(1);
    if (!(size.x >= 0 && size.y >= 0)) continue;
    PersonDetection detection;
    detection.score = score;
    const cv::Point2f corner = anchors[i] + offset(0) - size / 2;
    detection.face = {corner.x, corner.y, size.x, size.y};
    for (size_t k = 0; k < detection.keypoints.size(); ++k)
      detection.keypoints[k] = anchors[i] + offset(2 + k);
    detections.push_back(detection);
  }
  return detections;
}

std::vector<PersonDetection> WeightedNonMaxSuppression(std::vector<PersonDetection> detections,
                                                       float min_overlap) {
  std::stable_sort(detections.begin(), detections.end(),
                   [](const PersonDetection& a, const PersonDetection& b) { return a.score > b.score; });
  std::vector<PersonDetection> kept;
  while (!detections.empty()) {
    const cv::Rect2f best = detections.front().face;
    std::vector<PersonDetection> cluster = {detections.front()}, rest;
    for (size_t i = 1; i < detections.size(); ++i) {
      (Overlap(detections[i].face, best) > min_overlap ? cluster : rest).push_back(detections[i]);
    }
    kept.push_back(WeightedMean(cluster));
    detections = std::move(rest);
  }
  return kept;
}

absl::StatusOr<PersonDetector> PersonDetector::Create(const tflite::TfliteModel& model) {
  absl::StatusOr<tflite::Network> network = tflite::Network::Create(model, {kBoxes, kScores});
  if (!network.ok()) return network.status();
  const int anchors = static_cast<int>(DetectorAnchors().size());
  if (network->input_shape() != std::vector<int>{1, kInputSize, kInputSize, 3} ||
      network->output_shape(kBoxes) != std::vector<int>{1, anchors, kBoxNumbers} ||
      network->output_shape(kScores) != std::vector<int>{1, anchors, 1}) {
    return absl::InvalidArgumentError("the model is not the BlazePose person detector");
  }
  return PersonDetector(*std::move(network));
}

PersonDetector::PersonDetector(tflite::Network network)
    : network_(std::move(network)), anchors_(DetectorAnchors()) {}

PersonDetector PersonDetector::Replica() const { return PersonDetector(network_.Replica()); }

absl::StatusOr<std::optional<PersonDetection>> PersonDetector::Detect(const cv::Mat& bgr, float min_score) {
  const absl::StatusOr<std::vector<PersonDetection>> people = DetectAll(bgr, min_score);
  if (!people.ok()) return people.status();
  return people->empty() ? std::nullopt : std::optional(people->front());
}

absl::StatusOr<std::vector<PersonDetection>> PersonDetector::DetectAll(const cv::Mat& bgr, float min_score) {
  const RegionOfInterest square = Letterbox(bgr.size());
  SampleRegion(bgr, square, Border::kBlack, {.low = -1, .high = 1}, kInputSize, network_.input());
  network_.Run();
  ++runs_;
  std::vector<PersonDetection> people = WeightedNonMaxSuppression(
      DecodeDetections(network_.output(kBoxes), network_.output(kScores), anchors_, min_score), kMinOverlap);
  for (PersonDetection& person : people) {
    const cv::Point2f corner = square.ToImage(person.face.tl());
    person.face = {corner.x, corner.y, person.face.width * square.side, person.face.height * square.side};
    for (cv::Point2f& keypoint : person.keypoints) keypoint = square.ToImage(keypoint);
  }
  return people;
}

}  // namespace trackfit::blazepose
