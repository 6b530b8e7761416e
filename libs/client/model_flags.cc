#include "client/model_flags.h"

#include <CLI/CLI.hpp>

#include "contract/pose_model.h"

namespace trackfit::client {

void DeclareModels(CLI::App& command, v1::SessionConfig& config, const std::string& group) {
  command
      .add_option_function<std::string>(
          "--pose-model",
          [&config](const std::string& text) {
            const auto parsed = contract::ParsePoseModel("--pose-model", text);
            if (!parsed.ok()) throw CLI::ValidationError(std::string(parsed.status().message()));
            config.set_pose_model(*parsed);
          },
          "Network that finds the skeletons: lite, full or heavy; default: the server's choice")
      ->type_name("MODEL")
      ->group(group);
  command
      .add_option("--model", *config.mutable_model(),
                  "Assess by this model of the server's, instead of its default one")
      ->type_name("NAME")
      ->group(group);
}

}  // namespace trackfit::client
