// An assessor without a network: says of every window what a test tells it.
#ifndef TRACKFIT_TESTS_UNIT_EVALUATION_SCRIPTED_ASSESSOR_H_
#define TRACKFIT_TESTS_UNIT_EVALUATION_SCRIPTED_ASSESSOR_H_

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assessment/assessor.h"
#include "protogcn/dataset.h"
#include "unit/training/test_poses.h"

namespace trackfit::evaluation {

class ScriptedAssessor : public assessment::Assessor {
 public:
  using Script =
      std::function<assessment::Assessment(std::span<const skeleton::Pose>, const std::string& expected)>;

  explicit ScriptedAssessor(Script script) : script_(std::move(script)) {}

  double rate_hz() const override { return 30; }
  int window_frames() const override { return 100; }
  const std::string& model_version() const override { return version_; }
  const std::string& layout() const override { return layout_; }
  const std::vector<std::string>& exercises() const override { return exercises_; }

  absl::StatusOr<assessment::Assessment> Assess(std::span<const skeleton::Pose> window,
                                                const std::string& expected_exercise) const override {
    return script_(window, expected_exercise);
  }

 private:
  const Script script_;
  const std::string version_ = "1";
  const std::string layout_ = "blazepose_33";
  const std::vector<std::string> exercises_ = {"barbell_biceps_curl", "squat"};
};

inline std::shared_ptr<const assessment::Assessor> Scripted(ScriptedAssessor::Script script) {
  return std::make_shared<ScriptedAssessor>(std::move(script));
}

// "squat" with this probability, the rest for curls and for the background, which the model has a name of its
// own for.
inline assessment::Assessment Squat(float probability, bool known = true) {
  assessment::Assessment window;
  window.classes = {{"squat", probability},
                    {"barbell_biceps_curl", (1 - probability) / 2},
                    {"none_of_these", (1 - probability) / 2}};
  window.exercise = window.judged_exercise = "squat";
  window.confidence = window.known_score = probability;
  window.known = known;
  return window;
}

// Half a second of film is 15 frames; two frames are a photo pair.
inline protogcn::Clip MakeClip(const std::string& exercise, int frames, const std::string& form = "correct") {
  return {.id = exercise + std::to_string(frames),
          .source = "test",
          .exercise = exercise,
          .form = form,
          .fault = "",
          .group = exercise,
          .fps = frames == 2 ? 0.0 : 30.0,
          .kind = frames == 2 ? protogcn::SourceKind::kPhotoPair : protogcn::SourceKind::kRecorded,
          .poses = testing::MakePoses(frames)};
}

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_TESTS_UNIT_EVALUATION_SCRIPTED_ASSESSOR_H_
