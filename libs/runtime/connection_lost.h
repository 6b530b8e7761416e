// An error that says more than its code: the other side went away under a stream that was up.
#ifndef TRACKFIT_RUNTIME_CONNECTION_LOST_H_
#define TRACKFIT_RUNTIME_CONNECTION_LOST_H_

#include "absl/status/status.h"

namespace trackfit::runtime {

// A status that says that the connection went away under a stream that was up, as when the other side has
// crashed. UNAVAILABLE alone says less: perhaps nobody was there, or the server wants to be left alone.
absl::Status ConnectionLost(absl::Status status);
bool IsConnectionLost(const absl::Status& status);

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_CONNECTION_LOST_H_
