// What the gateway counts.
#ifndef TRACKFIT_GATEWAY_GATEWAY_METRICS_H_
#define TRACKFIT_GATEWAY_GATEWAY_METRICS_H_

#include <trackfit/v1/common.pb.h>

#include <chrono>
#include <optional>
#include <string>

#include "gateway/frame_ledger.h"
#include "gateway/resumable_sessions.h"
#include "gateway/upstream.h"
#include "skeleton/pose.h"
#include "telemetry/metrics.h"

namespace trackfit::gateway {

// Thread-safe.
class GatewayMetrics {
 public:
  explicit GatewayMetrics(telemetry::Metrics& metrics);

  // What AnalysisObserver tells of a frame and of an assessment.
  void CountFrame(v1::FrameStatus status, const FrameLedger::Times& times, FrameLedger::TimePoint now);
  void CountAssessment(const v1::Assessment& assessment, const std::string& expected_exercise,
                       std::optional<std::chrono::duration<double>> latency);
  // Of the person who is assessed.
  void CountPose(const skeleton::Pose& pose);
  void CountBreak(Upstream upstream);
  void CountPoisoned(Upstream upstream);
  void CountResumption(Resumption outcome);
  void SetWaiting(int sessions);

 private:
  prometheus::Counter& Frames(v1::FrameStatus status);
  prometheus::Counter& Quality(const std::string& exercise, int tenth);
  prometheus::Counter& Breaks(Upstream upstream);
  prometheus::Counter& Poisoned(Upstream upstream);
  prometheus::Counter& Resumptions(Resumption outcome);

  telemetry::Metrics& metrics_;
  prometheus::Histogram& latency_;
  prometheus::Histogram& before_extractor_;
  prometheus::Histogram& extractor_;
  prometheus::Histogram& ordering_;
  prometheus::Histogram& assessment_latency_;
  prometheus::Histogram& known_score_;
  prometheus::Histogram& visibility_;
  prometheus::Gauge& waiting_sessions_;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_GATEWAY_METRICS_H_
