// Exit codes other than 0 and 1, carried by a status from a subcommand to main().
#ifndef TRACKFIT_COMMAND_LINE_EXIT_CODE_H_
#define TRACKFIT_COMMAND_LINE_EXIT_CODE_H_

#include <string>

#include "absl/status/status.h"
#include "command_line/parse.h"

namespace trackfit::command_line {

using command_line::kUsageExitCode;
inline constexpr int kNoAssessmentExitCode = 3;   // no error, but there was nothing to assess
inline constexpr int kInterruptedExitCode = 130;  // as shells report a program that was ended by SIGINT

// `status` with `code` attached as the program's exit code.
absl::Status WithExitCode(absl::Status status, int code);

// Attaches kUsageExitCode: the command line is invalid. OK stays OK.
absl::Status UsageError(absl::Status status);
absl::Status UsageError(const std::string& message);

// 0 for OK; otherwise the attached exit code; without one, kInterruptedExitCode for CANCELLED and 1 for
// others.
int ExitCodeOf(const absl::Status& status);

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_EXIT_CODE_H_
