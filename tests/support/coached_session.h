// A session of squats as a coach tells of it, made by hand.
#ifndef TRACKFIT_TESTS_SUPPORT_COACHED_SESSION_H_
#define TRACKFIT_TESTS_SUPPORT_COACHED_SESSION_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "skeleton/joint.h"
#include "support/messages.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::testing {

inline constexpr int64_t kFrameUs = 40'000;
inline constexpr uint64_t kFramesOfRepetition = 50;  // 20 down, 10 below, 20 up
inline constexpr float kNoLimit = std::numeric_limits<float>::infinity();

// Seen from the side, facing right, in a picture of 1280 x 720. `depth` 0: upright; 1: thighs level.
inline v1::Pose SquattingPose(uint64_t sequence, float depth) {
  v1::Pose pose = StandingPoseMessage();
  pose.set_sequence(sequence);
  pose.set_timestamp_us(static_cast<int64_t>(sequence) * kFrameUs);
  pose.set_image_width(1280);
  pose.set_image_height(720);
  const auto put = [&](int joint, float x, float y) {
    pose.mutable_landmarks(joint)->set_x(0.5F + x * 720 / 1280);
    pose.mutable_landmarks(joint)->set_y(y);
  };
  const float shank = 0.25F * depth, thigh = 1.6F * depth, trunk = 0.6F * depth;  // radians from upright
  const float knee_x = 0.2F * std::sin(shank), knee_y = 0.85F - 0.2F * std::cos(shank);
  const float hip_x = knee_x - 0.2F * std::sin(thigh), hip_y = knee_y - 0.2F * std::cos(thigh);
  const float shoulder_x = hip_x + 0.26F * std::sin(trunk), shoulder_y = hip_y - 0.26F * std::cos(trunk);
  for (const int side : {0, 1}) {  // left, right: each right joint follows its left one
    const float aside = 0.012F * static_cast<float>(side);
    put(skeleton::kLeftAnkle + side, aside, 0.85F);
    put(skeleton::kLeftHeel + side, aside - 0.03F, 0.88F);
    put(skeleton::kLeftFootIndex + side, aside + 0.08F, 0.88F);
    put(skeleton::kLeftKnee + side, knee_x + aside, knee_y);
    put(skeleton::kLeftHip + side, hip_x + aside, hip_y);
    put(skeleton::kLeftShoulder + side, shoulder_x + aside, shoulder_y);
    put(skeleton::kLeftElbow + side, shoulder_x + aside + 0.1F, shoulder_y + 0.05F);
    put(skeleton::kLeftWrist + side, shoulder_x + aside + 0.2F, shoulder_y);
    put(skeleton::kLeftIndex + side, shoulder_x + aside + 0.23F, shoulder_y);
    put(skeleton::kLeftPinky + side, shoulder_x + aside + 0.23F, shoulder_y + 0.01F);
    put(skeleton::kLeftThumb + side, shoulder_x + aside + 0.22F, shoulder_y - 0.01F);
  }
  for (int joint = skeleton::kNose; joint <= skeleton::kMouthRight; ++joint)
    put(joint, shoulder_x + 0.05F, shoulder_y - 0.1F);
  return pose;
}

inline v1::Finding FindingOf(const std::string& code, v1::FindingLevel level, float measured, float low,
                             float high, const std::string& unit = "degrees") {
  v1::Finding finding;
  finding.set_code(code);
  finding.set_level(level);
  if (level != v1::FINDING_LEVEL_NOT_JUDGED) finding.set_measured(measured);
  finding.set_good_low(low);
  finding.set_good_high(high);
  finding.set_unit(unit);
  return finding;
}

// Repetitions follow one another without a pause: the nth of a session takes the frames
// [n * kFramesOfRepetition, (n + 1) * kFramesOfRepetition).
inline v1::Repetition SquatOf(uint64_t n, uint32_t set, uint32_t number, float knee_angle = 90) {
  v1::Repetition repetition;
  repetition.set_set(set);
  repetition.set_number(number);
  repetition.set_exercise("squat");
  repetition.set_first_sequence(n * kFramesOfRepetition);
  repetition.set_last_sequence((n + 1) * kFramesOfRepetition - 1);
  repetition.set_start_us(static_cast<int64_t>(repetition.first_sequence()) * kFrameUs);
  repetition.set_end_us(static_cast<int64_t>(repetition.last_sequence()) * kFrameUs);
  repetition.set_lowering_us(20 * kFrameUs);
  repetition.set_pause_us(10 * kFrameUs);
  repetition.set_lifting_us(19 * kFrameUs);
  const bool deep = knee_angle <= 100;
  repetition.set_complete(knee_angle < 120);
  repetition.set_correct(deep);
  repetition.set_score(deep ? 95.0F : 40.0F);
  repetition.set_range_of_motion((172 - knee_angle) / 92);
  repetition.set_range_degrees(172 - knee_angle);
  v1::Finding depth = FindingOf("squat_depth", deep ? v1::FINDING_LEVEL_GOOD : v1::FINDING_LEVEL_CLEARLY,
                                knee_angle, -kNoLimit, 100);
  depth.set_sequence(repetition.first_sequence() + 25);
  depth.set_title("Depth");
  depth.add_joints("left_hip");
  depth.add_joints("left_knee");
  if (!deep) depth.set_text("Go lower: sit back until your thighs are level with the floor.");
  *repetition.add_findings() = depth;
  *repetition.add_findings() =
      FindingOf("knees_in", v1::FINDING_LEVEL_NOT_JUDGED, 0, 0.8F, kNoLimit, "ratio");
  return repetition;
}

inline v1::AnalyzeResponse ResponseOf(const v1::Repetition& repetition) {
  v1::AnalyzeResponse response;
  *response.mutable_repetition() = repetition;
  return response;
}

// Squats with these angles of the knee at the turning point, all of one set, with all poses but no summary.
inline std::vector<v1::AnalyzeResponse> SquatSession(const std::vector<float>& knee_angles) {
  std::vector<v1::AnalyzeResponse> responses;
  for (size_t n = 0; n < knee_angles.size(); ++n) {
    const v1::Repetition repetition = SquatOf(n, 1, static_cast<uint32_t>(n) + 1, knee_angles[n]);
    for (uint64_t i = 0; i < kFramesOfRepetition; ++i) {
      const uint64_t sequence = repetition.first_sequence() + i;
      const float way = i < 20 ? static_cast<float>(i) / 20 : i < 30 ? 1.0F : static_cast<float>(50 - i) / 20;
      const float depth = (1 - std::cos(way * std::numbers::pi_v<float>)) / 2 * repetition.range_of_motion();
      v1::AnalyzeResponse result = ResultOf(sequence, v1::FRAME_STATUS_POSE);
      *result.mutable_frame_result()->mutable_pose() = SquattingPose(sequence, depth);
      responses.push_back(result);
    }
    responses.push_back(ResponseOf(repetition));
  }
  return responses;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_COACHED_SESSION_H_
