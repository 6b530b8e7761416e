// An assessor without a network, which returns what a test tells it.
#ifndef TRACKFIT_TESTS_SUPPORT_SCRIPTED_ASSESSOR_H_
#define TRACKFIT_TESTS_SUPPORT_SCRIPTED_ASSESSOR_H_

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assessment/assessor.h"

namespace trackfit::testing {

class ScriptedAssessor : public assessment::Assessor {
 public:
  using Script = std::function<absl::StatusOr<assessment::Assessment>(std::span<const skeleton::Pose> window,
                                                                      const std::string& expected)>;

  explicit ScriptedAssessor(Script script, std::string version = "1",
                            std::vector<std::string> exercises = {"push_up", "squat"})
      : script_(std::move(script)), version_(std::move(version)), exercises_(std::move(exercises)) {}

  double rate_hz() const override { return 30; }
  int window_frames() const override { return 100; }
  const std::string& model_version() const override { return version_; }
  const std::string& layout() const override { return layout_; }
  const std::vector<std::string>& exercises() const override { return exercises_; }

  absl::StatusOr<assessment::Assessment> Assess(std::span<const skeleton::Pose> window,
                                                const std::string& expected_exercise) const override {
    absl::StatusOr<assessment::Assessment> answer = script_(window, expected_exercise);
    if (answer.ok()) answer->model_version = version_;
    return answer;
  }

 private:
  const Script script_;
  const std::string version_;
  const std::string layout_ = "blazepose_33";
  const std::vector<std::string> exercises_;
};

// An assessment with this probability of a squat and the rest for push-ups.
inline assessment::Assessment SureOfSquat(float probability, const std::string& expected = "") {
  assessment::Assessment assessment;
  assessment.classes = {{"squat", probability}, {"push_up", 1 - probability}};
  assessment.exercise = "squat";
  assessment.confidence = probability;
  assessment.known_score = 1;
  assessment.known = true;
  assessment.judged_exercise = expected.empty() ? "squat" : expected;
  return assessment;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_SCRIPTED_ASSESSOR_H_
