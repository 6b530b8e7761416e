// Exit statuses other than 0 and 1, carried by an error from a subcommand to main().
#ifndef TRACKFIT_TOOLS_EXIT_CODE_H_
#define TRACKFIT_TOOLS_EXIT_CODE_H_

#include "absl/status/status.h"

namespace trackfit::tools {

inline constexpr int kUsageExitCode = 2;         // the command line cannot be understood
inline constexpr int kNoAssessmentExitCode = 3;  // all went well, but there was nothing to assess

// The error `status`, to end the program with `code`.
absl::Status WithExitCode(absl::Status status, int code);

// 0 for OK, what WithExitCode() set, or else 1.
int ExitCodeOf(const absl::Status& status);

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_EXIT_CODE_H_
