// What a client shows to go on with its session on another stream.
#ifndef TRACKFIT_GATEWAY_RESUME_TOKEN_H_
#define TRACKFIT_GATEWAY_RESUME_TOKEN_H_

#include <string>

#include "absl/status/statusor.h"

namespace trackfit::gateway {

// 32 hexadecimal digits: 128 random bits from the operating system, which nobody guesses. Not for logs.
// An error when the system gives none.
absl::StatusOr<std::string> NewResumeToken();

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_RESUME_TOKEN_H_
