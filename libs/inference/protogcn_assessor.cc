#include "inference/protogcn_assessor.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "assessment/evidence.h"
#include "assessment/window_session.h"
#include "protogcn/percentile.h"
#include "skeleton/measures.h"

namespace trackfit::inference {
namespace {

// Below it the position of a joint is a guess.
constexpr double kJudgedVisibility = 0.3;

// An absent joint counts as not visible.
double MeanVisibility(std::span<const skeleton::Pose> window, int joint) {
  double sum = 0;
  for (const skeleton::Pose& pose : window) {
    const skeleton::Landmark& landmark = pose.landmarks[joint];
    if (std::isfinite(landmark.x)) sum += landmark.visibility;
  }
  return sum / static_cast<double>(window.size());
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ProtogcnAssessor>> ProtogcnAssessor::Load(const std::string& path,
                                                                               const std::string& version) {
  auto model = protogcn::Model::Load(path);
  if (!model.ok()) return model.status();
  auto assessor = FromModel(*std::move(model), version);
  if (!assessor.ok())
    return absl::Status(assessor.status().code(), absl::StrCat(path, ": ", assessor.status().message()));
  return assessor;
}

absl::StatusOr<std::shared_ptr<const ProtogcnAssessor>> ProtogcnAssessor::FromModel(
    std::unique_ptr<protogcn::Model> model, const std::string& version) {
  auto shape = protogcn::WindowShapeOf(model->metadata());
  if (!shape.ok()) return shape.status();
  // Unless the client asks for another, sessions use the model's own window.
  if (const auto window = assessment::WindowConfig{}.Resolve(shape->poses); !window.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("the model's window: ", window.status().message()));
  }
  return std::shared_ptr<const ProtogcnAssessor>(
      new ProtogcnAssessor(std::move(model), version, *std::move(shape)));
}

ProtogcnAssessor::ProtogcnAssessor(std::unique_ptr<protogcn::Model> model, std::string version,
                                   protogcn::WindowShape shape)
    : model_(std::move(model)), version_(std::move(version)), shape_(std::move(shape)) {
  for (const std::string& name : model_->metadata().classes) {
    if (name != model_->metadata().background_class) exercises_.push_back(name);
  }
}

absl::StatusOr<assessment::Assessment> ProtogcnAssessor::Assess(std::span<const skeleton::Pose> window,
                                                                const std::string& expected_exercise) const {
  if (window.empty()) return absl::InvalidArgumentError("a window needs at least one pose");
  const protogcn::ModelMetadata& metadata = model_->metadata();
  const auto prediction = model_->Run(shape_.Tensor(window));
  if (!prediction.ok()) return prediction.status();

  assessment::Assessment assessment;
  assessment.model_version = version_;
  assessment.embedding = prediction->embedding;
  assessment.background = metadata.background_class;
  float background = 0;
  size_t recognised = 0;
  for (size_t c = 0; c < metadata.classes.size(); ++c) {
    const float probability = prediction->probabilities[c];
    assessment.classes.push_back({metadata.classes[c], probability});
    if (metadata.classes[c] == metadata.background_class) {
      background = probability;
    } else if (assessment.exercise.empty() || probability > assessment.confidence) {
      assessment.exercise = metadata.classes[c];
      assessment.confidence = probability;
      recognised = c;
    }
  }
  std::stable_sort(assessment.classes.begin(), assessment.classes.end(),
                   [](const assessment::ClassScore& a, const assessment::ClassScore& b) {
                     return a.probability > b.probability;
                   });
  // Without a background class the confidence in the best class is all there is.
  assessment.known_score = metadata.background_class.empty() ? assessment.confidence : 1 - background;
  assessment.known_threshold = static_cast<float>(metadata.known_threshold);
  assessment.known = assessment.known_score >= assessment.known_threshold;
  if (auto lack = assessment::LackOfMovement(window, shape_.rate_hz)) {
    assessment.known = false;
    assessment.notices.push_back(*std::move(lack));
  }

  size_t judged = recognised;
  if (!expected_exercise.empty()) {
    const auto expected = std::find(metadata.classes.begin(), metadata.classes.end(), expected_exercise);
    if (expected == metadata.classes.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("expected_exercise \"", expected_exercise, "\" is unknown"));
    }
    judged = static_cast<size_t>(expected - metadata.classes.begin());
  }
  assessment.judged_exercise = metadata.classes[judged];
  JudgeQuality(*prediction, judged, window, assessment);
  JudgeJoints(*prediction, judged, window, assessment);
  return assessment;
}

void ProtogcnAssessor::JudgeQuality(const protogcn::Prediction& prediction, size_t judged,
                                    std::span<const skeleton::Pose> window,
                                    assessment::Assessment& assessment) const {
  const protogcn::ModelMetadata& metadata = model_->metadata();
  if (metadata.prototypes.empty() || metadata.prototypes[judged].empty()) return;
  const std::vector<float>& prototype = metadata.prototypes[judged];
  const float cosine =
      std::inner_product(prototype.begin(), prototype.end(), prediction.embedding.begin(), 0.0F);
  assessment.quality.cosine = std::clamp(cosine, -1.0F, 1.0F);
  if (metadata.calibration.empty() || metadata.calibration[judged].cosine.empty()) return;
  const protogcn::ClassCalibration& calibration = metadata.calibration[judged];
  const auto form = calibration.form.Logit(skeleton::MeasureWindow(window));
  assessment.quality.score = form && !calibration.form_logit.empty()
                                 ? protogcn::PercentileOf(*form, calibration.form_logit)
                                 : protogcn::PercentileOf(cosine, calibration.cosine);
  assessment.quality.level = assessment::LevelOf(assessment.quality.score);
}

// Among many joints one is always an outlier. So a joint's percentile among its own errors is itself ranked
// among the percentiles of the worst joints.
void ProtogcnAssessor::JudgeJoints(const protogcn::Prediction& prediction, size_t judged,
                                   std::span<const skeleton::Pose> window,
                                   assessment::Assessment& assessment) const {
  const protogcn::ModelMetadata& metadata = model_->metadata();
  std::vector<float> percentiles(prediction.joint_error.size(), 0.0F);
  if (!metadata.calibration.empty()) {
    const protogcn::ClassCalibration& calibration = metadata.calibration[judged];
    for (size_t node = 0; node < percentiles.size(); ++node) {
      float place = prediction.joint_error[node];
      if (!calibration.joint_error.empty())
        place = percentiles[node] = protogcn::PercentileOf(place, calibration.joint_error[node]);
      if (!calibration.worst_joint.empty())
        percentiles[node] = protogcn::PercentileOf(place, calibration.worst_joint);
    }
  }
  const auto errors = skeleton::NodesToJoints(shape_.layout, prediction.joint_error);
  const auto joint_percentiles = skeleton::NodesToJoints(shape_.layout, percentiles);
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    assessment.joint_errors[j] =
        MeanVisibility(window, j) >= kJudgedVisibility
            ? assessment::JointError{.error = errors[j], .percentile = joint_percentiles[j]}
            : assessment::JointError{.judged = false};
  }
}

}  // namespace trackfit::inference
