#include "coaching/movement_session.h"

#include <utility>
#include <variant>

#include "assessment/evidence.h"
#include "skeleton/validate.h"

namespace trackfit::coaching {

MovementSession::MovementSession(assessment::WindowSession windows, std::optional<CoachSession> coach)
    : windows_(std::move(windows)), coach_(std::move(coach)) {
  if (!coach_) return;
  const std::vector<std::string> counted = coach_->counted();
  counted_ = {counted.begin(), counted.end()};
}

absl::StatusOr<MovementSession::Results> MovementSession::Push(const skeleton::Pose& pose, int people,
                                                               assessment::Due due) {
  auto assessments = windows_.Push(pose, due);
  if (!assessments.ok()) return assessments.status();
  Results results{*std::move(assessments), {}};
  if (!coach_) return results;
  // In this order a window's exercise is known when its last repetition is judged.
  ObserveWindows(results);
  skeleton::Pose marked = pose;
  skeleton::MarkAbsentJoints(marked);
  Take(coach_->Push(marked, people), results);
  return results;
}

MovementSession::Results MovementSession::PushNobody(uint64_t sequence, int64_t timestamp_us) {
  Results results;
  if (coach_) Take(coach_->PushNobody(sequence, timestamp_us), results);
  return results;
}

absl::StatusOr<MovementSession::Results> MovementSession::Finish() {
  auto last = windows_.Finish();
  if (!last.ok()) return last.status();
  Results results;
  if (*last) results.assessments.push_back(**std::move(last));
  if (!coach_) return results;
  ObserveWindows(results);
  Take(coach_->Finish(), results);
  return results;
}

std::optional<Checkpoint> MovementSession::TakeCheckpoint() {
  return coach_ ? coach_->TakeCheckpoint() : std::nullopt;
}

// The coach sees the windows as the network judges them: what it holds back would keep it from counting.
void MovementSession::ObserveWindows(Results& results) {
  for (assessment::Assessment& window : results.assessments) {
    Take(coach_->Observe(window), results);
    window.exercise_title = coach_->TitleOf(window.exercise);
    HoldBackInVain(window);
  }
}

void MovementSession::Take(std::vector<Event> events, Results& results) {
  for (Event& event : events) {
    if (const auto* counted = std::get_if<CountedRepetition>(&event))
      since_repetition_.erase(counted->repetition.exercise);
    results.events.push_back(std::move(event));
  }
}

void MovementSession::HoldBackInVain(assessment::Assessment& window) {
  window.counted = counted_.contains(window.exercise);
  if (!window.counted || !window.known) return;
  assessment::Coverage& since = since_repetition_[window.exercise];
  since.Add(window);
  if (since.us() < 1e6 * assessment::kSecondsOfRepetition) return;
  window.known = false;
  window.notices.push_back(
      assessment::LackOfRepetitions(window.exercise, 0, since.us() * 1e-6, window.last_sequence));
}

void AddTo(assessment::ClipSummary& summary, const MovementSession::Results& results) {
  for (const assessment::Assessment& window : results.assessments) summary.Add(window);
  for (const Event& event : results.events) {
    const auto* counted = std::get_if<CountedRepetition>(&event);
    if (counted != nullptr && counted->repetition.complete)
      summary.AddRepetition(counted->repetition.exercise);
  }
}

}  // namespace trackfit::coaching
