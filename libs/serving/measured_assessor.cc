#include "serving/measured_assessor.h"

#include <utility>

namespace trackfit::serving {

MeasuredAssessor::MeasuredAssessor(std::shared_ptr<const assessment::Assessor> assessor,
                                   telemetry::Metrics& metrics)
    : assessor_(std::move(assessor)),
      metrics_(metrics),
      seconds_(metrics.Histogram("trackfit_inference_seconds", "Time to assess one window.")) {
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
    metrics_.Counter("trackfit_inference_errors_total", "Windows that could not be assessed.").Increment();
    return assessment;
  }
  metrics_
      .Counter("trackfit_assessments_total", "Windows assessed, by the exercise recognised.",
               {{"exercise", assessment->known ? assessment->exercise : "other"}})
      .Increment();
  return assessment;
}

}  // namespace trackfit::serving
