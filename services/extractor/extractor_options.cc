#include "extractor_options.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "command_line/model_directory.h"
#include "files/outputs.h"

namespace trackfit::extractor_server {
namespace {

std::vector<std::string> NamesIn(absl::string_view list) {
  return absl::StrSplit(list, ',', absl::SkipWhitespace());
}

}  // namespace

ExtractorOptions::ExtractorOptions() : models_dir(command_line::DefaultModelDirectory("blazepose")) {
  server.listen = "127.0.0.1:8001";
  server.metrics_listen = "127.0.0.1:9101";
}

void ExtractorOptions::Register(CLI::App& app) {
  server.Register(app);
  app.option_defaults()->group("Extractor");
  rpc::AddFlag(app, "models-dir", models_dir, "Folder with the BlazePose .tflite files");
  rpc::AddFlag(app, "model", model, "Landmark network: lite (fastest), full or heavy (most accurate)");
  rpc::AddFlag(app, "session-models", session_models,
               "Further networks that sessions may ask for, separated by commas; empty: none");
  rpc::AddFlag(app, "max-image-pixels", decoder.max_pixels, "Largest picture, width times height");
  rpc::AddFlag(app, "max-frame-bytes", decoder.max_file_bytes, "Largest JPEG, PNG or WebP file");
  app.option_defaults()->group("Options");
}

absl::Status ExtractorOptions::Validate() const {
  if (absl::Status valid = server.Validate(); !valid.ok()) return valid;
  if (absl::Status valid = decoder.Validate(); !valid.ok()) return valid;
  absl::Status valid =
      files::CheckOutputs({{"--port-file", server.port_file}},
                          files::FilesOf("--models-dir", models_dir, files::HasExtension(".tflite")));
  if (!valid.ok()) return valid;
  if (absl::Status named = blazepose::ParseModelComplexity(model).status(); !named.ok()) return named;
  for (const std::string& name : NamesIn(session_models)) {
    if (const auto named = blazepose::ParseModelComplexity(name); !named.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("session-models is ", session_models, "; it must be a list of lite, full and heavy"));
    }
  }
  return absl::OkStatus();
}

std::vector<blazepose::ModelComplexity> ExtractorOptions::Models() const {
  std::vector<blazepose::ModelComplexity> models = {*blazepose::ParseModelComplexity(model)};
  for (const std::string& name : NamesIn(session_models)) {
    const blazepose::ModelComplexity further = *blazepose::ParseModelComplexity(name);
    if (std::find(models.begin(), models.end(), further) == models.end()) models.push_back(further);
  }
  return models;
}

}  // namespace trackfit::extractor_server
