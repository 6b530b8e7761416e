// What gRPC itself writes to standard error.
#ifndef TRACKFIT_RPC_GRPC_LOG_H_
#define TRACKFIT_RPC_GRPC_LOG_H_

namespace trackfit::rpc {

// From now on gRPC says nothing of handshakes that fail: strangers would fill a server's log, and clients are
// told otherwise. The environment's GRPC_VERBOSITY brings it back. Thread-safe.
void HushHandshakes();

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_GRPC_LOG_H_
