// How a session's id travels from the gateway to the other servers.
#ifndef TRACKFIT_RPC_SESSION_ID_H_
#define TRACKFIT_RPC_SESSION_ID_H_

#include <grpcpp/server_context.h>

#include <string>

namespace trackfit::rpc {

// Metadata by which the gateway tells the other servers the session's id.
inline constexpr char kSessionIdKey[] = "trackfit-session-id";

// The caller's id where it sent one of at most 64 letters, digits and dashes; else a new one.
std::string SessionIdOf(const grpc::CallbackServerContext& context);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_SESSION_ID_H_
