#include "assessment/clip_session.h"

#include <utility>

namespace trackfit::assessment {

absl::StatusOr<ClipSession> ClipSession::Create(std::shared_ptr<const Assessor> assessor,
                                                const std::string& expected_exercise) {
  auto session = WindowSession::Create(std::move(assessor), {}, expected_exercise);
  if (!session.ok()) return session.status();
  return ClipSession(*std::move(session));
}

absl::Status ClipSession::Push(const skeleton::Pose& pose) {
  auto windows = session_.Push(pose);
  if (!windows.ok()) return windows.status();
  for (Assessment& window : *windows) Add(std::move(window));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<ClipAssessment>> ClipSession::Finish() {
  auto last = session_.Finish();
  if (!last.ok()) return last.status();
  if (*last) Add(**std::move(last));
  std::optional<Assessment> overall = summary_.Overall();
  if (!overall) return std::nullopt;
  return ClipAssessment{*std::move(overall), std::move(windows_)};
}

void ClipSession::Add(Assessment window) {
  summary_.Add(window);
  windows_.push_back(std::move(window));
}

}  // namespace trackfit::assessment
