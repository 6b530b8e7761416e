// Assesses a whole clip as if it were streamed, in parts that a worker can do between other work.
#ifndef TRACKFIT_ASSESSMENT_CLIP_SESSION_H_
#define TRACKFIT_ASSESSMENT_CLIP_SESSION_H_

#include <memory>
#include <string>
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
  assessment::Assessment overall;
  std::vector<assessment::Assessment> windows;
};

// Not thread-safe.
class ClipSession {
 public:
  // As WindowSession::Create() with the default windows.
  static absl::StatusOr<ClipSession> Create(std::shared_ptr<const assessment::Assessor> assessor,
                                            const std::string& expected_exercise);

  // As WindowSession::Push().
  absl::Status Push(const skeleton::Pose& pose);

  // INVALID_ARGUMENT when the clip was too short for a single window.
  absl::StatusOr<ClipAssessment> Finish();

 private:
  explicit ClipSession(assessment::WindowSession session) : session_(std::move(session)) {}

  void Add(assessment::Assessment window);

  assessment::WindowSession session_;
  assessment::ClipSummary summary_;
  std::vector<assessment::Assessment> windows_;
};

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_CLIP_SESSION_H_
