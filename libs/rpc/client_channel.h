// Connections from one of our servers to another.
#ifndef TRACKFIT_RPC_CLIENT_CHANNEL_H_
#define TRACKFIT_RPC_CLIENT_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace trackfit::rpc {

// A channel that spreads calls over all addresses that `target` (host:port) resolves to, reconnects within a
// second or two, and notices within 18 s when the other side is gone without closing its connection.
// Ignores proxies that the environment names. Connects when it is first used.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& target);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_CLIENT_CHANNEL_H_
