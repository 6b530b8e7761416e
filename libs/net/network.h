// Whom an address stands for.
#ifndef TRACKFIT_NET_NETWORK_H_
#define TRACKFIT_NET_NETWORK_H_

#include <string>

#include "net/asio.h"

namespace trackfit::net {

// Identifies a client: its IPv4 address, or its IPv6 network of 64 bits ("2001:db8:1:2::/64"), because every
// IPv6 client has a whole network.
std::string NetworkOf(const asio::ip::address& address);

// The same of what gRPC and web servers call the other side: "ipv4:10.0.0.1:4242", "ipv6:%5B::1%5D:4242",
// "ws:[::1]:4242", "10.0.0.1:4242". What is none of these stands for itself.
std::string NetworkOfPeer(const std::string& peer);

}  // namespace trackfit::net

#endif  // TRACKFIT_NET_NETWORK_H_
