// Listens on an address given by the user.
#ifndef TRACKFIT_NET_LISTEN_H_
#define TRACKFIT_NET_LISTEN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "net/asio.h"

namespace trackfit::net {

// Sockets that listen on every address that `address` (host:port) resolves to, all on the same port; at least
// one. The host may be a name, an IPv4 address, or an IPv6 address in brackets; 0.0.0.0 and [::] both mean
// all addresses of both kinds. Port 0 picks a free port. INVALID_ARGUMENT or UNAVAILABLE, naming the address
// and what to do, when there is no such address or its port is taken.
absl::StatusOr<std::vector<tcp::acceptor>> Listen(asio::io_context& io, const std::string& address);

// The address at which this machine can connect to a socket listening on `bound`.
tcp::endpoint LoopbackOf(const tcp::endpoint& bound);

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_LISTEN_H_
