// Another good range for one of the coach's conditions, as people write it.
#ifndef TRACKFIT_CONTRACT_COACH_TARGET_H_
#define TRACKFIT_CONTRACT_COACH_TARGET_H_

#include <trackfit/v1/coaching.pb.h>

#include <string>

#include "absl/status/statusor.h"

namespace trackfit::contract {

// CODE=LOW:HIGH, where either end may be left out: "squat_depth=0.6:". INVALID_ARGUMENT beginning with
// `name`, which stands before it where it is written ("--target"), and saying how it is written.
absl::StatusOr<v1::CoachTarget> ParseCoachTarget(const std::string& name, const std::string& text);

}  // namespace trackfit::contract

#endif  // TRACKFIT_CONTRACT_COACH_TARGET_H_
