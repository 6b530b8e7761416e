#include "gateway/gateway_metrics.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

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

prometheus::Histogram& Stage(telemetry::Metrics& metrics, const std::string& stage) {
  return metrics.Histogram(
      "trackfit_gateway_frame_stage_seconds",
      "What an answered frame's latency consists of: waiting to be sent to the extractor, "
      "being away, and waiting for the answers to those before it.",
      telemetry::WorkBuckets(), {{"stage", stage}});
}

double Seconds(FrameLedger::TimePoint begin, FrameLedger::TimePoint end) {
  return std::chrono::duration<double>(end - begin).count();
}

// Of scores in [0, 1], most of which are near 1.
const std::vector<double>& ScoreBuckets() {
  static const auto& buckets =
      *new std::vector<double>{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99};
  return buckets;
}

constexpr int kTenths = 10;

int Tenth(double percentile) { return std::clamp(static_cast<int>(percentile / 10), 0, kTenths - 1); }

const char* Name(Resumption outcome) {
  switch (outcome) {
    case Resumption::kResumed:
      return "resumed";
    case Resumption::kNotFound:
      return "not_found";
    case Resumption::kExpired:
      return "expired";
    case Resumption::kEvicted:
      return "evicted";
  }
  return "not_found";
}

}  // namespace

GatewayMetrics::GatewayMetrics(telemetry::Metrics& metrics)
    : metrics_(metrics),
      latency_(metrics.Histogram("trackfit_gateway_frame_latency_seconds",
                                 "Time from a frame's arrival to its answer.")),
      before_extractor_(Stage(metrics, "waiting")),
      extractor_(Stage(metrics, "extractor")),
      ordering_(Stage(metrics, "ordering")),
      assessment_latency_(metrics.Histogram(
          "trackfit_gateway_assessment_latency_seconds",
          "Time from the arrival of the last frame in a window to the window's assessment.")),
      known_score_(metrics.Histogram(
          "trackfit_gateway_known_score",
          "Probability that what is assessed is one of the model's exercises, whichever.", ScoreBuckets())),
      visibility_(metrics.Histogram("trackfit_gateway_visibility",
                                    "Mean visibility of the landmarks of a pose that is assessed.",
                                    ScoreBuckets())),
      waiting_sessions_(metrics.Gauge("trackfit_gateway_waiting_sessions",
                                      "Sessions whose client is away and may come back.")) {
  // Registered from the start, at zero, so that rates have no gaps.
  for (const auto status : {v1::FRAME_STATUS_POSE, v1::FRAME_STATUS_NO_POSE, v1::FRAME_STATUS_DROPPED,
                            v1::FRAME_STATUS_INVALID_FRAME}) {
    Frames(status);
  }
  for (const auto upstream : {Upstream::kExtractor, Upstream::kInferencer}) {
    Breaks(upstream);
    Poisoned(upstream);
  }
  for (const auto outcome :
       {Resumption::kResumed, Resumption::kNotFound, Resumption::kExpired, Resumption::kEvicted}) {
    Resumptions(outcome);
  }
}

void GatewayMetrics::CountFrame(v1::FrameStatus status, const FrameLedger::Times& times,
                                FrameLedger::TimePoint now) {
  Frames(status).Increment();
  latency_.Observe(Seconds(times.received, now));
  if (!times.sent || !times.returned) return;
  before_extractor_.Observe(Seconds(times.received, *times.sent));
  extractor_.Observe(Seconds(*times.sent, *times.returned));
  ordering_.Observe(Seconds(*times.returned, now));
}

void GatewayMetrics::CountAssessment(const v1::Assessment& assessment, const std::string& expected_exercise,
                                     std::optional<std::chrono::duration<double>> latency) {
  if (latency) assessment_latency_.Observe(latency->count());
  const std::string recognised = assessment.known() ? assessment.exercise() : "unknown";
  metrics_
      .Counter("trackfit_gateway_recognised_total",
               "Assessments by the exercise that was recognised; unknown: none of the model's.",
               {{"exercise", recognised}})
      .Increment();
  known_score_.Observe(assessment.known_score());
  if (assessment.known()) {
    metrics_
        .Histogram("trackfit_gateway_confidence", "Probability of the exercise that was recognised.",
                   ScoreBuckets(), {{"exercise", recognised}})
        .Observe(assessment.confidence());
    const std::string& judged = assessment.judged_exercise();
    prometheus::Counter& quality = Quality(judged, Tenth(assessment.quality().score()));
    if (quality.Value() == 0) {  // all of them with the first: rules compare what all ten have
      for (int tenth = 0; tenth < kTenths; ++tenth) Quality(judged, tenth);
    }
    quality.Increment();
  }
  if (expected_exercise.empty()) return;
  metrics_
      .Counter("trackfit_gateway_confusion_total",
               "Assessments of sessions that named the exercise they do, by what was recognised.",
               {{"expected", expected_exercise}, {"recognised", recognised}})
      .Increment();
  const bool correct = recognised == expected_exercise;
  metrics_
      .Counter("trackfit_gateway_expected_assessments_total",
               "Assessments of sessions that named the exercise they do, by whether it was recognised.",
               {{"expected", expected_exercise}, {"correct", correct ? "true" : "false"}})
      .Increment();
}

void GatewayMetrics::CountPose(const skeleton::Pose& pose) {
  double sum = 0;
  for (const skeleton::Landmark& landmark : pose.landmarks) sum += landmark.visibility;
  visibility_.Observe(sum / static_cast<double>(pose.landmarks.size()));
}

void GatewayMetrics::CountBreak(Upstream upstream) { Breaks(upstream).Increment(); }

void GatewayMetrics::CountPoisoned(Upstream upstream) { Poisoned(upstream).Increment(); }

void GatewayMetrics::CountResumption(Resumption outcome) { Resumptions(outcome).Increment(); }

void GatewayMetrics::SetWaiting(int sessions) { waiting_sessions_.Set(sessions); }

prometheus::Counter& GatewayMetrics::Frames(v1::FrameStatus status) {
  return metrics_.Counter("trackfit_gateway_frames_total",
                          "Frames and poses answered, by what became of them.", {{"status", Name(status)}});
}

prometheus::Counter& GatewayMetrics::Quality(const std::string& exercise, int tenth) {
  return metrics_.Counter(
      "trackfit_gateway_quality_total",
      "Assessments in which an exercise was recognised, by the tenth in which its form lies among the "
      "correct executions that the model was calibrated with.",
      {{"exercise", exercise}, {"percentile", absl::StrCat(tenth * 10, "-", tenth * 10 + 10)}});
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

prometheus::Counter& GatewayMetrics::Resumptions(Resumption outcome) {
  return metrics_.Counter("trackfit_gateway_resumptions_total",
                          "Clients that came back for their session, and sessions that waited in vain.",
                          {{"outcome", Name(outcome)}});
}

}  // namespace trackfit::gateway
