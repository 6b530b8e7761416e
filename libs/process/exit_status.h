// Errors told by a program to the one that started it.
#ifndef TRACKFIT_PROCESS_EXIT_STATUS_H_
#define TRACKFIT_PROCESS_EXIT_STATUS_H_

#include "absl/status/status.h"

namespace trackfit::process {

// What a program exits with whose last line on standard error is the error's message.
inline constexpr int kFirstStatusCode = 64;
inline int ExitStatusOf(const absl::Status& status) {
  return status.ok() ? 0 : kFirstStatusCode + static_cast<int>(status.code());
}

// The code of the error behind an exit status that is not 0; INTERNAL where the program told none.
inline absl::StatusCode StatusCodeOf(int exit_status) {
  const int code = exit_status - kFirstStatusCode;
  const bool is_code = code > 0 && code <= static_cast<int>(absl::StatusCode::kUnauthenticated);
  return is_code ? static_cast<absl::StatusCode>(code) : absl::StatusCode::kInternal;
}

}  // namespace trackfit::process

#endif  // TRACKFIT_PROCESS_EXIT_STATUS_H_
