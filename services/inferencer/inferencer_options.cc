#include "inferencer_options.h"

#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "command_line/model_directory.h"
#include "files/outputs.h"

namespace trackfit::inferencer_server {

InferencerOptions::InferencerOptions()
    : model_repository(command_line::DefaultModelDirectory("protogcn")),
      exercises(command_line::DefaultExerciseDirectory()) {
  server.listen = "127.0.0.1:8002";
  server.metrics_listen = "127.0.0.1:9102";
  server.max_in_flight = 256;  // poses are small, and a live turn takes all that wait
  server.max_message_mb = 96;  // holds the longest clip of Infer
}

void InferencerOptions::Register(CLI::App& app) {
  server.Register(app);
  app.option_defaults()->group("Inferencer");
  rpc::AddFlag(app, "model-repository", model_repository,
               "Folder with <number>/model.pt, the default model, and <name>/<number>/model.pt; of each the "
               "highest number that works is served");
  rpc::AddFlag(app, "model-poll", model_poll,
               "Seconds between looks for newer models, which replace those served; 0 = only on SIGHUP, of a "
               "server without a terminal");
  rpc::AddFlag(app, "max-model-slowdown", max_model_slowdown,
               "A newer model is refused if a window takes more than so many times as long");
  rpc::AddFlag(app, "exercises", exercises,
               "Folder with <exercise>.yaml, what the coach knows of each exercise");
  app.option_defaults()->group("Options");
}

absl::Status InferencerOptions::Validate() const {
  if (absl::Status valid = server.Validate(); !valid.ok()) return valid;
  const std::tuple<const char*, double, double, double> ranges[] = {
      {"model-poll", model_poll, 0, 86400}, {"max-model-slowdown", max_model_slowdown, 1, 1000}};
  for (const auto& [flag, value, lowest, highest] : ranges) {
    if (value >= lowest && value <= highest) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(flag, " is ", value, "; it must be between ", lowest, " and ", highest));
  }
  std::vector<files::NamedFile> inputs =
      files::FilesOf("--model-repository", model_repository, files::HasExtension(".pt"));
  for (const char* extension : {".yaml", ".json"}) {
    const auto found = files::FilesOf("--exercises", exercises, files::HasExtension(extension));
    inputs.insert(inputs.end(), found.begin(), found.end());
  }
  return files::CheckOutputs({{"--port-file", server.port_file}}, inputs);
}

}  // namespace trackfit::inferencer_server
