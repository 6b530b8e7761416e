// The gateway: what client apps talk to. Joins an extractor and an inferencer into one stream of frames in,
// results out.
#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>

#include "command_line/parse.h"
#include "gateway_options.h"
#include "gateway_service.h"
#include "rpc/runtime.h"
#include "rpc/server.h"
#include "rpc/termination_signal.h"
#include "runtime/ticker.h"
#include "upstreams.h"

namespace {

int Serve(int argc, char** argv) {
  using namespace trackfit;  // NOLINT(google-build-using-namespace): this is the program

  CLI::App app{"TrackFit's gateway: frames in, skeletons and assessments out", "trackfit-gateway"};
  gateway_server::GatewayOptions options;
  options.Register(app);
  if (const auto ended = command_line::Parse(app, argc, argv)) return *ended;

  rpc::TerminationSignal signal;  // caught from here on: loading ends gracefully, too
  const auto runtime = rpc::Runtime::Create("gateway", options.server);
  const absl::Status valid = runtime.ok() ? options.Validate() : runtime.status();
  if (!valid.ok()) {
    std::cerr << "trackfit-gateway: " << valid.message() << "\n";
    return command_line::kUsageExitCode;
  }

  runtime::Ticker ticker(std::chrono::milliseconds(100), [&runtime](const absl::Status& failed) {
    (*runtime)->ReportException((*runtime)->log(), failed);
  });
  gateway_server::Upstreams upstreams(options.extractor, options.inferencer, ticker, (*runtime)->log());
  gateway_server::GatewayService service(**runtime, options.Analysis(), upstreams, ticker);
  return rpc::ServeUntilSignal(signal, **runtime, service, gateway_server::kGatewayServiceName,
                               [&upstreams] { return upstreams.reached(); });
}

}  // namespace

int main(int argc, char** argv) {
  return trackfit::rpc::RunMain("trackfit-gateway", [&] { return Serve(argc, argv); });
}
