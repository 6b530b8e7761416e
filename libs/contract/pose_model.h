// Landmark networks as people write them.
#ifndef TRACKFIT_CONTRACT_POSE_MODEL_H_
#define TRACKFIT_CONTRACT_POSE_MODEL_H_

#include <trackfit/v1/common.pb.h>

#include <string>

#include "absl/status/statusor.h"

namespace trackfit::contract {

// "lite", "full" or "heavy". INVALID_ARGUMENT that begins with `name`, which is what the text was given as.
absl::StatusOr<v1::PoseModel> ParsePoseModel(const std::string& name, const std::string& text);

}  // namespace trackfit::contract

#endif  // TRACKFIT_CONTRACT_POSE_MODEL_H_
