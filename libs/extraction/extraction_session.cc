#include "extraction/extraction_session.h"

#include <utility>

namespace trackfit::extraction {
namespace {

prometheus::Counter& FramesCounter(telemetry::Metrics& metrics, const std::string& status) {
  return metrics.Counter("trackfit_frames_total", "Frames answered, by what became of them.",
                         {{"status", status}});
}

}  // namespace

ExtractionMetrics::ExtractionMetrics(telemetry::Metrics& metrics)
    : decode_seconds(metrics.Histogram("trackfit_decode_seconds", "Time to decode a picture.")),
      pose_seconds(
          metrics.Histogram("trackfit_pose_seconds", "Time to find the poses in a decoded picture.")),
      with_pose_(FramesCounter(metrics, "pose")),
      without_pose_(FramesCounter(metrics, "no_pose")),
      invalid_(FramesCounter(metrics, "invalid_frame")),
      dropped_(FramesCounter(metrics, "dropped")) {}

void ExtractionMetrics::Count(const ExtractionResult& result) {
  (result.dropped         ? dropped_
   : result.invalid       ? invalid_
   : result.poses.empty() ? without_pose_
                          : with_pose_)
      .Increment();
}

ExtractionSession::ExtractionSession(const FrameDecoder& decoder, ExtractionMetrics& metrics,
                                     FindPoses find_poses)
    : decoder_(decoder), metrics_(metrics), find_poses_(std::move(find_poses)) {}

absl::StatusOr<ExtractionResult> ExtractionSession::Process(const ExtractorFrame& frame, int worker) {
  if (absl::Status order = order_.TakeSequence("frame", frame.sequence); !order.ok()) return order;

  ExtractionResult result;
  result.sequence = frame.sequence;
  auto poses = Find(frame, worker, result.warning);
  if (poses.ok()) {
    result.poses = *std::move(poses);
  } else if (absl::IsInvalidArgument(poses.status())) {
    result.invalid = std::string(poses.status().message());
  } else {
    return poses.status();
  }
  metrics_.Count(result);
  return result;
}

absl::StatusOr<ExtractionResult> ExtractionSession::Drop(uint64_t sequence) {
  if (absl::Status order = order_.TakeSequence("frame", sequence); !order.ok()) return order;
  ExtractionResult result;
  result.sequence = sequence;
  result.dropped = true;
  metrics_.Count(result);
  return result;
}

absl::StatusOr<std::vector<skeleton::Pose>> ExtractionSession::Find(const ExtractorFrame& frame, int worker,
                                                                    std::string& warning) {
  if (absl::Status time = order_.TakeTimestamp("frame", frame.timestamp_us); !time.ok()) return time;
  absl::StatusOr<DecodedImage> image = [&] {
    const telemetry::Timer timer(metrics_.decode_seconds);
    return decoder_.Decode(frame.image);
  }();
  if (!image.ok()) return image.status();
  warning = std::move(image->warning);
  const telemetry::Timer timer(metrics_.pose_seconds);
  return find_poses_(worker, image->bgr, frame.sequence, frame.timestamp_us);
}

}  // namespace trackfit::extraction
