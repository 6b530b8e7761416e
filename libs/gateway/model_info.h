// What the gateway must know of what the inferencer serves.
#ifndef TRACKFIT_GATEWAY_MODEL_INFO_H_
#define TRACKFIT_GATEWAY_MODEL_INFO_H_

#include <map>
#include <string>
#include <vector>

namespace trackfit::gateway {

struct ModelInfo {
  std::string version;
  std::vector<std::string> exercises;
  double rate_hz = 30;                           // of the poses in a window
  int window_frames = 100;                       // of the network
  std::vector<std::string> coached_exercises{};  // none: the inferencer has no coach
  std::vector<std::string> references{};
  std::map<std::string, std::vector<std::string>> voices{};  // of the coach, by language; empty: not known
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_MODEL_INFO_H_
