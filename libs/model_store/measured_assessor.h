// An assessor that counts and times the assessments of another one.
#ifndef TRACKFIT_INFERENCE_MEASURED_ASSESSOR_H_
#define TRACKFIT_INFERENCE_MEASURED_ASSESSOR_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "assessment/assessor.h"
#include "telemetry/metrics.h"

namespace trackfit::inference {

// Thread-safe. The metrics must outlive it.
class MeasuredAssessor : public assessment::Assessor {
 public:
  MeasuredAssessor(std::shared_ptr<const assessment::Assessor> assessor, telemetry::Metrics& metrics);

  double rate_hz() const override { return assessor_->rate_hz(); }
  int window_frames() const override { return assessor_->window_frames(); }
  const std::string& model_version() const override { return assessor_->model_version(); }
  const std::string& layout() const override { return assessor_->layout(); }
  const std::vector<std::string>& exercises() const override { return assessor_->exercises(); }

  absl::StatusOr<assessment::Assessment> Assess(std::span<const skeleton::Pose> window,
                                                const std::string& expected_exercise) const override;

 private:
  std::shared_ptr<const assessment::Assessor> assessor_;
  telemetry::Metrics& metrics_;
  prometheus::Histogram& seconds_;
  prometheus::Counter& errors_;
};

}  // namespace trackfit::inference

#endif  // TRACKFIT_INFERENCE_MEASURED_ASSESSOR_H_
