// The inferencer: skeletons in, assessments out.
#include <CLI/CLI.hpp>
#include <iostream>

#include "command_line/parse.h"
#include "inferencer_options.h"
#include "inferencer_service.h"
#include "model_loading.h"
#include "rpc/runtime.h"
#include "rpc/server.h"
#include "rpc/termination_signal.h"

namespace {

int Serve(int argc, char** argv) {
  using namespace trackfit;  // NOLINT(google-build-using-namespace): this is the program

  CLI::App app{"TrackFit's inferencer: skeletons in, assessments out", "trackfit-inferencer"};
  inferencer_server::InferencerOptions options;
  options.Register(app);
  if (const auto ended = command_line::Parse(app, argc, argv)) return *ended;

  rpc::TerminationSignal signal;  // caught from here on: loading ends gracefully, too
  const auto runtime = rpc::Runtime::Create("inferencer", options.server);
  const absl::Status valid = runtime.ok() ? options.Validate() : runtime.status();
  if (!valid.ok()) {
    std::cerr << "trackfit-inferencer: " << valid.message() << "\n";
    return command_line::kUsageExitCode;
  }
  const auto model = inferencer_server::LoadModel(**runtime, options.model_repository);
  if (!model.ok()) {
    (*runtime)->log().Error("cannot serve a model", {{"reason", model.status().message()}});
    return 1;
  }
  inferencer_server::InferencerService service(**runtime, *model);
  return rpc::ServeUntilSignal(signal, **runtime, service, v1::InferencerService::service_full_name());
}

}  // namespace

int main(int argc, char** argv) {
  return trackfit::rpc::RunMain("trackfit-inferencer", [&] { return Serve(argc, argv); });
}
