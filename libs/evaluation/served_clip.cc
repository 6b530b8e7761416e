#include "evaluation/served_clip.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <thread>
#include <utility>

#include "assessment/clip_summary.h"
#include "assessment/window_session.h"

namespace trackfit::evaluation {
namespace {

using assessment::Assessment;

// As a client sends it: the contract has no NaN.
skeleton::Pose AsSent(skeleton::Pose pose) {
  for (skeleton::Landmark& landmark : pose.landmarks) {
    const bool seen = std::isfinite(landmark.x) && std::isfinite(landmark.y);
    if (!seen) landmark = {};
    if (!std::isfinite(landmark.z)) landmark.z = 0;
    landmark.visibility =
        std::isfinite(landmark.visibility) ? std::clamp(landmark.visibility, 0.0F, 1.0F) : 0;
    landmark.presence = std::isfinite(landmark.presence) ? std::clamp(landmark.presence, 0.0F, 1.0F) : 0;
  }
  pose.has_world_landmarks = false;
  pose.score = 1;
  return pose;
}

}  // namespace

absl::StatusOr<std::optional<Assessment>> AssessFilm(const AssessorPtr& assessor, const Film& film,
                                                     const std::string& expected_exercise) {
  auto session = assessment::WindowSession::Create(assessor, {}, expected_exercise);
  if (!session.ok()) return session.status();
  assessment::ClipSummary summary;
  for (const skeleton::Pose& pose : film) {
    const auto windows = session->Push(AsSent(pose));
    if (!windows.ok()) return windows.status();
    for (const Assessment& window : *windows) summary.Add(window);
  }
  const auto last = session->Finish();
  if (!last.ok()) return last.status();
  if (*last) summary.Add(**last);
  return summary.Overall();
}

absl::Status ForEach(int count, const RunOptions& run, const std::function<absl::Status(int)>& work) {
  std::atomic<int> next = 0;
  std::mutex mutex;
  int done = 0;         // by mutex
  absl::Status result;  // by mutex
  const auto loop = [&] {
    for (int i = next++; i < count; i = next++) {
      const absl::Status status = work(i);
      const std::lock_guard lock(mutex);
      if (!status.ok()) {
        if (result.ok()) result = status;
        next = count;
        return;
      }
      ++done;
      if (run.on_progress) run.on_progress(done, count);
    }
  };
  std::vector<std::thread> helpers;
  for (int i = 1; i < run.threads; ++i) helpers.emplace_back(loop);
  loop();
  for (std::thread& helper : helpers) helper.join();
  return result;
}

}  // namespace trackfit::evaluation
