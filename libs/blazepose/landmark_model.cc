#include "blazepose/landmark_model.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "blazepose/image_sampler.h"

namespace trackfit::blazepose {
namespace {

constexpr int kInputSize = 256;
constexpr int kHeatmapSize = 64;
constexpr int kKernelRadius = 3;  // of the 7 x 7 refinement kernel
constexpr float kMinConfidence = 0.5f;
constexpr int kLandmarkValues = 5;  // x, y, z in pixels of the crop, logits of visibility and presence

// Positions in the list of requested outputs; the model's output 2, the segmentation mask, is not computed.
enum Output : int { kLandmarks, kScore, kHeatmap, kWorld };
const std::vector<int>& RequestedOutputs() {
  static const std::vector<int> kOutputs = {0, 1, 3, 4};
  return kOutputs;
}

float Sigmoid(float logit) { return 1.0f / (1.0f + std::exp(-logit)); }

void RefineOne(absl::Span<const float> heatmap, int channel, cv::Point3f& landmark) {
  const float x = landmark.x * kHeatmapSize, y = landmark.y * kHeatmapSize;
  // As in MediaPipe, a joint below the lower edge is still refined by the rows within the kernel's radius.
  if (!(x > -1 && x < kHeatmapSize && y > -1 && y < kHeatmapSize + kKernelRadius)) return;
  const int middle_column = static_cast<int>(x), middle_row = static_cast<int>(y);
  float sum = 0, column_sum = 0, row_sum = 0, best = 0;
  for (int row = std::max(0, middle_row - kKernelRadius);
       row <= std::min(kHeatmapSize - 1, middle_row + kKernelRadius); ++row) {
    for (int column = std::max(0, middle_column - kKernelRadius);
         column <= std::min(kHeatmapSize - 1, middle_column + kKernelRadius); ++column) {
      const float confidence = Sigmoid(heatmap[(row * kHeatmapSize + column) * kNetworkLandmarks + channel]);
      sum += confidence;
      column_sum += static_cast<float>(column) * confidence;
      row_sum += static_cast<float>(row) * confidence;
      best = std::max(best, confidence);
    }
  }
  if (best < kMinConfidence) return;
  landmark.x = column_sum / kHeatmapSize / sum;
  landmark.y = row_sum / kHeatmapSize / sum;
}

}  // namespace

void RefineByHeatmap(absl::Span<const float> heatmap, std::array<cv::Point3f, kNetworkLandmarks>& landmarks) {
  for (int i = 0; i < kNetworkLandmarks; ++i) RefineOne(heatmap, i, landmarks[i]);
}

absl::StatusOr<LandmarkModel> LandmarkModel::Create(const tflite::TfliteModel& model) {
  absl::StatusOr<tflite::Network> network = tflite::Network::Create(model, RequestedOutputs());
  if (!network.ok()) return network.status();
  if (network->input_shape() != std::vector<int>{1, kInputSize, kInputSize, 3} ||
      network->output_shape(kLandmarks) != std::vector<int>{1, kNetworkLandmarks * kLandmarkValues} ||
      network->output_shape(kScore) != std::vector<int>{1, 1} ||
      network->output_shape(kHeatmap) != std::vector<int>{1, kHeatmapSize, kHeatmapSize, kNetworkLandmarks} ||
      network->output_shape(kWorld) != std::vector<int>{1, kNetworkLandmarks * 3}) {
    return absl::InvalidArgumentError("the model is not a BlazePose landmark network");
  }
  return LandmarkModel(*std::move(network));
}

LandmarkModel::LandmarkModel(tflite::Network network) : network_(std::move(network)) {}

LandmarkModel LandmarkModel::Replica() const { return LandmarkModel(network_.Replica()); }

absl::StatusOr<LandmarkDetection> LandmarkModel::Detect(const cv::Mat& bgr, const RegionOfInterest& region) {
  SampleRegion(bgr, region, Border::kReplicate, {.low = 0, .high = 1}, kInputSize, network_.input());
  network_.Run();

  LandmarkDetection detection;
  detection.score = network_.output(kScore)[0];
  const absl::Span<const float> values = network_.output(kLandmarks);
  for (int i = 0; i < kNetworkLandmarks; ++i) {
    const float* landmark = values.data() + i * kLandmarkValues;
    detection.positions[i] = cv::Point3f(landmark[0], landmark[1], landmark[2]) / kInputSize;
    detection.visibility[i] = Sigmoid(landmark[3]);
    detection.presence[i] = Sigmoid(landmark[4]);
  }
  RefineByHeatmap(network_.output(kHeatmap), detection.positions);
  for (cv::Point3f& position : detection.positions) {
    const cv::Point2f pixel = region.ToImage({position.x, position.y});
    position = {pixel.x, pixel.y, position.z * region.side};
  }
  const float cosine = std::cos(region.rotation), sine = std::sin(region.rotation);
  const absl::Span<const float> world = network_.output(kWorld);
  for (int i = 0; i < kNetworkLandmarks; ++i) {
    const float x = world[3 * i], y = world[3 * i + 1];
    detection.world[i] = {cosine * x - sine * y, sine * x + cosine * y, world[3 * i + 2]};
  }
  return detection;
}

}  // namespace trackfit::blazepose
