// The inferencer: skeletons in, assessments out.
#include <CLI/CLI.hpp>
#include <iostream>

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
  inferencer::InferencerOptions options;
  options.Register(app);
  CLI11_PARSE(app, argc, argv);

  rpc::TerminationSignal signal;  // caught from here on: loading ends gracefully, too
  const auto runtime = rpc::Runtime::Create("inferencer", options.server);
  if (!runtime.ok()) {
    std::cerr << "trackfit-inferencer: " << runtime.status().message() << "\n";
    return 2;
  }
  const auto model = inferencer::LoadModel(**runtime, options.model_repository);
  if (!model.ok()) {
    (*runtime)->log().Error("cannot serve a model", {{"reason", model.status().message()}});
    return 1;
  }
  inferencer::InferencerService service(**runtime, *model);
  return rpc::ServeUntilSignal(signal, **runtime, service, v1::InferencerService::service_full_name());
}

}  // namespace

int main(int argc, char** argv) {
  return trackfit::rpc::RunMain("trackfit-inferencer", [&] { return Serve(argc, argv); });
}
