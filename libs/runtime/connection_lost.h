// An error that says more than its code: an established connection was lost.
#ifndef TRACKFIT_RUNTIME_CONNECTION_LOST_H_
#define TRACKFIT_RUNTIME_CONNECTION_LOST_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace trackfit::runtime {

// `status`, marked as the loss of the connection of a stream that was open, as when the other side crashes.
// UNAVAILABLE alone says less: it also stands for a server that cannot be reached or that refuses new
// streams. `server` names the process that it led to, where that is known.
absl::Status ConnectionLost(absl::Status status, std::string_view server = "");
bool IsConnectionLost(const absl::Status& status);
// The server of a lost connection; else, or where it is not known, empty.
std::string LostServer(const absl::Status& status);

}  // namespace trackfit::runtime

#endif  // TRACKFIT_RUNTIME_CONNECTION_LOST_H_
