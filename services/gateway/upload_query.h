// What the URL of an upload asks for.
#ifndef TRACKFIT_SERVICES_GATEWAY_UPLOAD_QUERY_H_
#define TRACKFIT_SERVICES_GATEWAY_UPLOAD_QUERY_H_

#include <trackfit/v1/gateway.pb.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace trackfit::gateway_server {

struct UploadQuery {
  v1::SessionConfig config;
  std::optional<double> fps;  // instead of the video's own
  uint32_t limit_frames = 0;  // 0: all
};

// Reads "expected_exercise=squat&language=ko"; all names are in docs/websocket.md. INVALID_ARGUMENT naming
// the parameter that there is not, or whose value is wrong.
absl::StatusOr<UploadQuery> ParseUploadQuery(const std::string& query);

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_UPLOAD_QUERY_H_
