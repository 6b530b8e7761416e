// A client of the gateway: streams frames in, hands responses out.
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
  // Give up when nothing has moved in either direction for so long, the time that the response handler takes
  // aside; zero = wait for ever.
  std::chrono::milliseconds idle_timeout{30'000};
  std::string proxy{};  // host:port of an HTTP proxy; empty: none, whatever the environment says
  // Frames that are sent before earlier ones are answered; 0: as many as the network takes, as in live
  // sessions always.
  int max_unanswered = 0;
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
  // Returns when everything is answered or was given up after Stop(), or an error in words for the user:
  // UNAVAILABLE when the gateway cannot be reached or goes away, UNIMPLEMENTED when something else answers
  // there, RESOURCE_EXHAUSTED with the time to wait when it refuses the session or with gRPC's reason when a
  // message is too large, DEADLINE_EXCEEDED when it stays silent (with its last notice), CANCELLED after
  // Cancel() and only then, or whatever the provider, the handler or the gateway reports (ABORTED for its
  // CANCELLED).
  absl::Status Run(const v1::SessionConfig& config, const FrameProvider& next_frame,
                   const ResponseHandler& on_response);

  // Sends no more frames; what was sent is still answered, if it is within `timeout`.
  void Stop(std::chrono::milliseconds timeout);
  // Whether Stop() gave up answers.
  bool cut_short() const { return cut_short_; }

  // Drops the session at once.
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
  std::atomic<bool> handling_{false};  // a response: the silence is ours, not the gateway's
  std::mutex mutex_;
  std::condition_variable_any answered_;
  int64_t unanswered_ = 0;     // frames; guarded by mutex_
  bool only_notices_ = false;  // since the last other response
  std::string last_notice_;
  uint64_t responses_ = 0;
};

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_GATEWAY_CLIENT_H_
