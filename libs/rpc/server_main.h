// What the main() of every server does, step by step: flags, wiring, serve.
#ifndef TRACKFIT_RPC_SERVER_MAIN_H_
#define TRACKFIT_RPC_SERVER_MAIN_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "command_line/parse.h"
#include "rpc/runtime.h"
#include "rpc/termination_signal.h"

namespace trackfit::rpc {

struct ServerProgram {
  std::string service;  // the short name, e.g. "extractor"; the program is trackfit-extractor
  std::string purpose;  // what comes in and goes out, for --help
  HangUp hang_up = HangUp::kEnds;

  std::string name() const { return "trackfit-" + service; }
};

// What `run` returns, or 1, with a line on standard error that begins with `program`, when it throws.
int RunMain(const std::string& program, const std::function<int()>& run);

// Says on standard error what is wrong with the flags; kUsageExitCode.
int RefuseFlags(const std::string& program, const absl::Status& status);

// What a server's main() returns: what `serve` returns, which wires the server's parts and ends with
// ServeUntilSignal(); kUsageExitCode, with a line on standard error, when a flag is wrong; 0 after --help and
// --version; 1, with a line on standard error, when anything throws.
//
// `Options` are the server's flags: default-constructible, with Register(CLI::App&), an absl::Status
// Validate() of all flags, and the ServerOptions `server`.
template <class Options>
int ServerMain(int argc, char** argv, const ServerProgram& program,
               int (*serve)(const Options& options, Runtime& runtime, TerminationSignal& signal)) {
  return RunMain(program.name(), [&] {
    CLI::App app("TrackFit's " + program.service + ": " + program.purpose, program.name());
    Options options;
    options.Register(app);
    if (const std::optional<int> ended = command_line::Parse(app, argc, argv)) return *ended;

    TerminationSignal signal(program.hang_up);  // caught from here on: loading ends gracefully, too
    if (absl::Status valid = options.Validate(); !valid.ok()) return RefuseFlags(program.name(), valid);
    const auto runtime = Runtime::Create(program.service, options.server);
    if (!runtime.ok()) return RefuseFlags(program.name(), runtime.status());
    return serve(options, **runtime, signal);
  });
}

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_SERVER_MAIN_H_
