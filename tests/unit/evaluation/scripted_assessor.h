// Assessors, answers and clips of the evaluation's tests.
#ifndef TRACKFIT_TESTS_UNIT_EVALUATION_SCRIPTED_ASSESSOR_H_
#define TRACKFIT_TESTS_UNIT_EVALUATION_SCRIPTED_ASSESSOR_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dataset/clip.h"
#include "support/scripted_assessor.h"
#include "support/test_poses.h"

namespace trackfit::evaluation {

inline std::shared_ptr<const assessment::Assessor> Scripted(testing::ScriptedAssessor::Script script) {
  return std::make_shared<testing::ScriptedAssessor>(
      std::move(script), "1", std::vector<std::string>{"barbell_biceps_curl", "squat"});
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
  window.known_threshold = known ? 0 : 1;
  return window;
}

// Half a second of video is 15 frames; two frames are a photo pair.
inline dataset::Clip MakeClip(const std::string& exercise, int frames, const std::string& form = "correct") {
  return {.id = exercise + std::to_string(frames),
          .source = "test",
          .exercise = exercise,
          .form = form,
          .fault = "",
          .group = exercise,
          .fps = frames == 2 ? 0.0 : 30.0,
          .kind = frames == 2 ? dataset::SourceKind::kPhotoPair : dataset::SourceKind::kRecorded,
          .poses = testing::MakePoses(frames)};
}

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_TESTS_UNIT_EVALUATION_SCRIPTED_ASSESSOR_H_
