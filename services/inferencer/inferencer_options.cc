#include "inferencer_options.h"

#include <vector>

#include "command_line/model_directory.h"
#include "files/outputs.h"

namespace trackfit::inferencer_server {

InferencerOptions::InferencerOptions()
    : model_repository(command_line::DefaultModelDirectory("protogcn")),
      exercises(command_line::DefaultExerciseDirectory()) {
  server.listen = "0.0.0.0:8002";
  server.metrics_listen = "0.0.0.0:9102";
  server.max_in_flight = 32;   // poses are small
  server.max_message_mb = 96;  // holds the longest clip of Infer
}

void InferencerOptions::Register(CLI::App& app) {
  server.Register(app);
  app.option_defaults()->group("Inferencer");
  rpc::AddFlag(app, "model-repository", model_repository,
               "Folder with <number>/model.pt; the highest number that works is served");
  rpc::AddFlag(app, "exercises", exercises,
               "Folder with <exercise>.yaml, what the coach knows of each exercise");
  app.option_defaults()->group("Options");
}

absl::Status InferencerOptions::Validate() const {
  if (absl::Status valid = server.Validate(); !valid.ok()) return valid;
  std::vector<files::NamedFile> inputs =
      files::FilesOf("--model-repository", model_repository, files::HasExtension(".pt"));
  for (const char* extension : {".yaml", ".json"}) {
    const auto found = files::FilesOf("--exercises", exercises, files::HasExtension(extension));
    inputs.insert(inputs.end(), found.begin(), found.end());
  }
  return files::CheckOutputs({{"--port-file", server.port_file}}, inputs);
}

}  // namespace trackfit::inferencer_server
