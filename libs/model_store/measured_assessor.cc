#include "inference/measured_assessor.h"

#include <utility>

namespace trackfit::inference {

MeasuredAssessor::MeasuredAssessor(std::shared_ptr<const assessment::Assessor> assessor,
                                   telemetry::Metrics& metrics)
    : assessor_(std::move(assessor)),
      metrics_(metrics),
      seconds_(metrics.Histogram("trackfit_inference_seconds", "Time to assess one window.")),
      errors_(metrics.Counter("trackfit_inference_errors_total", "Windows that could not be assessed.")) {
  metrics_
      .Gauge("trackfit_model_info", "Always 1; the label says which model is served.",
             {{"model_version", assessor_->model_version()}})
      .Set(1);
}

absl::StatusOr<assessment::Assessment> MeasuredAssessor::Assess(std::span<const skeleton::Pose> window,
                                                                const std::string& expected_exercise) const {
  const telemetry::Timer timer(seconds_);
  auto assessment = assessor_->Assess(window, expected_exercise);
  if (!assessment.ok()) {
    errors_.Increment();
    return assessment;
  }
  metrics_
      .Counter("trackfit_windows_assessed_total",
               "Windows assessed, by the exercise that was recognised; unknown: none of the model's.",
               {{"exercise", assessment->known ? assessment->exercise : "unknown"}})
      .Increment();
  return assessment;
}

}  // namespace trackfit::inference
