// A film on the path that serves it: the same windows, the same judgement, the same summary as the
// inferencer's.
#ifndef TRACKFIT_EVALUATION_SERVED_CLIP_H_
#define TRACKFIT_EVALUATION_SERVED_CLIP_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assessment/assessment.h"
#include "assessment/assessor.h"
#include "evaluation/film.h"

namespace trackfit::evaluation {

using AssessorPtr = std::shared_ptr<const assessment::Assessor>;

// What the Infer call answers for this film: the overall assessment, by windows of the default configuration.
// Absent joints are sent with visibility 0. nullopt when the film is too short for a single window.
// `expected_exercise` is empty or one of the assessor's; INVALID_ARGUMENT for another one, and whatever the
// assessor fails with.
absl::StatusOr<std::optional<assessment::Assessment>> AssessFilm(const AssessorPtr& assessor,
                                                                 const Film& film,
                                                                 const std::string& expected_exercise = "");

// How an evaluation runs; the results do not depend on it.
struct RunOptions {
  int threads = 1;
  std::function<void(int done, int total)> on_progress = {};  // may be empty; never called twice at a time
};

// Calls `work(i)` for every i in [0, count), on several threads; the first error ends it.
absl::Status ForEach(int count, const RunOptions& run, const std::function<absl::Status(int)>& work);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_SERVED_CLIP_H_
