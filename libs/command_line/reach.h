// Explains why a server cannot be reached.
#ifndef TRACKFIT_COMMAND_LINE_REACH_H_
#define TRACKFIT_COMMAND_LINE_REACH_H_

#include <string>

namespace trackfit::command_line {

// Translates gRPC's error message for a failed call to `address` into one that says what to do. Unknown
// messages are returned unchanged.
std::string ExplainUnreachable(const std::string& address, const std::string& grpc_message);

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_REACH_H_
