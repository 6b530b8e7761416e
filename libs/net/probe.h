// Checks whether a listening port still accepts connections.
#ifndef TRACKFIT_NET_PROBE_H_
#define TRACKFIT_NET_PROBE_H_

#include <chrono>
#include <string>
#include <vector>

#include "net/asio.h"
#include "net/probe_result.h"

namespace trackfit::net {

// Connects to every address in `bound`, sends `greeting` and waits for a response. Returns kNoResponse if any
// of them does not respond within `limit`, else kUnknown if any could not be probed. Blocks at most `limit`
// per address.
ProbeResult Probe(const std::vector<tcp::endpoint>& bound, const std::string& greeting,
                  std::chrono::milliseconds limit);

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_PROBE_H_
