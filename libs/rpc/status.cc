#include "rpc/status.h"

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
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

absl::Status FromGrpcStatus(const grpc::Status& status, const grpc::ClientContext& context) {
  absl::Status cause = FromGrpcStatus(status);
  if (cause.ok()) return cause;
  if (const auto delay = RetryAfterOf(context)) return runtime::WithRetryAfter(std::move(cause), *delay);
  return cause;
}

std::optional<std::chrono::milliseconds> RetryAfterOf(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto found = trailers.find(kRetryAfterKey);
  int64_t milliseconds = 0;
  if (found == trailers.end() ||
      !absl::SimpleAtoi(absl::string_view(found->second.data(), found->second.size()), &milliseconds)) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(milliseconds);
}

}  // namespace trackfit::rpc
