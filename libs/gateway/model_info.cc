#include "gateway/model_info.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "model_store/canary.h"
#include "spelling/edit_distance.h"

namespace trackfit::gateway {

absl::StatusOr<ModelInfo> ForSession(const ModelInfo& info, const std::string& model,
                                     const std::string& session_id) {
  if (info.models.empty() && model.empty()) return info;
  const std::string& name = model.empty() ? info.models.front().name : model;
  const ServedModel* chosen = nullptr;
  std::vector<std::string> names;
  for (const ServedModel& served : info.models) {
    if (std::ranges::find(names, served.name) == names.end()) names.push_back(served.name);
    if (served.name != name) continue;
    if (!served.canary || model_store::IsInCanary(session_id, served.share)) chosen = &served;
  }
  if (chosen == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "config.model is \"", model, "\"",
        names.empty() ? "; the server has only its default one" : spelling::InsteadOf(model, names)));
  }
  ModelInfo own = info;
  own.version = chosen->version;
  own.exercises = chosen->exercises;
  own.rate_hz = chosen->rate_hz;
  own.window_frames = chosen->window_frames;
  return own;
}

}  // namespace trackfit::gateway
