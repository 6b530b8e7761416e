// Assesses a whole clip as if it were streamed, pose by pose, so that a worker can do other work in between.
#ifndef TRACKFIT_ASSESSMENT_CLIP_SESSION_H_
#define TRACKFIT_ASSESSMENT_CLIP_SESSION_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assessment/assessment.h"
#include "assessment/assessor.h"
#include "assessment/clip_summary.h"
#include "assessment/window_session.h"
#include "skeleton/pose.h"

namespace trackfit::assessment {

struct ClipAssessment {
  Assessment overall;
  std::vector<Assessment> windows;
};

// Not thread-safe; shares the assessor.
class ClipSession {
 public:
  // As WindowSession::Create() with the default windows.
  static absl::StatusOr<ClipSession> Create(std::shared_ptr<const Assessor> assessor,
                                            const std::string& expected_exercise);

  // As WindowSession::Push().
  absl::Status Push(const skeleton::Pose& pose);

  // The clip is over. nullopt when it lasts less than half a second, too short for a single window. Errors as
  // WindowSession::Finish().
  absl::StatusOr<std::optional<ClipAssessment>> Finish();

 private:
  explicit ClipSession(WindowSession session) : session_(std::move(session)) {}

  void Add(Assessment window);

  WindowSession session_;
  ClipSummary summary_;
  std::vector<Assessment> windows_;
};

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_CLIP_SESSION_H_
