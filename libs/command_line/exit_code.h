// Exit statuses other than 0 and 1, carried by an error from a subcommand to main().
#ifndef TRACKFIT_COMMAND_LINE_EXIT_CODE_H_
#define TRACKFIT_COMMAND_LINE_EXIT_CODE_H_

#include <string>

#include "absl/status/status.h"
#include "command_line/parse.h"

namespace trackfit::command_line {

using command_line::kUsageExitCode;
inline constexpr int kNoAssessmentExitCode = 3;   // all went well, but there was nothing to assess
inline constexpr int kInterruptedExitCode = 130;  // as a shell says of a program that SIGINT ended

// The error `status`, to end the program with `code`.
absl::Status WithExitCode(absl::Status status, int code);

// To end the program with kUsageExitCode: the command line cannot be followed as it is written. OK stays OK.
absl::Status UsageError(absl::Status status);
absl::Status UsageError(const std::string& message);

// 0 for OK, what WithExitCode() set, else kInterruptedExitCode for CANCELLED, else 1.
int ExitCodeOf(const absl::Status& status);

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_EXIT_CODE_H_
