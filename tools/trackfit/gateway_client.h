// A client of the gateway: streams frames in, hands responses out.
#ifndef TRACKFIT_TOOLS_GATEWAY_CLIENT_H_
#define TRACKFIT_TOOLS_GATEWAY_CLIENT_H_

#include <grpcpp/client_context.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trackfit/v1/gateway.grpc.pb.h"

namespace trackfit::tools {

struct ClientOptions {
  std::string gateway = "localhost:8000";  // host:port
  // Give up when nothing has moved in either direction for so long, the time that the response handler takes
  // aside; zero = wait for ever.
  std::chrono::milliseconds idle_timeout{30'000};
};

// One session with the gateway. Run() once; the other calls may come from any thread, at any time.
class GatewaySession {
 public:
  // The next frame to send, nullopt when there are no more. Called on a thread of its own.
  using FrameProvider = std::function<absl::StatusOr<std::optional<v1::Frame>>()>;
  // Takes each response in order, on Run()'s thread. An error ends the session.
  using ResponseHandler = std::function<absl::Status(const v1::AnalyzeResponse&)>;

  explicit GatewaySession(ClientOptions options);

  // Sends the configuration and the frames and reads the responses meanwhile; flow control slows the sending.
  // Returns when everything is answered, or an error in words for the user: UNAVAILABLE when the gateway
  // cannot be reached or goes away, RESOURCE_EXHAUSTED with the time to wait when it refuses the session or
  // with gRPC's reason when a message is too large, DEADLINE_EXCEEDED when it stays silent, CANCELLED after
  // Cancel(), or whatever the provider, the handler or the gateway reports.
  absl::Status Run(const v1::SessionConfig& config, const FrameProvider& next_frame,
                   const ResponseHandler& on_response);

  // Sends no more frames; what was sent is still answered.
  void FinishSending() { finish_sending_ = true; }

  // Drops the session at once.
  void Cancel();

 private:
  using Stream = grpc::ClientReaderWriter<v1::AnalyzeRequest, v1::AnalyzeResponse>;

  absl::Status Send(Stream& stream, const v1::SessionConfig& config, const FrameProvider& next_frame);
  absl::Status Receive(Stream& stream, const ResponseHandler& on_response);
  void NoteActivity() { last_activity_ = std::chrono::steady_clock::now().time_since_epoch().count(); }
  std::chrono::steady_clock::time_point LastActivity() const;
  absl::Status Explain(const grpc::Status& status) const;

  ClientOptions options_;
  grpc::ClientContext context_;
  std::atomic<bool> finish_sending_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> timed_out_{false};
  std::atomic<std::chrono::steady_clock::rep> last_activity_{0};
  std::atomic<bool> handling_{false};  // a response: the silence is ours, not the gateway's
  uint64_t responses_ = 0;
};

}  // namespace trackfit::tools

#endif  // TRACKFIT_TOOLS_GATEWAY_CLIENT_H_
