// Deadlines at the edge: gRPC tells them by the system's clock, which somebody may set while a stream runs.
// Thread-safe; nothing here fails.
#ifndef TRACKFIT_RPC_DEADLINE_H_
#define TRACKFIT_RPC_DEADLINE_H_

#include <chrono>

namespace trackfit::rpc {

// As far away as it is now; what is more than a year away counts as none: time_point::max().
std::chrono::steady_clock::time_point SteadyDeadline(std::chrono::system_clock::time_point deadline);

// The other way round, for a call that begins now. time_point::max() stays none.
std::chrono::system_clock::time_point SystemDeadline(std::chrono::steady_clock::time_point deadline);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_DEADLINE_H_
