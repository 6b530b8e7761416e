// Connections from one of our servers to another.
#ifndef TRACKFIT_RPC_CLIENT_CHANNEL_H_
#define TRACKFIT_RPC_CLIENT_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>
#include <optional>
#include <string>

#include "tls/client_flags.h"

namespace trackfit::rpc {

// A channel that spreads calls over all addresses that `target` (host:port) resolves to, reconnects within a
// second or two, and notices within 18 s when the other side is gone without closing its connection.
// Ignores proxies that the environment names. Connects when it is first used. `security`: as for
// ChannelCredentials().
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& target,
                                           const std::optional<tls::ClientSecurity>& security = std::nullopt);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_CLIENT_CHANNEL_H_
