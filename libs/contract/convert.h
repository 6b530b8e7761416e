// Converts the contract's messages into the types that the libraries compute with, and back.
#ifndef TRACKFIT_CONTRACT_CONVERT_H_
#define TRACKFIT_CONTRACT_CONVERT_H_

#include <trackfit/v1/common.pb.h>

#include "absl/status/statusor.h"
#include "assessment/assessment.h"
#include "assessment/window_session.h"
#include "skeleton/pose.h"

namespace trackfit::contract {

// INVALID_ARGUMENT naming the field and the limit, e.g. "pose.landmarks has 32 entries; exactly 33 are
// required"; what skeleton::ValidatePose refuses is refused here.
absl::StatusOr<skeleton::Pose> FromProto(const v1::Pose& pose);
v1::Pose ToProto(const skeleton::Pose& pose);

// INVALID_ARGUMENT naming the field when it does not have all joints in order. Notices that are about a
// session and not about an assessment are left out.
absl::StatusOr<assessment::Assessment> FromProto(const v1::Assessment& assessment);
v1::Assessment ToProto(const assessment::Assessment& assessment);

// Limits are checked by WindowConfig::Resolve().
assessment::WindowConfig FromProto(const v1::WindowConfig& window);
v1::WindowConfig ToProto(const assessment::WindowConfig& window);

}  // namespace trackfit::contract

#endif  // TRACKFIT_CONTRACT_CONVERT_H_
