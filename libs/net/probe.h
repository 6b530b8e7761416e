// Is anybody there?
#ifndef TRACKFIT_NET_PROBE_H_
#define TRACKFIT_NET_PROBE_H_

#include <chrono>
#include <string>

#include "net/asio.h"

namespace trackfit::net {

// True when whoever listens on `endpoint` reacts to `greeting` within `limit`: answers, or hangs up. Of a
// connection that nobody accepts the system says neither. Blocks that long at most.
bool Reacts(const tcp::endpoint& endpoint, const std::string& greeting, std::chrono::milliseconds limit);

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_PROBE_H_
