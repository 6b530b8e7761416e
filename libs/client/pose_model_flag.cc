#include "client/pose_model_flag.h"

#include <CLI/CLI.hpp>
#include <map>
#include <string>

namespace trackfit::client {

CLI::Option* DeclarePoseModel(CLI::App& command, v1::PoseModel& model) {
  const std::map<std::string, v1::PoseModel> names = {
      {"lite", v1::POSE_MODEL_LITE}, {"full", v1::POSE_MODEL_FULL}, {"heavy", v1::POSE_MODEL_HEAVY}};
  return command
      .add_option("--pose-model", model,
                  "Network that finds the skeletons: lite, full or heavy; default: the server's choice")
      ->transform(CLI::CheckedTransformer(names))
      ->type_name("MODEL");
}

}  // namespace trackfit::client
