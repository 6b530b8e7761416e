// The Assessor that TrackFit serves: a ProtoGCN model archive.
#ifndef TRACKFIT_INFERENCE_PROTOGCN_ASSESSOR_H_
#define TRACKFIT_INFERENCE_PROTOGCN_ASSESSOR_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "assessment/assessor.h"
#include "protogcn/model.h"
#include "protogcn/window_shape.h"

namespace trackfit::inference {

// All parameters come from the model archive. Thread-safe.
//
// - Probabilities are the model's, calibrated by the archive (protogcn::ClassProbabilities).
// - cosine = embedding . prototype of the judged class. score = the percentile of the form model's logit
// where
//   the class has one, else that of the cosine, among correct executions. Without a calibration
//   (an imported checkpoint, a class that could not be calibrated) the level is kUnspecified.
// - joint errors: the model's per-node errors spread over the 33 joints, with percentiles by judged class and
//   node. A joint whose mean visibility is below 0.3 is not judged.
class ProtogcnAssessor : public assessment::Assessor {
 public:
  // Loads <path> and names the model `version` in assessments. Errors as protogcn::Model::Load, and
  // INVALID_ARGUMENT when no session could use the model's window.
  static absl::StatusOr<std::shared_ptr<const ProtogcnAssessor>> Load(const std::string& path,
                                                                      const std::string& version);

  // The same for a model that is already in memory, e.g. one in training. INVALID_ARGUMENT as Load.
  static absl::StatusOr<std::shared_ptr<const ProtogcnAssessor>> FromModel(
      std::unique_ptr<protogcn::Model> model, const std::string& version);

  double rate_hz() const override { return shape_.rate_hz; }
  int window_frames() const override { return shape_.poses; }
  const std::string& model_version() const override { return version_; }
  const std::string& layout() const override { return shape_.layout.name; }
  const std::vector<std::string>& exercises() const override { return exercises_; }

  absl::StatusOr<assessment::Assessment> Assess(std::span<const skeleton::Pose> window,
                                                const std::string& expected_exercise) const override;

 private:
  ProtogcnAssessor(std::unique_ptr<protogcn::Model> model, std::string version, protogcn::WindowShape shape);

  void JudgeQuality(const protogcn::Prediction& prediction, size_t judged,
                    std::span<const skeleton::Pose> window, assessment::Assessment& assessment) const;
  void JudgeJoints(const protogcn::Prediction& prediction, size_t judged,
                   std::span<const skeleton::Pose> window, assessment::Assessment& assessment) const;

  std::unique_ptr<protogcn::Model> model_;
  std::string version_;
  protogcn::WindowShape shape_;
  std::vector<std::string> exercises_;
};

}  // namespace trackfit::inference

#endif  // TRACKFIT_INFERENCE_PROTOGCN_ASSESSOR_H_
