// How a gRPC client speaks TLS, or not.
#ifndef TRACKFIT_RPC_CHANNEL_CREDENTIALS_H_
#define TRACKFIT_RPC_CHANNEL_CREDENTIALS_H_

#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <optional>

#include "tls/client_flags.h"

namespace trackfit::rpc {

// TLS 1.2 or newer; nullopt: none. Adds the name that the server's certificate must bear to `arguments`.
std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(
    const std::optional<tls::ClientSecurity>& security, grpc::ChannelArguments& arguments);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_CHANNEL_CREDENTIALS_H_
