// Runs unary calls on the server's workers.
#ifndef TRACKFIT_RPC_UNARY_CALL_H_
#define TRACKFIT_RPC_UNARY_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "rpc/runtime.h"

namespace trackfit::rpc {

enum class Progress { kMore, kDone };

// The next part of a call's work, on a worker. Parts should be short (a second at most), so that long calls
// take turns with others and notice a cancellation.
using UnaryWork = std::function<absl::StatusOr<Progress>(int worker)>;

// What a service's unary method returns. Calls `work`, which fills the response, until it is done or fails;
// request and response live that long. `request_bytes` is the request's size. RESOURCE_EXHAUSTED when too
// many calls, or too many bytes of them, wait already; INTERNAL when `work` throws. A drain waits for the
// call as it does for streams.
grpc::ServerUnaryReactor* RunUnary(Runtime& runtime, grpc::CallbackServerContext* context,
                                   const std::string& method, std::size_t request_bytes, UnaryWork work);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_UNARY_CALL_H_
