#include "coaching/clip_session.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "assessment/window_session.h"

namespace trackfit::coaching {

absl::StatusOr<ClipSession> ClipSession::Create(std::shared_ptr<const assessment::Assessor> assessor,
                                                std::shared_ptr<const Knowledge> knowledge,
                                                const std::string& expected_exercise) {
  auto windows = assessment::WindowSession::Create(std::move(assessor), {}, expected_exercise);
  if (!windows.ok()) return windows.status();
  std::optional<CoachSession> coach;
  if (knowledge != nullptr) {
    auto created = CoachSession::Create(std::move(knowledge), {}, expected_exercise);
    if (!created.ok()) return created.status();
    coach = *std::move(created);
  }
  return ClipSession(MovementSession(*std::move(windows), std::move(coach)));
}

ClipSession::ClipSession(MovementSession session) : session_(std::move(session)) {}

absl::Status ClipSession::Push(const skeleton::Pose& pose) { return Take(session_.Push(pose)); }

absl::StatusOr<std::optional<ClipAssessment>> ClipSession::Finish() {
  if (absl::Status finished = Take(session_.Finish()); !finished.ok()) return finished;
  std::optional<assessment::Assessment> overall = summary_.Overall();
  if (!overall) return std::nullopt;
  return ClipAssessment{*std::move(overall), std::move(windows_), std::move(events_)};
}

absl::Status ClipSession::Take(absl::StatusOr<MovementSession::Results> results) {
  if (!results.ok()) return results.status();
  AddTo(summary_, *results);
  std::ranges::move(results->assessments, std::back_inserter(windows_));
  std::ranges::move(results->events, std::back_inserter(events_));
  return absl::OkStatus();
}

}  // namespace trackfit::coaching
