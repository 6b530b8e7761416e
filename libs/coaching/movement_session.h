// One person's poses in; assessments of windows and what the coach says out.
#ifndef TRACKFIT_COACHING_MOVEMENT_SESSION_H_
#define TRACKFIT_COACHING_MOVEMENT_SESSION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "assessment/assessment.h"
#include "assessment/clip_summary.h"
#include "assessment/coverage.h"
#include "assessment/window_session.h"
#include "coaching/coach_session.h"
#include "skeleton/pose.h"

namespace trackfit::coaching {

// The coach has the last word on windows: none is known any more (notice kNoRepetition) once their exercise
// was known in twelve seconds of movement since its last repetition, as when somebody hangs from a bar, walks
// or gets ready. Not thread-safe.
class MovementSession {
 public:
  // What came of a pose.
  struct Results {
    std::vector<assessment::Assessment> assessments;
    std::vector<Event> events;  // behind the assessments
  };

  // Without a coach nobody counts.
  MovementSession(assessment::WindowSession windows, std::optional<CoachSession> coach);

  // INVALID_ARGUMENT, naming the field, for a broken pose or one whose sequence or timestamp does not
  // increase; the session is then over. `people`: in the frame of the pose.
  absl::StatusOr<Results> Push(const skeleton::Pose& pose, int people = 1,
                               assessment::Due due = assessment::Due::kNow);
  // A frame without anybody; its sequence and timestamp increase, together with those of poses.
  Results PushNobody(uint64_t sequence, int64_t timestamp_us);
  // The stream is over.
  absl::StatusOr<Results> Finish();

  // As CoachSession::TakeCheckpoint().
  std::optional<Checkpoint> TakeCheckpoint();

 private:
  void ObserveWindows(Results& results);
  void Take(std::vector<Event> events, Results& results);
  void HoldBackInVain(assessment::Assessment& window);

  assessment::WindowSession windows_;
  std::optional<CoachSession> coach_;
  std::set<std::string> counted_;
  std::map<std::string, assessment::Coverage> since_repetition_;  // by exercise: windows that knew it
};

// What the summary of a clip rests on: windows, and repetitions that are complete.
void AddTo(assessment::ClipSummary& summary, const MovementSession::Results& results);

}  // namespace trackfit::coaching

#endif  // TRACKFIT_COACHING_MOVEMENT_SESSION_H_
