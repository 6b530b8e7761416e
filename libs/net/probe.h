// Is anybody there?
#ifndef TRACKFIT_NET_PROBE_H_
#define TRACKFIT_NET_PROBE_H_

#include <chrono>
#include <string>
#include <vector>

#include "net/asio.h"
#include "net/probe_result.h"

namespace trackfit::net {

// How whoever listens on `bound` reacts to `greeting` within `limit`; where one of them does not, kNone.
// Blocks that long for each at most.
ProbeResult Probe(const std::vector<tcp::endpoint>& bound, const std::string& greeting,
                  std::chrono::milliseconds limit);

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_PROBE_H_
