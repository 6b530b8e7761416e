// How what a call is part of travels over gRPC.
#ifndef TRACKFIT_RPC_TRACE_H_
#define TRACKFIT_RPC_TRACE_H_

#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>

#include <string>

#include "telemetry/trace_context.h"

namespace trackfit::rpc {

// A span of this server in the caller's trace, or in a new one.
telemetry::TraceContext TraceOf(const grpc::CallbackServerContext& context);

// Makes a call part of the trace that is named, else of the one in the environment's TRACEPARENT, where
// either is well-formed.
void AddTrace(const std::string& traceparent, grpc::ClientContext& context);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_TRACE_H_
