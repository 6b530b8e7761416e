// An error that says more than its code: an established connection was lost.
#ifndef TRACKFIT_RUNTIME_CONNECTION_LOST_H_
#define TRACKFIT_RUNTIME_CONNECTION_LOST_H_

#include "absl/status/status.h"

namespace trackfit::runtime {

// `status`, marked as the loss of the connection of a stream that was open, as when the other side crashes.
// UNAVAILABLE alone says less: it also stands for a server that cannot be reached or that refuses new
// streams.
absl::Status ConnectionLost(absl::Status status);
bool IsConnectionLost(const absl::Status& status);

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_CONNECTION_LOST_H_
