// What it means when a server cannot be reached.
#ifndef TRACKFIT_COMMAND_LINE_REACH_H_
#define TRACKFIT_COMMAND_LINE_REACH_H_

#include <string>

namespace trackfit::command_line {

// gRPC's reason for a call that did not arrive at `address`, in words that say what to do; gRPC's own where
// it is none that is known.
std::string ExplainUnreachable(const std::string& address, const std::string& grpc_message);

}  // namespace trackfit::command_line

#endif  // TRACKFIT_COMMAND_LINE_REACH_H_
