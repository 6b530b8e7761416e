// The extractor's flags.
#ifndef TRACKFIT_EXTRACTOR_EXTRACTOR_OPTIONS_H_
#define TRACKFIT_EXTRACTOR_EXTRACTOR_OPTIONS_H_

#include <CLI/App.hpp>
#include <string>

#include "absl/status/status.h"
#include "rpc/server_options.h"
#include "serving/frame_decoder.h"

namespace trackfit::extractor {

struct ExtractorOptions {
  ExtractorOptions();

  rpc::ServerOptions server;
  std::string models_dir;      // with the BlazePose .tflite files
  std::string model = "full";  // landmark network: lite, full or heavy
  serving::FrameDecoderConfig decoder;

  void Register(CLI::App& app);
  // INVALID_ARGUMENT naming the flag and its limits.
  absl::Status Validate() const;
};

}  // namespace trackfit::extractor

#endif  // TRACKFIT_EXTRACTOR_EXTRACTOR_OPTIONS_H_
