#include "contract/pose_model.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::contract {

absl::StatusOr<v1::PoseModel> ParsePoseModel(const std::string& name, const std::string& text) {
  for (const auto& [written, model] : {std::pair{"lite", v1::POSE_MODEL_LITE},
                                       {"full", v1::POSE_MODEL_FULL},
                                       {"heavy", v1::POSE_MODEL_HEAVY}}) {
    if (text == written) return model;
  }
  return absl::InvalidArgumentError(absl::StrCat(name, " is \"", text, "\"; it must be lite, full or heavy"));
}

}  // namespace trackfit::contract
