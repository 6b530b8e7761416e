#include "gateway/gateway_metrics.h"

namespace trackfit::gateway {
namespace {

const char* Name(v1::FrameStatus status) {
  switch (status) {
    case v1::FRAME_STATUS_POSE:
      return "pose";
    case v1::FRAME_STATUS_NO_POSE:
      return "no_pose";
    case v1::FRAME_STATUS_DROPPED:
      return "dropped";
    default:
      return "invalid_frame";
  }
}

}  // namespace

GatewayMetrics::GatewayMetrics(telemetry::Metrics& metrics)
    : metrics_(metrics),
      latency_(metrics.Histogram("trackfit_gateway_frame_latency_seconds",
                                 "Time from a frame's arrival to its answer.")) {
  // Registered from the start, at zero, so that rates have no gaps.
  for (const auto status : {v1::FRAME_STATUS_POSE, v1::FRAME_STATUS_NO_POSE, v1::FRAME_STATUS_DROPPED,
                            v1::FRAME_STATUS_INVALID_FRAME}) {
    Frames(status);
  }
  for (const auto upstream : {Upstream::kExtractor, Upstream::kInferencer}) {
    Breaks(upstream);
    Poisoned(upstream);
  }
}

void GatewayMetrics::CountFrame(v1::FrameStatus status, std::chrono::duration<double> latency) {
  Frames(status).Increment();
  latency_.Observe(latency.count());
}

void GatewayMetrics::CountAssessment(const v1::Assessment& assessment, const std::string& expected_exercise) {
  metrics_
      .Counter("trackfit_gateway_recognised_total",
               "Assessments by the exercise that was recognised; unknown: none of the model's.",
               {{"exercise", assessment.known() ? assessment.exercise() : "unknown"}})
      .Increment();
  if (expected_exercise.empty()) return;
  const bool correct = assessment.known() && assessment.exercise() == expected_exercise;
  metrics_
      .Counter("trackfit_gateway_expected_assessments_total",
               "Assessments of sessions that named the exercise they do, by whether it was recognised.",
               {{"expected", expected_exercise}, {"correct", correct ? "true" : "false"}})
      .Increment();
}

void GatewayMetrics::CountBreak(Upstream upstream) { Breaks(upstream).Increment(); }

void GatewayMetrics::CountPoisoned(Upstream upstream) { Poisoned(upstream).Increment(); }

prometheus::Counter& GatewayMetrics::Frames(v1::FrameStatus status) {
  return metrics_.Counter("trackfit_gateway_frames_total",
                          "Frames and poses answered, by what became of them.", {{"status", Name(status)}});
}

prometheus::Counter& GatewayMetrics::Breaks(Upstream upstream) {
  return metrics_.Counter(
      "trackfit_gateway_upstream_breaks_total",
      "Streams to a server behind that ended before their time, failed attempts to reach it included.",
      {{"upstream", Name(upstream)}});
}

prometheus::Counter& GatewayMetrics::Poisoned(Upstream upstream) {
  return metrics_.Counter("trackfit_gateway_poisoned_total",
                          "Frames (extractor) and windows of poses (inferencer) given up because the server "
                          "broke twice with them.",
                          {{"upstream", Name(upstream)}});
}

}  // namespace trackfit::gateway
