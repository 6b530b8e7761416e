// The extractor's session for one stream of frames: checks their order, decodes them, finds the poses.
#ifndef TRACKFIT_EXTRACTION_EXTRACTION_SESSION_H_
#define TRACKFIT_EXTRACTION_EXTRACTION_SESSION_H_

#include <cstdint>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "extraction/frame_decoder.h"
#include "skeleton/pose.h"
#include "skeleton/validate.h"
#include "telemetry/metrics.h"

namespace trackfit::extraction {

struct ExtractorFrame {
  uint64_t sequence = 0;
  int64_t timestamp_us = 0;
  Image image;
};

// The result for one frame: poses, the primary person's first (none when nobody is in the image), the reason
// why the image or its timestamp is invalid, or that nobody looked at it.
struct ExtractionResult {
  uint64_t sequence = 0;
  std::vector<skeleton::Pose> poses;
  std::optional<std::string> invalid;
  bool dropped = false;
  std::string warning;  // about an image that was used nevertheless; empty if there is none
};

// Finds the people in an image (8-bit BGR), the primary person first, with the engine of `worker`.
// INVALID_ARGUMENT when the image is unusable.
using FindPoses = std::function<absl::StatusOr<std::vector<skeleton::Pose>>(
    int worker, const cv::Mat& bgr, uint64_t sequence, int64_t timestamp_us)>;

// Shared by all sessions; thread-safe.
class ExtractionMetrics {
 public:
  explicit ExtractionMetrics(telemetry::Metrics& metrics);

  void Count(const ExtractionResult& result);

  prometheus::Histogram& decode_seconds;
  prometheus::Histogram& pose_seconds;

 private:
  prometheus::Counter& with_pose_;
  prometheus::Counter& without_pose_;
  prometheus::Counter& invalid_;
  prometheus::Counter& dropped_;
};

// State of one stream. Not thread-safe. Decoder and metrics must outlive it.
class ExtractionSession {
 public:
  ExtractionSession(const FrameDecoder& decoder, ExtractionMetrics& metrics, FindPoses find_poses);

  // INVALID_ARGUMENT naming frame.sequence when it does not increase. An unusable image is not an error but a
  // result, and so is a timestamp that does not increase or is out of range.
  absl::StatusOr<ExtractionResult> Process(const ExtractorFrame& frame, int worker);

  // Takes the frame's place in the order without looking at it. Fails as Process().
  absl::StatusOr<ExtractionResult> Drop(uint64_t sequence);

 private:
  absl::StatusOr<std::vector<skeleton::Pose>> Find(const ExtractorFrame& frame, int worker,
                                                   std::string& warning);

  const FrameDecoder& decoder_;
  ExtractionMetrics& metrics_;
  FindPoses find_poses_;
  skeleton::StreamOrder order_;
};

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_EXTRACTION_SESSION_H_
