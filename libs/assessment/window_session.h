// Assesses one person's stream of poses in sliding windows.
#ifndef TRACKFIT_ASSESSMENT_WINDOW_SESSION_H_
#define TRACKFIT_ASSESSMENT_WINDOW_SESSION_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assessment/assessment.h"
#include "assessment/assessor.h"
#include "skeleton/pose.h"
#include "skeleton/resample.h"
#include "skeleton/validate.h"

namespace trackfit::assessment {

// Counted in poses at the model's rate. Zero means the default.
struct WindowConfig {
  int frames = 0;       // longest window, [30, 300]; default: the model's own window (100)
  int first_after = 0;  // before the first assessment, [15, frames]; default 60
  int every = 0;        // from one assessment to the next, [1, 300]; default 15

  // INVALID_ARGUMENT naming the field ("window.frames is 12; ...") or the configuration with its defaults
  // filled in.
  absl::StatusOr<WindowConfig> Resolve(int model_window_frames) const;
};

// Whether a window that is due is assessed at once, or with the next pose for which that may be: where poses
// wait, the newest window is worth more than those before it.
enum class Due { kNow, kPutOff };

// State of one stream; not thread-safe. Poses are resampled to the model's rate by their timestamps; a pause
// of more than one second in them, or another person's pose, ends a movement and starts a new window. A
// window with too few poses (evidence.h) gets a notice and is not known.
class WindowSession {
 public:
  // INVALID_ARGUMENT when the configuration is broken or the expected exercise is not one of the assessor's.
  // The assessor is shared, so that a newer model can replace it for later sessions while this one goes on.
  static absl::StatusOr<WindowSession> Create(std::shared_ptr<const Assessor> assessor,
                                              const WindowConfig& config,
                                              const std::string& expected_exercise);

  // Takes the next pose and gives the assessments that became due (usually none or one). INVALID_ARGUMENT,
  // naming the field, for a broken pose or one whose sequence or timestamp does not increase; the session is
  // then over.
  absl::StatusOr<std::vector<Assessment>> Push(const skeleton::Pose& pose, Due due = Due::kNow);

  // The stream is over: assesses the poses since the last assessment if they are at least half a second, so
  // that a clip shorter than the first window still gets one. Else nullopt.
  absl::StatusOr<std::optional<Assessment>> Finish();

 private:
  WindowSession(std::shared_ptr<const Assessor> assessor, const WindowConfig& config,
                std::string expected_exercise);

  absl::StatusOr<Assessment> AssessWindow();

  std::shared_ptr<const Assessor> assessor_;
  WindowConfig config_;
  std::string expected_exercise_;
  skeleton::Resampler resampler_;
  std::optional<int64_t> last_us_;  // the last pose's timestamp
  std::deque<bool> bridged_;        // of each pose of the window: between two that are too far apart
  std::deque<skeleton::Pose> window_;
  int unassessed_ = 0;        // poses since the last assessment
  uint32_t person_id_ = 0;    // the last that a pose gave; 0: none did
  bool first_is_due_ = true;  // no assessment yet in this movement
  skeleton::StreamOrder order_;
};

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_WINDOW_SESSION_H_
