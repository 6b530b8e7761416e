#include "rpc/status.h"

#include <string>

#include "runtime/admission_gate.h"

namespace trackfit::rpc {
namespace {

constexpr std::size_t kMaxMessageBytes = 1024;

// Cuts before a character, not within one: gRPC wants UTF-8.
std::string Truncate(std::string message) {
  if (message.size() <= kMaxMessageBytes) return message;
  std::size_t end = kMaxMessageBytes;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  message.resize(end);
  return message + "...";
}

}  // namespace

// absl's codes are gRPC's.
grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), Truncate(std::string(status.message())));
}

grpc::Status ToGrpcStatus(const absl::Status& status, grpc::ServerContextBase& context) {
  if (!status.ok()) context.AddTrailingMetadata(kReportedKey, "1");
  if (const auto delay = runtime::RetryAfter(status)) {
    context.AddTrailingMetadata(kRetryAfterKey, std::to_string(delay->count()));
  }
  return ToGrpcStatus(status);
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

}  // namespace trackfit::rpc
