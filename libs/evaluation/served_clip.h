// Poses on the path that serves them: the very session that answers the Infer call.
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
#include "coaching/knowledge.h"
#include "evaluation/pose_sequence.h"

namespace trackfit::evaluation {

using AssessorPtr = std::shared_ptr<const assessment::Assessor>;
using KnowledgePtr = std::shared_ptr<const coaching::Knowledge>;

// What the Infer call answers for these poses: the overall assessment, by windows of the default
// configuration, and by the coach's if there is knowledge for one. Absent joints are sent with visibility 0.
// nullopt when the poses are too few for a single window. `expected_exercise` is empty or one of the
// assessor's; INVALID_ARGUMENT for another one, and whatever the assessor fails with.
absl::StatusOr<std::optional<assessment::Assessment>> AssessPoses(const AssessorPtr& assessor,
                                                                  const PoseSequence& poses,
                                                                  const std::string& expected_exercise = "",
                                                                  const KnowledgePtr& knowledge = nullptr);

// How an evaluation runs; of this the results depend on `knowledge` only.
struct RunOptions {
  int threads = 1;                                            // at least 1
  std::function<void(int done, int total)> on_progress = {};  // may be empty; never called twice at a time
  KnowledgePtr knowledge{};  // of the coach that counts beside, for what is known; null: nobody counts
};

// runtime::ParallelFor() over [0, count) that tells the progress.
absl::Status ForEach(int count, const RunOptions& run, const std::function<absl::Status(int)>& work);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_SERVED_CLIP_H_
