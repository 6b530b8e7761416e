// How a stream's end is told over a WebSocket, where browsers see nothing but a code and a short reason.
#ifndef TRACKFIT_WEB_CLOSE_CODE_H_
#define TRACKFIT_WEB_CLOSE_CODE_H_

#include <string>

#include "absl/status/status.h"

namespace trackfit::web {

// 1000 for OK, 1001 where the server is shutting down, else 4000 + gRPC's code: 4008 for RESOURCE_EXHAUSTED.
int CloseCodeOf(const absl::Status& status);

// The message, cut to the 123 bytes of valid UTF-8 that a close frame holds.
std::string CloseReasonOf(const absl::Status& status);

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_CLOSE_CODE_H_
