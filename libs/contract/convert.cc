#include "contract/convert.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "skeleton/joint.h"
#include "skeleton/validate.h"

namespace trackfit::contract {
namespace {

absl::Status WrongCount(const std::string& field, int count, const std::string& required) {
  return absl::InvalidArgumentError(absl::StrCat(field, " has ", count, " entries; ", required, " required"));
}

v1::QualityLevel ToProto(assessment::QualityLevel level) {
  switch (level) {
    case assessment::QualityLevel::kUnspecified:
      return v1::QUALITY_LEVEL_UNSPECIFIED;
    case assessment::QualityLevel::kPoor:
      return v1::QUALITY_LEVEL_POOR;
    case assessment::QualityLevel::kFair:
      return v1::QUALITY_LEVEL_FAIR;
    case assessment::QualityLevel::kGood:
      return v1::QUALITY_LEVEL_GOOD;
    case assessment::QualityLevel::kExcellent:
      return v1::QUALITY_LEVEL_EXCELLENT;
  }
  return v1::QUALITY_LEVEL_UNSPECIFIED;
}

assessment::QualityLevel FromProto(v1::QualityLevel level) {
  switch (level) {
    case v1::QUALITY_LEVEL_POOR:
      return assessment::QualityLevel::kPoor;
    case v1::QUALITY_LEVEL_FAIR:
      return assessment::QualityLevel::kFair;
    case v1::QUALITY_LEVEL_GOOD:
      return assessment::QualityLevel::kGood;
    case v1::QUALITY_LEVEL_EXCELLENT:
      return assessment::QualityLevel::kExcellent;
    default:
      return assessment::QualityLevel::kUnspecified;
  }
}

v1::NoticeCode ToProto(assessment::NoticeCode code) {
  switch (code) {
    case assessment::NoticeCode::kNoMovement:
      return v1::NOTICE_CODE_NO_MOVEMENT;
    case assessment::NoticeCode::kFewPoses:
      return v1::NOTICE_CODE_FEW_POSES;
    case assessment::NoticeCode::kNoRepetition:
      return v1::NOTICE_CODE_NO_REPETITION;
    case assessment::NoticeCode::kLittleEvidence:
      return v1::NOTICE_CODE_LITTLE_EVIDENCE;
  }
  return v1::NOTICE_CODE_UNSPECIFIED;
}

// nullopt for codes that no assessment has: those of sessions, and those of a later version.
std::optional<assessment::NoticeCode> FromProto(v1::NoticeCode code) {
  switch (code) {
    case v1::NOTICE_CODE_NO_MOVEMENT:
      return assessment::NoticeCode::kNoMovement;
    case v1::NOTICE_CODE_FEW_POSES:
      return assessment::NoticeCode::kFewPoses;
    case v1::NOTICE_CODE_NO_REPETITION:
      return assessment::NoticeCode::kNoRepetition;
    case v1::NOTICE_CODE_LITTLE_EVIDENCE:
      return assessment::NoticeCode::kLittleEvidence;
    default:
      return std::nullopt;
  }
}

}  // namespace

absl::StatusOr<skeleton::Pose> FromProto(const v1::Pose& pose) {
  if (pose.landmarks_size() != skeleton::kJointCount) {
    return WrongCount("pose.landmarks", pose.landmarks_size(), "exactly 33 are");
  }
  if (pose.world_landmarks_size() != 0 && pose.world_landmarks_size() != skeleton::kJointCount) {
    return WrongCount("pose.world_landmarks", pose.world_landmarks_size(), "33 or none are");
  }
  skeleton::Pose result;
  result.sequence = pose.sequence();
  result.timestamp_us = pose.timestamp_us();
  result.image_width = static_cast<int>(pose.image_width());
  result.image_height = static_cast<int>(pose.image_height());
  result.score = pose.score();
  result.person_id = pose.person_id();
  for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
    const v1::Landmark& landmark = pose.landmarks(joint);
    result.landmarks[static_cast<std::size_t>(joint)] = {landmark.x(), landmark.y(), landmark.z(),
                                                         landmark.visibility(), landmark.presence()};
  }
  result.has_world_landmarks = pose.world_landmarks_size() > 0;
  for (int joint = 0; joint < pose.world_landmarks_size(); ++joint) {
    const v1::Landmark& landmark = pose.world_landmarks(joint);
    result.world_landmarks[static_cast<std::size_t>(joint)] = {landmark.x(), landmark.y(), landmark.z(),
                                                               landmark.visibility()};
  }
  if (absl::Status valid = skeleton::ValidatePose(result); !valid.ok()) return valid;
  return result;
}

