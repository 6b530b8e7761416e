#include "assessment/window_session.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "assessment/evidence.h"

namespace trackfit::assessment {
namespace {

constexpr int64_t kMaxGapUs = 1'000'000;
constexpr int kMinPoses = 15;  // half a second at 30 Hz; fewer do not show a movement

absl::Status CheckRange(const char* field, int value, int low, int high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, " is ", value, "; it must be within [", low, ", ",
                                                 high, "], or 0 for the default"));
}

}  // namespace

absl::StatusOr<WindowConfig> WindowConfig::Resolve(int model_window_frames) const {
  WindowConfig resolved = *this;
  if (frames == 0) resolved.frames = model_window_frames;
  if (const auto status = CheckRange("window.frames", resolved.frames, 30, 300); !status.ok()) return status;
  if (first_after == 0) resolved.first_after = std::min(60, resolved.frames);
  if (const auto status = CheckRange("window.first_after", resolved.first_after, kMinPoses, resolved.frames);
      !status.ok()) {
    return status;
  }
  if (every == 0) resolved.every = 15;
  if (const auto status = CheckRange("window.every", resolved.every, 1, 300); !status.ok()) return status;
  return resolved;
}

absl::StatusOr<WindowSession> WindowSession::Create(std::shared_ptr<const Assessor> assessor,
                                                    const WindowConfig& config,
                                                    const std::string& expected_exercise) {
  const auto resolved = config.Resolve(assessor->window_frames());
  if (!resolved.ok()) return resolved.status();
  const auto& known = assessor->exercises();
  if (!expected_exercise.empty() && std::find(known.begin(), known.end(), expected_exercise) == known.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected_exercise \"", expected_exercise,
                     "\" is not one of the model's: ", absl::StrJoin(known, ", ")));
  }
  return WindowSession(std::move(assessor), *resolved, expected_exercise);
}

WindowSession::WindowSession(std::shared_ptr<const Assessor> assessor, const WindowConfig& config,
                             std::string expected_exercise)
    : assessor_(std::move(assessor)),
      config_(config),
      expected_exercise_(std::move(expected_exercise)),
      resampler_(assessor_->rate_hz(), kMaxGapUs) {}

absl::StatusOr<std::vector<Assessment>> WindowSession::Push(const skeleton::Pose& given, Due due) {
  if (const absl::Status status = skeleton::ValidatePose(given); !status.ok()) return status;
  skeleton::Pose pose = given;
  skeleton::MarkAbsentJoints(pose);
  if (absl::Status status = order_.TakeSequence("pose", pose.sequence); !status.ok()) return status;
  if (absl::Status status = order_.TakeTimestamp("pose", pose.timestamp_us); !status.ok()) return status;
  const bool somebody_else = person_id_ != 0 && pose.person_id != 0 && pose.person_id != person_id_;
  if (somebody_else) resampler_ = skeleton::Resampler(assessor_->rate_hz(), kMaxGapUs);
  if (pose.person_id != 0) person_id_ = pose.person_id;

  std::vector<Assessment> assessments;
  const skeleton::Resampler::Result resampled = resampler_.Push(pose);
  const bool begins = resampled.gap || somebody_else;  // a movement: nothing is bridged to its first pose
  const bool far_apart = !begins && last_us_ && pose.timestamp_us - *last_us_ > kLongestIntervalUs;
  last_us_ = pose.timestamp_us;
  if (begins) {
    auto rest = Finish();
    if (!rest.ok()) return rest.status();
    if (*rest) assessments.push_back(**std::move(rest));
    window_.clear();
    bridged_.clear();
    unassessed_ = 0;
    first_is_due_ = true;
  }
  for (const skeleton::Pose& next : resampled.poses) {
    window_.push_back(next);
    bridged_.push_back(far_apart);
    if (static_cast<int>(window_.size()) > config_.frames) {
      window_.pop_front();
      bridged_.pop_front();
    }
    ++unassessed_;
    const int due_after = first_is_due_ ? config_.first_after : config_.every;
    if (unassessed_ < due_after || due == Due::kPutOff) continue;
    auto assessment = AssessWindow();
    if (!assessment.ok()) return assessment.status();
    assessments.push_back(*std::move(assessment));
  }
  return assessments;
}

absl::StatusOr<std::optional<Assessment>> WindowSession::Finish() {
  if (unassessed_ < kMinPoses) return std::nullopt;
  auto assessment = AssessWindow();
  if (!assessment.ok()) return assessment.status();
  return *std::move(assessment);
}

absl::StatusOr<Assessment> WindowSession::AssessWindow() {
  unassessed_ = 0;
  first_is_due_ = false;
  const std::vector<skeleton::Pose> poses(window_.begin(), window_.end());
  auto assessment = assessor_->Assess(poses, expected_exercise_);
  if (!assessment.ok()) return assessment.status();
  assessment->first_sequence = poses.front().sequence;
  assessment->last_sequence = poses.back().sequence;
  assessment->duration_us = std::llround(1e6 * static_cast<double>(poses.size()) / assessor_->rate_hz());
  const auto bridged = static_cast<int>(std::count(bridged_.begin(), bridged_.end(), true));
  if (auto lack = LackOfPoses(poses, bridged, assessor_->rate_hz())) {
    assessment->known = false;
    assessment->notices = {*std::move(lack)};  // the network saw interpolation, not movement
  }
  return assessment;
}

}  // namespace trackfit::assessment
