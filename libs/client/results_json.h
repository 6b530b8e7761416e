// The results of a session as lines of JSON, one for each response: what `trackfit analyze --json` writes.
#ifndef TRACKFIT_CLIENT_RESULTS_JSON_H_
#define TRACKFIT_CLIENT_RESULTS_JSON_H_

#include <istream>
#include <string>

#include "absl/status/statusor.h"
#include "client/session_record.h"
#include "trackfit/v1/gateway.pb.h"

namespace trackfit::client {

// One line without line break: the response as protobuf JSON with the contract's field names and all scalar
// fields. INTERNAL when it cannot be converted.
absl::StatusOr<std::string> JsonLine(const v1::AnalyzeResponse& response);

// Reads such lines, from `name` in messages, and keeps the results of all frames, without world landmarks and
// further people. Fields that this version does not know are ignored; so is a last line that is cut short.
// INVALID_ARGUMENT naming the line that is no result, or when there is none.
absl::StatusOr<SessionRecord> ReadResults(std::istream& lines, const std::string& name);

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_RESULTS_JSON_H_
