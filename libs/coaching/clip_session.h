// Assesses and coaches a whole clip as if it were streamed, pose by pose, so that a worker can do other work
// in between.
#ifndef TRACKFIT_COACHING_CLIP_SESSION_H_
#define TRACKFIT_COACHING_CLIP_SESSION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assessment/assessment.h"
#include "assessment/assessor.h"
#include "assessment/clip_summary.h"
#include "coaching/coach_session.h"
#include "coaching/knowledge.h"
#include "coaching/movement_session.h"
#include "skeleton/pose.h"

namespace trackfit::coaching {

struct ClipAssessment {
  assessment::Assessment overall;
  std::vector<assessment::Assessment> windows;
  std::vector<Event> events;
};

// Not thread-safe; shares the assessor and the knowledge.
class ClipSession {
 public:
  // The default windows and coach; without knowledge nobody counts repetitions. INVALID_ARGUMENT when the
  // expected exercise is neither empty nor one of the assessor's.
  static absl::StatusOr<ClipSession> Create(std::shared_ptr<const assessment::Assessor> assessor,
                                            std::shared_ptr<const Knowledge> knowledge,
                                            const std::string& expected_exercise);

  // As MovementSession::Push().
  absl::Status Push(const skeleton::Pose& pose);

  // The clip is over. nullopt when it lasts less than half a second, too short for a single window. Errors as
  // MovementSession::Finish().
  absl::StatusOr<std::optional<ClipAssessment>> Finish();

 private:
  explicit ClipSession(MovementSession session);

  absl::Status Take(absl::StatusOr<MovementSession::Results> results);

  MovementSession session_;
  assessment::ClipSummary summary_;
  std::vector<assessment::Assessment> windows_;
  std::vector<Event> events_;
};

}  // namespace trackfit::coaching

#endif  // TRACKFIT_COACHING_CLIP_SESSION_H_