v1::Pose ToProto(const skeleton::Pose& pose) {
  v1::Pose result;
  result.set_sequence(pose.sequence);
  result.set_timestamp_us(pose.timestamp_us);
  result.set_image_width(static_cast<uint32_t>(pose.image_width));
  result.set_image_height(static_cast<uint32_t>(pose.image_height));
  result.set_score(pose.score);
  result.set_person_id(pose.person_id);
  for (const skeleton::Landmark& landmark : pose.landmarks) {
    v1::Landmark* out = result.add_landmarks();
    out->set_x(landmark.x);
    out->set_y(landmark.y);
    out->set_z(landmark.z);
    out->set_visibility(landmark.visibility);
    out->set_presence(landmark.presence);
  }
  if (!pose.has_world_landmarks) return result;
  for (const skeleton::WorldLandmark& landmark : pose.world_landmarks) {
    v1::Landmark* out = result.add_world_landmarks();
    out->set_x(landmark.x);
    out->set_y(landmark.y);
    out->set_z(landmark.z);
    out->set_visibility(landmark.visibility);
  }
  return result;
}

absl::StatusOr<assessment::Assessment> FromProto(const v1::Assessment& assessment) {
  if (assessment.joint_errors_size() != skeleton::kJointCount) {
    return WrongCount("assessment.joint_errors", assessment.joint_errors_size(), "exactly 33 are");
  }
  assessment::Assessment result;
  result.first_sequence = assessment.first_sequence();
  result.last_sequence = assessment.last_sequence();
  for (const v1::ClassScore& score : assessment.classes()) {
    result.classes.push_back({score.exercise(), score.probability()});
  }
  result.exercise = assessment.exercise();
  result.exercise_title = assessment.exercise_title();
  result.confidence = assessment.confidence();
  result.known_score = assessment.known_score();
  result.known = assessment.known();
  if (assessment.known_threshold() > 0) result.known_threshold = assessment.known_threshold();
  result.background = assessment.background();
  result.duration_us = assessment.duration_us();
  result.counted = assessment.counted();

  result.judged_exercise = assessment.judged_exercise();
  result.quality = {assessment.quality().cosine(), assessment.quality().score(),
                    FromProto(assessment.quality().level())};
  for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
    const v1::JointError& error = assessment.joint_errors(joint);
    if (error.joint() != static_cast<uint32_t>(joint)) {
      return absl::InvalidArgumentError(absl::StrCat("assessment.joint_errors[", joint, "].joint is ",
                                                     error.joint(), "; all joints must be there in order"));
    }
    result.joint_errors[static_cast<std::size_t>(joint)] = {error.error(), error.percentile(),
                                                            error.judged()};
  }
  result.model_version = assessment.model_version();
  for (const v1::Notice& notice : assessment.notices()) {
    if (const auto code = FromProto(notice.code()))
      result.notices.push_back({*code, notice.message(), notice.sequence()});
  }
  return result;
}

v1::Assessment ToProto(const assessment::Assessment& assessment) {
  v1::Assessment result;
  result.set_first_sequence(assessment.first_sequence);
  result.set_last_sequence(assessment.last_sequence);
  for (const assessment::ClassScore& score : assessment.classes) {
    v1::ClassScore* out = result.add_classes();
    out->set_exercise(score.exercise);
    out->set_probability(score.probability);
  }
  result.set_exercise(assessment.exercise);
  result.set_exercise_title(assessment.exercise_title);
  result.set_confidence(assessment.confidence);
  result.set_known_score(assessment.known_score);
  result.set_known(assessment.known);
  result.set_known_threshold(assessment.known_threshold);
  result.set_background(assessment.background);
  result.set_duration_us(assessment.duration_us);
  result.set_counted(assessment.counted);

  result.set_judged_exercise(assessment.judged_exercise);
  result.mutable_quality()->set_cosine(assessment.quality.cosine);
  result.mutable_quality()->set_score(assessment.quality.score);
  result.mutable_quality()->set_level(ToProto(assessment.quality.level));
  for (std::size_t joint = 0; joint < assessment.joint_errors.size(); ++joint) {
    v1::JointError* out = result.add_joint_errors();
    out->set_joint(static_cast<uint32_t>(joint));
    out->set_name(std::string(skeleton::JointNames()[joint]));
    out->set_error(assessment.joint_errors[joint].error);
    out->set_percentile(assessment.joint_errors[joint].percentile);
    out->set_judged(assessment.joint_errors[joint].judged);
  }
  result.set_model_version(assessment.model_version);
  for (const assessment::Notice& notice : assessment.notices) {
    v1::Notice* out = result.add_notices();
    out->set_code(ToProto(notice.code));
    out->set_message(notice.message);
    out->set_sequence(notice.sequence);
  }
  return result;
}

assessment::WindowConfig FromProto(const v1::WindowConfig& window) {
  return {static_cast<int>(window.frames()), static_cast<int>(window.first_after()),
          static_cast<int>(window.every())};
}

v1::WindowConfig ToProto(const assessment::WindowConfig& window) {
  v1::WindowConfig result;
  result.set_frames(static_cast<uint32_t>(window.frames));
  result.set_first_after(static_cast<uint32_t>(window.first_after));
  result.set_every(static_cast<uint32_t>(window.every));
  return result;
}

}  // namespace trackfit::contract
