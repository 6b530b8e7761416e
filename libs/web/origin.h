// Which web pages may use the server.
#ifndef TRACKFIT_WEB_ORIGIN_H_
#define TRACKFIT_WEB_ORIGIN_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "web/http_message.h"

namespace trackfit::web {

// Browsers let any page open a WebSocket to anywhere, and say in the header Origin whose page it is. Allowed
// are pages from this server itself (the authority of Origin is that of Host), those of the given origins,
// and clients that send no Origin, which are no browsers. Immutable.
class OriginCheck {
 public:
  // Origins such as "https://app.example.com", separated by commas; "*" allows all. INVALID_ARGUMENT naming
  // what is no origin.
  static absl::StatusOr<OriginCheck> Create(const std::string& allowed);

  bool Allows(const HttpRequest& request) const;

 private:
  explicit OriginCheck(std::set<std::string> allowed) : allowed_(std::move(allowed)) {}

  std::set<std::string> allowed_;  // in lower case
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_ORIGIN_H_
