// An error that says more than its code: this server is going away.
#ifndef TRACKFIT_RUNTIME_SHUTTING_DOWN_H_
#define TRACKFIT_RUNTIME_SHUTTING_DOWN_H_

#include "absl/status/status.h"

namespace trackfit::runtime {

// UNAVAILABLE, marked: another server, or this one later, will do.
absl::Status ShuttingDown();
bool IsShuttingDown(const absl::Status& status);

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_SHUTTING_DOWN_H_
