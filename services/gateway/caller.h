// Who calls the gateway: what clients show, over gRPC, WebSockets and HTTP.
#ifndef TRACKFIT_SERVICES_GATEWAY_CALLER_H_
#define TRACKFIT_SERVICES_GATEWAY_CALLER_H_

#include <string>

#include "absl/status/status.h"
#include "access/gatekeeper.h"
#include "web/http_message.h"

namespace trackfit::gateway_server {

// "Bearer <key>" of the header Authorization, or, for browsers cannot set it for a WebSocket, of the
// subprotocol that carries a key. "": neither is there.
std::string AuthorizationOf(const web::HttpRequest& request);

// access::Gatekeeper::Precheck() for what a stream's client shows; OK where there is no gatekeeper.
absl::Status Precheck(access::Gatekeeper* gatekeeper, const std::string& authorization,
                      const std::string& peer);

// The answer to a POST that its key does not allow: 401, or 429 with Retry-After.
web::HttpResponse AccessRefusal(const absl::Status& status);

}  // namespace trackfit::gateway_server

#endif  // TRACKFIT_SERVICES_GATEWAY_CALLER_H_
