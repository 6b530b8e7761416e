#include "extractor_options.h"

#include "command_line/model_directory.h"
#include "files/outputs.h"

namespace trackfit::extractor_server {

ExtractorOptions::ExtractorOptions() : models_dir(command_line::DefaultModelDirectory("blazepose")) {
  server.listen = "0.0.0.0:8001";
  server.metrics_listen = "0.0.0.0:9101";
}

void ExtractorOptions::Register(CLI::App& app) {
  server.Register(app);
  app.option_defaults()->group("Extractor");
  rpc::AddFlag(app, "models-dir", models_dir, "Folder with the BlazePose .tflite files");
  rpc::AddFlag(app, "model", model, "Landmark network: lite (fastest), full or heavy (most accurate)");
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
  return blazepose::ParseModelComplexity(model).status();
}

}  // namespace trackfit::extractor_server
