// An assessor that counts and times the assessments of another one.
#ifndef TRACKFIT_MODEL_STORE_MEASURED_ASSESSOR_H_
#define TRACKFIT_MODEL_STORE_MEASURED_ASSESSOR_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "assessment/assessor.h"
#include "model_store/model_metrics.h"
#include "telemetry/metrics.h"

namespace trackfit::model_store {

// Thread-safe. The metrics must outlive it.
class MeasuredAssessor : public assessment::Assessor {
 public:
  // `model` is the name of the model of which the assessor is a version.
  MeasuredAssessor(std::shared_ptr<const assessment::Assessor> assessor, const std::string& model,
                   ModelMetrics& metrics);

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
  prometheus::Counter& windows_;
};

}  // namespace trackfit::model_store

#endif  // TRACKFIT_MODEL_STORE_MEASURED_ASSESSOR_H_
