// A subcommand of `trackfit` declares its flags and returns the action to run.
#ifndef TRACKFIT_TOOLS_COMMAND_H_
#define TRACKFIT_TOOLS_COMMAND_H_

#include <CLI/App.hpp>
#include <functional>

#include "absl/status/status.h"

namespace trackfit::tools {

// Runs after the flags are parsed. An error or an exception is printed as "trackfit <command>: <message>";
// exit_code.h determines the exit code.
using Action = std::function<absl::Status()>;

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_COMMAND_H_
