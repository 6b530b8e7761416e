#include "model_store/measured_assessor.h"

#include <utility>

namespace trackfit::model_store {

MeasuredAssessor::MeasuredAssessor(std::shared_ptr<const assessment::Assessor> assessor,
                                   const std::string& model, ModelMetrics& metrics)
    : assessor_(std::move(assessor)),
      metrics_(metrics.metrics()),
      seconds_(metrics_.Histogram("trackfit_inference_seconds", "Time to assess one window.")),
      errors_(metrics_.Counter("trackfit_inference_errors_total", "Windows that could not be assessed.")),
      windows_(metrics.Windows(model, assessor_->model_version())) {}

absl::StatusOr<assessment::Assessment> MeasuredAssessor::Assess(std::span<const skeleton::Pose> window,
                                                                const std::string& expected_exercise) const {
  const telemetry::Timer timer(seconds_);
  auto assessment = assessor_->Assess(window, expected_exercise);
  if (!assessment.ok()) {
    errors_.Increment();
    return assessment;
  }
  windows_.Increment();
  metrics_
      .Counter("trackfit_windows_assessed_total",
               "Windows assessed, by the exercise that was recognised; unknown: none of the model's.",
               {{"exercise", assessment->known ? assessment->exercise : "unknown"}})
      .Increment();
  return assessment;
}

}  // namespace trackfit::model_store
