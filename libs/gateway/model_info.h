// What the gateway must know of what the inferencer serves.
#ifndef TRACKFIT_GATEWAY_MODEL_INFO_H_
#define TRACKFIT_GATEWAY_MODEL_INFO_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace trackfit::gateway {

// A version of a model that new sessions get.
struct ServedModel {
  std::string name;
  std::string version;
  std::vector<std::string> exercises;
  double rate_hz = 30;      // of the poses in a window
  int window_frames = 100;  // of the network
  bool canary = false;
  double share = 1;  // of the model's new sessions
};

struct ModelInfo {
  std::string version;
  std::vector<std::string> exercises;
  double rate_hz = 30;
  int window_frames = 100;
  std::vector<std::string> coached_exercises{};  // none: the inferencer has no coach
  std::vector<std::string> references{};
  std::map<std::string, std::vector<std::string>> voices{};  // of the coach, by language; empty: not known
  std::vector<ServedModel> models{};  // the default one's first; empty: an inferencer that has only that one
};

// The same with the version that a session gets of the model that it names; empty: the default one.
// INVALID_ARGUMENT naming config.model and the names there are.
absl::StatusOr<ModelInfo> ForSession(const ModelInfo& info, const std::string& model,
                                     const std::string& session_id);

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_MODEL_INFO_H_
