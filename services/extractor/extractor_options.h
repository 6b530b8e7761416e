// The extractor's flags.
#ifndef TRACKFIT_SERVICES_EXTRACTOR_EXTRACTOR_OPTIONS_H_
#define TRACKFIT_SERVICES_EXTRACTOR_EXTRACTOR_OPTIONS_H_

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "blazepose/pose_engine.h"
#include "extraction/frame_decoder.h"
#include "rpc/server_options.h"

namespace trackfit::extractor_server {

struct ExtractorOptions {
  ExtractorOptions();

  rpc::ServerOptions server;
  std::string models_dir;               // with the BlazePose .tflite files
  std::string model = "full";           // landmark network: lite, full or heavy
  std::string session_models = "lite";  // further ones, separated by commas
  extraction::FrameDecoderConfig decoder;

  void Register(CLI::App& app);
  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
  // Of valid options: the one that sessions get that name none, then the others.
  std::vector<blazepose::ModelComplexity> Models() const;
};

}  // namespace trackfit::extractor_server

#endif  // TRACKFIT_SERVICES_EXTRACTOR_EXTRACTOR_OPTIONS_H_
