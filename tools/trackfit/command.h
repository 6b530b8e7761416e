// How a subcommand of `trackfit` is made: it declares its flags and returns what runs it.
#ifndef TRACKFIT_TOOLS_COMMAND_H_
#define TRACKFIT_TOOLS_COMMAND_H_

#include <CLI/App.hpp>
#include <functional>

#include "absl/status/status.h"

namespace trackfit::tools {

// Runs after the flags are parsed. An error is printed as "trackfit <command>: <message>" and the exit status
// is what exit_code.h makes of it; so is an exception.
using Action = std::function<absl::Status()>;

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_COMMAND_H_
