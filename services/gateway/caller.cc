#include "caller.h"

#include "absl/strings/str_cat.h"
#include "access/api_key.h"
#include "net/network.h"
#include "uploads/uploads.h"

namespace trackfit::gateway_server {

std::string AuthorizationOf(const web::HttpRequest& request) {
  if (std::string header = request.Header("authorization"); !header.empty()) return header;
  const std::string key = access::SubprotocolKey(request.Header("sec-websocket-protocol"));
  return key.empty() ? "" : absl::StrCat("Bearer ", key);
}

absl::Status Precheck(access::Gatekeeper* gatekeeper, const std::string& authorization,
                      const std::string& peer) {
  if (gatekeeper == nullptr) return absl::OkStatus();
  return gatekeeper->Precheck(access::BearerKey(authorization), net::NetworkOfPeer(peer));
}

web::HttpResponse AccessRefusal(const absl::Status& status) {
  web::HttpResponse response = uploads::ErrorResponse(status);
  if (absl::IsResourceExhausted(status)) response.status = 429;
  if (absl::IsUnauthenticated(status)) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace trackfit::gateway_server
