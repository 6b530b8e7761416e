#include "evaluation/served_clip.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <mutex>
#include <utility>

#include "coaching/clip_session.h"
#include "runtime/parallel_for.h"

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

absl::StatusOr<std::optional<Assessment>> AssessPoses(const AssessorPtr& assessor, const PoseSequence& poses,
                                                      const std::string& expected_exercise,
                                                      const KnowledgePtr& knowledge) {
  auto session = coaching::ClipSession::Create(assessor, knowledge, expected_exercise);
  if (!session.ok()) return session.status();
  for (const skeleton::Pose& pose : poses) {
    if (absl::Status pushed = session->Push(AsSent(pose)); !pushed.ok()) return pushed;
  }
  auto clip = session->Finish();
  if (!clip.ok()) return clip.status();
  if (!*clip) return std::nullopt;
  return (*std::move(clip))->overall;
}

absl::Status ForEach(int count, const RunOptions& run, const std::function<absl::Status(int)>& work) {
  std::mutex mutex;
  int done = 0;  // by mutex
  return runtime::ParallelFor(static_cast<std::size_t>(count), run.threads, [&](std::size_t i, int) {
    absl::Status status = work(static_cast<int>(i));
    if (!status.ok() || !run.on_progress) return status;
    const std::lock_guard lock(mutex);
    run.on_progress(++done, count);
    return status;
  });
}

}  // namespace trackfit::evaluation
