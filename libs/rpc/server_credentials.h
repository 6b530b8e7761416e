// How a gRPC server speaks TLS.
#ifndef TRACKFIT_RPC_SERVER_CREDENTIALS_H_
#define TRACKFIT_RPC_SERVER_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "tls/live_credentials.h"

namespace trackfit::rpc {

// TLS 1.2 or newer. Where the credentials have authorities, clients must present a certificate that one of
// them signed. Each new connection gets the current ones; those that are open keep theirs. Must outlive the
// server that it is given to.
std::shared_ptr<grpc::ServerCredentials> TlsServerCredentials(
    std::shared_ptr<const tls::LiveCredentials> credentials);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_SERVER_CREDENTIALS_H_
