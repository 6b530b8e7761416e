// A client of grpc.health.v1 with hand-encoded messages, so that tests need no generated code for it.
#ifndef TRACKFIT_TESTS_SUPPORT_HEALTH_CLIENT_H_
#define TRACKFIT_TESTS_SUPPORT_HEALTH_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace trackfit::testing {

// "SERVING", "NOT_SERVING" or "UNKNOWN"; for errors "NOT_FOUND", "UNAVAILABLE" or "ERROR".
inline std::string CheckHealth(const std::shared_ptr<grpc::Channel>& channel, const std::string& service) {
  // HealthCheckRequest { string service = 1; }
  const std::string message = "\x0a" + std::string(1, static_cast<char>(service.size())) + service;
  const grpc::Slice slice(service.empty() ? std::string() : message);
  const grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  std::promise<grpc::Status> done;
  grpc::GenericStub(channel).UnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::StubOptions(),
                                       &request, &response,
                                       [&](grpc::Status status) { done.set_value(std::move(status)); });
  const grpc::Status status = done.get_future().get();
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) return "NOT_FOUND";
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) return "UNAVAILABLE";
  if (!status.ok()) return "ERROR";

  // HealthCheckResponse { ServingStatus status = 1; }
  std::vector<grpc::Slice> slices;
  if (!response.Dump(&slices).ok()) return "ERROR";
  std::string bytes;
  for (const grpc::Slice& part : slices)
    bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  if (bytes == std::string("\x08\x01", 2)) return "SERVING";
  if (bytes == std::string("\x08\x02", 2)) return "NOT_SERVING";
  return "UNKNOWN";
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_HEALTH_CLIENT_H_
