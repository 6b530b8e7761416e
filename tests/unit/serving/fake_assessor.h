// An assessor without a network: the same answer to everything.
#ifndef TRACKFIT_TESTS_UNIT_SERVING_FAKE_ASSESSOR_H_
#define TRACKFIT_TESTS_UNIT_SERVING_FAKE_ASSESSOR_H_

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assessment/assessor.h"

namespace trackfit::serving {

class FakeAssessor : public assessment::Assessor {
 public:
  explicit FakeAssessor(std::string version = "1") : version_(std::move(version)) {}

  double rate_hz() const override { return 30; }
  int window_frames() const override { return 100; }
  const std::string& model_version() const override { return version_; }
  const std::string& layout() const override { return layout_; }
  const std::vector<std::string>& exercises() const override { return exercises_; }

  absl::StatusOr<assessment::Assessment> Assess(std::span<const skeleton::Pose> window,
                                                const std::string& expected_exercise) const override {
    if (fails) return absl::InternalError("out of luck");
    assessment::Assessment assessment;
    assessment.first_sequence = window.front().sequence;
    assessment.last_sequence = window.back().sequence;
    assessment.classes = {{"squat", 0.75f}, {"push_up", 0.25f}};
    assessment.exercise = "squat";
    assessment.confidence = 0.75f;
    assessment.known = true;
    assessment.judged_exercise = expected_exercise.empty() ? "squat" : expected_exercise;
    assessment.model_version = version_;
    return assessment;
  }

  bool fails = false;

 private:
  const std::string version_;
  const std::string layout_ = "blazepose_33";
  const std::vector<std::string> exercises_ = {"push_up", "squat"};
};

}  // namespace trackfit::serving

#endif  // TRACKFIT_TESTS_UNIT_SERVING_FAKE_ASSESSOR_H_
