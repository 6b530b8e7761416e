// The extractor: frames in, 33-landmark skeletons out.
#include <CLI/CLI.hpp>
#include <iostream>
#include <opencv2/core/utility.hpp>

#include "command_line/parse.h"
#include "extractor_options.h"
#include "extractor_service.h"
#include "pose_engines.h"
#include "rpc/runtime.h"
#include "rpc/server.h"
#include "rpc/termination_signal.h"

namespace {

int Serve(int argc, char** argv) {
  using namespace trackfit;  // NOLINT(google-build-using-namespace): this is the program

  CLI::App app{"TrackFit's extractor: frames in, skeletons out", "trackfit-extractor"};
  extractor_server::ExtractorOptions options;
  options.Register(app);
  if (const auto ended = command_line::Parse(app, argc, argv)) return *ended;

  cv::setNumThreads(1);           // the workers are the threads; OpenCV would bring more
  rpc::TerminationSignal signal;  // caught from here on: loading ends gracefully, too
  const auto runtime = rpc::Runtime::Create("extractor", options.server);
  const absl::Status valid = runtime.ok() ? options.Validate() : runtime.status();
  if (!valid.ok()) {
    std::cerr << "trackfit-extractor: " << valid.message() << "\n";
    return command_line::kUsageExitCode;
  }
  auto engines =
      extractor_server::PoseEngines::Create(options.models_dir, options.model, options.server.WorkerCount());
  if (!engines.ok()) {
    (*runtime)->log().Error("cannot load BlazePose", {{"reason", engines.status().message()}});
    return 1;
  }
  extractor_server::ExtractorService service(**runtime, *engines, options.decoder);
  return rpc::ServeUntilSignal(signal, **runtime, service, v1::ExtractorService::service_full_name());
}

}  // namespace

int main(int argc, char** argv) {
  return trackfit::rpc::RunMain("trackfit-extractor", [&] { return Serve(argc, argv); });
}
