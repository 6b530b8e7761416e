// Messages of the contract, as servers send them.
#ifndef TRACKFIT_TESTS_SUPPORT_MESSAGES_H_
#define TRACKFIT_TESTS_SUPPORT_MESSAGES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "skeleton/joint.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::testing {

// A person standing upright in the centre of the image, arms hanging down.
inline v1::Pose StandingPoseMessage() {
  std::map<int, std::pair<float, float>> places = {
      {skeleton::kLeftShoulder, {0.58F, 0.3F}},   {skeleton::kRightShoulder, {0.42F, 0.3F}},
      {skeleton::kLeftElbow, {0.64F, 0.42F}},     {skeleton::kRightElbow, {0.36F, 0.42F}},
      {skeleton::kLeftWrist, {0.66F, 0.54F}},     {skeleton::kRightWrist, {0.34F, 0.54F}},
      {skeleton::kLeftIndex, {0.66F, 0.57F}},     {skeleton::kRightIndex, {0.34F, 0.57F}},
      {skeleton::kLeftHip, {0.55F, 0.55F}},       {skeleton::kRightHip, {0.45F, 0.55F}},
      {skeleton::kLeftKnee, {0.55F, 0.68F}},      {skeleton::kRightKnee, {0.45F, 0.68F}},
      {skeleton::kLeftAnkle, {0.55F, 0.8F}},      {skeleton::kRightAnkle, {0.45F, 0.8F}},
      {skeleton::kLeftFootIndex, {0.57F, 0.83F}}, {skeleton::kRightFootIndex, {0.43F, 0.83F}},
  };
  v1::Pose pose;
  for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
    const auto place = places.contains(joint) ? places[joint] : std::pair(0.5F, 0.2F);
    v1::Landmark* landmark = pose.add_landmarks();
    landmark->set_x(place.first);
    landmark->set_y(place.second);
    landmark->set_visibility(0.9F);
  }
  return pose;
}

// The assessment of a push-up; `percentiles` by joint, 50 for all others. Joints in `not_judged` are not
// judged.
inline v1::Assessment PushUp(uint64_t first, uint64_t last, float score,
                             const std::map<int, float>& percentiles = {},
                             const std::set<int>& not_judged = {}) {
  v1::Assessment assessment;
  assessment.set_first_sequence(first);
  assessment.set_last_sequence(last);
  assessment.set_exercise("push_up");
  assessment.set_judged_exercise("push_up");
  assessment.set_confidence(0.97F);
  assessment.set_known(true);
  assessment.mutable_quality()->set_score(score);
  assessment.mutable_quality()->set_level(score < 5    ? v1::QUALITY_LEVEL_POOR
                                          : score < 25 ? v1::QUALITY_LEVEL_FAIR
                                          : score < 60 ? v1::QUALITY_LEVEL_GOOD
                                                       : v1::QUALITY_LEVEL_EXCELLENT);
  for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
    v1::JointError* error = assessment.add_joint_errors();
    error->set_joint(static_cast<uint32_t>(joint));
    error->set_name(std::string(skeleton::JointNames()[static_cast<size_t>(joint)]));
    if (not_judged.contains(joint)) continue;
    error->set_judged(true);
    error->set_percentile(percentiles.contains(joint) ? percentiles.at(joint) : 50.0F);
  }
  return assessment;
}

// Fingers with the wrist; toes and heels with the ankle.
inline const std::set<int> kLeftHandJoints = {skeleton::kLeftWrist, skeleton::kLeftPinky,
                                              skeleton::kLeftIndex, skeleton::kLeftThumb};
inline const std::set<int> kFeetJoints = {skeleton::kLeftAnkle,     skeleton::kRightAnkle,
                                          skeleton::kLeftHeel,      skeleton::kRightHeel,
                                          skeleton::kLeftFootIndex, skeleton::kRightFootIndex};

inline v1::AnalyzeResponse ResultOf(uint64_t sequence, v1::FrameStatus status) {
  v1::AnalyzeResponse response;
  response.mutable_frame_result()->set_sequence(sequence);
  response.mutable_frame_result()->set_status(status);
  return response;
}

inline v1::AnalyzeResponse ResponseOf(const v1::Assessment& assessment) {
  v1::AnalyzeResponse response;
  *response.mutable_assessment() = assessment;
  return response;
}

inline v1::AnalyzeResponse SummaryOf(const v1::Assessment& overall) {
  v1::AnalyzeResponse response;
  *response.mutable_summary()->mutable_overall() = overall;
  return response;
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_MESSAGES_H_
