#include "client/pose_model_flag.h"

#include <CLI/CLI.hpp>
#include <string>

#include "contract/pose_model.h"

namespace trackfit::client {

CLI::Option* DeclarePoseModel(CLI::App& command, v1::PoseModel& model) {
  return command
      .add_option_function<std::string>(
          "--pose-model",
          [&model](const std::string& text) {
            const auto parsed = contract::ParsePoseModel("--pose-model", text);
            if (!parsed.ok()) throw CLI::ValidationError(std::string(parsed.status().message()));
            model = *parsed;
          },
          "Network that finds the skeletons: lite, full or heavy; default: the server's choice")
      ->type_name("MODEL");
}

}  // namespace trackfit::client
