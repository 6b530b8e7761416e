// How our programs read their flags and how they end: wrong usage is 2 everywhere, and nothing counts as said
// that standard output did not take.
#ifndef TRACKFIT_COMMAND_LINE_PARSE_H_
#define TRACKFIT_COMMAND_LINE_PARSE_H_

#include <CLI/App.hpp>
#include <optional>
#include <string>

namespace trackfit::command_line {

inline constexpr int kUsageExitCode = 2;  // the command line cannot be followed as it is written

// Reads the flags. Nullopt: go on. Else the exit status of the program: that of FlushOutput(0) after --help
// and
// --version, or kUsageExitCode after a line on stderr that says what is wrong, with the flag or command that
// was probably meant.
std::optional<int> Parse(CLI::App& app, int argc, char** argv);

// What main() returns for `exit_status`: the same, or 1 instead of 0 where standard output did not take all
// that was printed, which is said on stderr.
int FlushOutput(const std::string& program, int exit_status);

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_PARSE_H_
