// How a client's API key travels over gRPC: as metadata `authorization`, "Bearer <key>".
#ifndef TRACKFIT_RPC_AUTHORIZATION_H_
#define TRACKFIT_RPC_AUTHORIZATION_H_

#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>

#include <string>

namespace trackfit::rpc {

// What the caller sent; "": nothing. Not for logs.
std::string AuthorizationOf(const grpc::CallbackServerContext& context);

// "": nothing is added.
void AddAuthorization(const std::string& api_key, grpc::ClientContext& context);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_AUTHORIZATION_H_
