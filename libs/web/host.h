// Under which names the server may be addressed.
#ifndef TRACKFIT_WEB_HOST_H_
#define TRACKFIT_WEB_HOST_H_

#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "web/http_message.h"

namespace trackfit::web {

// A page of a stranger whose name suddenly resolves to this server's address (DNS rebinding) has this server
// as its origin, as browsers see it; what gives it away is its name in Host. Allowed are addresses and
// localhost, which nobody else can own, and the given names. Immutable.
class HostCheck {
 public:
  // Names such as "app.example.com", separated by commas; none: all are allowed. INVALID_ARGUMENT naming what
  // is no name.
  static absl::StatusOr<HostCheck> Create(const std::string& allowed);

  bool Allows(const HttpRequest& request) const;

 private:
  explicit HostCheck(std::set<std::string> allowed) : allowed_(std::move(allowed)) {}

  std::set<std::string> allowed_;  // in lower case; empty: all
};

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_HOST_H_
