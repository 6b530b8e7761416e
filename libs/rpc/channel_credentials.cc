#include "rpc/channel_credentials.h"

#include "rpc/grpc_log.h"

namespace trackfit::rpc {

std::shared_ptr<grpc::ChannelCredentials> ChannelCredentials(
    const std::optional<tls::ClientSecurity>& security, grpc::ChannelArguments& arguments) {
  if (!security) return grpc::InsecureChannelCredentials();
  HushHandshakes();
  if (!security->name.empty()) arguments.SetSslTargetNameOverride(security->name);
  const tls::Credentials& own = security->credentials;
  return grpc::SslCredentials({own.authorities, own.key, own.certificate});
}

}  // namespace trackfit::rpc
