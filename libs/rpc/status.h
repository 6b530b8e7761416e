// The one place where our errors become gRPC's, and back.
#ifndef TRACKFIT_RPC_STATUS_H_
#define TRACKFIT_RPC_STATUS_H_

#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <optional>

#include "absl/status/status.h"

namespace trackfit::rpc {

// Trailing metadata of a refusal: milliseconds after which another try makes sense.
inline constexpr char kRetryAfterKey[] = "retry-after-ms";

// Trailing metadata of every error that a server of ours reports. UNAVAILABLE without it comes from the
// transport, for which gRPC uses the same code.
inline constexpr char kReportedKey[] = "trackfit-reported";

// Same code, same message; messages over 1 kB are cut, because they travel in HTTP/2 headers.
grpc::Status ToGrpcStatus(const absl::Status& status);
// The same, and adds the trailing metadata: `trackfit-reported` to errors, `retry-after-ms` where the status
// says when to try again.
grpc::Status ToGrpcStatus(const absl::Status& status, grpc::ServerContextBase& context);

// Same code, same message.
absl::Status FromGrpcStatus(const grpc::Status& status);
// The same for the end of a call, with what a refusal says of trying again as runtime::RetryAfter().
absl::Status FromGrpcStatus(const grpc::Status& status, const grpc::ClientContext& context);

// When another try makes sense; nullopt unless the call was refused. Once it is over.
std::optional<std::chrono::milliseconds> RetryAfterOf(const grpc::ClientContext& context);

}  // namespace trackfit::rpc

#endif  // TRACKFIT_RPC_STATUS_H_
