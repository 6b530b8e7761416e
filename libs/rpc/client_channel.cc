#include "rpc/client_channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "rpc/channel_credentials.h"
#include "rpc/steady_waits.h"

namespace trackfit::rpc {

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& target,
                                           const std::optional<tls::ClientSecurity>& security) {
  KeepWaitsSteady();
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(R"({"loadBalancingConfig": [{"round_robin": {}}]})");
  // Sessions replay what a broken stream lost; gRPC's own retries would only keep a second copy of every
  // frame.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 1'000);
  // A server that is gone without closing its connection is noticed before sessions give up waiting for it;
  // our servers allow a ping every 10 s.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 8'000);
  // Proxies that the environment names are for the outside world.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(-1);
  const auto credentials = ChannelCredentials(security, arguments);
  return grpc::CreateCustomChannel(target, credentials, arguments);
}

}  // namespace trackfit::rpc
