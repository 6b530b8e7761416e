// A client of the gateway: streams frames to it and passes its responses on.
#ifndef TRACKFIT_CLIENT_GATEWAY_CLIENT_H_
#define TRACKFIT_CLIENT_GATEWAY_CLIENT_H_

#include <grpcpp/client_context.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trackfit/v1/gateway.grpc.pb.h"

namespace trackfit::client {

struct ClientOptions {
  std::string gateway = "localhost:8000";  // host:port
  // Give up after so long without traffic in either direction, not counting the time spent in the response
  // handler; zero = never.
  std::chrono::milliseconds idle_timeout{30'000};
  std::string proxy{};  // host:port of an HTTP proxy; empty: none, regardless of the environment
  // Maximum number of unanswered frames; 0, and always in live sessions: limited by flow control only.
  int max_unanswered = 0;
  // W3C trace context that the session is part of; empty: the one in the environment's TRACEPARENT, if any.
  std::string traceparent{};
};

// One session with the gateway. Run() once; the other calls may come from any thread, at any time.
class GatewaySession {
 public:
  // The next frame to send, nullopt when there are no more. Called on a separate thread.
  using FrameProvider = std::function<absl::StatusOr<std::optional<v1::Frame>>()>;
  // Handles each response in order, on Run()'s thread. An error ends the session.
  using ResponseHandler = std::function<absl::Status(const v1::AnalyzeResponse&)>;

  explicit GatewaySession(ClientOptions options);

  // Sends the configuration and the frames while reading the responses; flow control slows the sending down.
  // Returns when everything is answered, or after Stop() given up, or with an error whose message is for the
  // user: UNAVAILABLE when the gateway cannot be reached or disconnects, UNIMPLEMENTED when another server
  // answers, RESOURCE_EXHAUSTED when it refuses the session (with the time to wait) or a message is too large
  // (with gRPC's reason), DEADLINE_EXCEEDED when it is silent for too long (with its last notice), CANCELLED
  // only after Cancel(), or whatever the provider, the handler or the gateway reports (its CANCELLED as
  // ABORTED).
  absl::Status Run(const v1::SessionConfig& config, const FrameProvider& next_frame,
                   const ResponseHandler& on_response);

  // Stops sending frames, and waits up to `timeout` for the answers to those already sent.
  void Stop(std::chrono::milliseconds timeout);
  // Whether answers were still missing when that timeout passed.
  bool cut_short() const { return cut_short_; }

  // Ends the session at once.
  void Cancel();

 private:
  using Stream = grpc::ClientReaderWriter<v1::AnalyzeRequest, v1::AnalyzeResponse>;

  absl::Status Send(Stream& stream, const v1::SessionConfig& config, const FrameProvider& next_frame);
  absl::Status Receive(Stream& stream, const ResponseHandler& on_response);
  void RecordActivity() { last_activity_ = std::chrono::steady_clock::now().time_since_epoch().count(); }
  void RecordResponse(const v1::AnalyzeResponse& response);
  std::chrono::steady_clock::time_point LastActivity() const;
  void Watch(const std::stop_token& stop);
  bool WaitForCapacity();
  absl::Status Explain(const grpc::Status& status) const;
  std::string DescribeGateway() const;

  ClientOptions options_;
  grpc::ClientContext context_;
  std::atomic<bool> finish_sending_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> timed_out_{false};
  std::atomic<bool> cut_short_{false};
  std::atomic<std::chrono::steady_clock::rep> last_activity_{0};
  std::atomic<std::chrono::steady_clock::rep> stop_deadline_{0};  // 0: never
  std::atomic<bool> handling_{false};  // in the response handler, whose time does not count as silence
  std::mutex mutex_;
  std::condition_variable_any answered_;
  int64_t unanswered_ = 0;     // frames; guarded by mutex_
  bool only_notices_ = false;  // whether the last response had only notices
  std::string last_notice_;
  uint64_t responses_ = 0;
};

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_GATEWAY_CLIENT_H_
