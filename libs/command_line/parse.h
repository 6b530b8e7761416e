// Parses the flags of all our programs and determines their exit code: 2 for wrong usage, and never 0 when
// standard output could not be written.
#ifndef TRACKFIT_COMMAND_LINE_PARSE_H_
#define TRACKFIT_COMMAND_LINE_PARSE_H_

#include <CLI/App.hpp>
#include <optional>
#include <string>

namespace trackfit::command_line {

inline constexpr int kUsageExitCode = 2;  // the command line is invalid

// Parses the flags. Nullopt to continue; otherwise the program's exit status: that of FlushOutput(0) after
// --help and --version, or kUsageExitCode after printing to stderr what is wrong and which flag or command
// was probably meant.
std::optional<int> Parse(CLI::App& app, int argc, char** argv);

// Flushes standard output. Returns `exit_status`, or 1 instead of 0, with a message on stderr, when not all
// output could be written.
int FlushOutput(const std::string& program, int exit_status);

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_PARSE_H_
