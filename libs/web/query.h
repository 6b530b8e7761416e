// What follows the "?" of a URL.
#ifndef TRACKFIT_WEB_QUERY_H_
#define TRACKFIT_WEB_QUERY_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trackfit::web {

// The names and values of "name=value&other=more%20words", in their order; a name without "=" has the value
// "". INVALID_ARGUMENT where a "%" is followed by no two hexadecimal digits.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ParseQuery(absl::string_view query);

}  // namespace trackfit::web

#endif  // TRACKFIT_WEB_QUERY_H_
