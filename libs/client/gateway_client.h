// A client of the gateway: streams frames to it and passes its responses on.
#ifndef TRACKFIT_CLIENT_GATEWAY_CLIENT_H_
#define TRACKFIT_CLIENT_GATEWAY_CLIENT_H_

#include <grpcpp/client_context.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tls/client_flags.h"
#include "trackfit/v1/gateway.grpc.pb.h"

namespace trackfit::client {

struct ClientOptions {
  std::string gateway = "localhost:8000";  // host:port
  // Give up after so long without traffic in either direction, not counting the time spent in the response
  // handler; zero = never.
  std::chrono::milliseconds idle_timeout{30'000};
  // Read when the session begins; what is wrong with them is a UsageError().
  tls::ClientFlags tls{};
  std::string proxy{};  // host:port of an HTTP proxy; empty: none, regardless of the environment
  // Maximum number of unanswered frames; 0, and always in live sessions: limited by flow control only.
  int max_unanswered = 0;
  // W3C trace context that the session is part of; empty: the one in the environment's TRACEPARENT, if any.
  std::string traceparent{};
  // Where the gateway asks for one; empty: the one in the environment's TRACKFIT_API_KEY, if any. A key shown
  // to a gateway without TLS can be read on the way.
  std::string api_key{};
  // Whether a session goes on when its connection breaks, on a new one, where the gateway can do that.
  bool resume = true;
  // Told each time that the connection broke, by Run()'s thread: for so long it tries to resume. May be
  // empty.
  std::function<void(std::chrono::milliseconds)> on_lost = nullptr;
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
  // When the connection breaks, it connects again and resumes the session, for as long as the gateway keeps
  // it: each frame is answered once, and the handler gets each response once. Returns when everything is
  // answered, or after Stop() given up, or with an error whose message is for the user: UNAVAILABLE when the
  // gateway cannot be reached or disconnects, UNIMPLEMENTED when another server answers, RESOURCE_EXHAUSTED
  // when it refuses the session (with the time to wait) or a message is too large (with gRPC's reason),
  // DEADLINE_EXCEEDED when it is silent for too long (with its last notice), CANCELLED only after Cancel(),
  // or whatever the provider, the handler or the gateway reports (its CANCELLED as ABORTED).
  absl::Status Run(const v1::SessionConfig& config, const FrameProvider& next_frame,
                   const ResponseHandler& on_response);

  // Stops sending frames, and waits up to `timeout` for the answers to those already sent.
  void Stop(std::chrono::milliseconds timeout);
  // Whether answers were still missing when that timeout passed.
  bool cut_short() const { return cut_short_; }

  // Ends the session at once.
  void Cancel();

  // How often the session was resumed.
  int resumptions() const { return resumptions_; }

 private:
  using Stream = grpc::ClientReaderWriter<v1::AnalyzeRequest, v1::AnalyzeResponse>;
  using Request = std::shared_ptr<const v1::AnalyzeRequest>;

  // One connection after the other, until the session is over.
  grpc::Status RunStreams(v1::GatewayService::Stub& stub, const v1::AnalyzeRequest& config,
                          const FrameProvider& next_frame, const ResponseHandler& on_response);
  grpc::Status RunStream(v1::GatewayService::Stub& stub, const v1::AnalyzeRequest& first,
                         const FrameProvider& next_frame, const ResponseHandler& on_response);
  void Send(Stream& stream, bool resumes, const FrameProvider& next_frame);
  void Receive(Stream& stream, const ResponseHandler& on_response);
  // What the gateway did not receive, once it has said so. False: it never will.
  bool WaitForTheMissing(std::deque<Request>& missing);
  void TakeResumption(const v1::SessionResumed& resumed);
  bool MayResume(const grpc::Status& status) const;
  // False: there is no time for another attempt.
  bool WaitBeforeAttempt(int attempt);
  void CancelStream();
  void RecordActivity() { last_activity_ = std::chrono::steady_clock::now().time_since_epoch().count(); }
  // Notes what the response tells of the session, and takes what concerns its connections out of it.
  void RecordResponse(v1::AnalyzeResponse& response);
  std::chrono::steady_clock::time_point LastActivity() const;
  void Watch(const std::stop_token& stop);
  bool WaitForCapacity();
  absl::Status Explain(const grpc::Status& status) const;
  std::string DescribeGateway() const;
  // "" where TLS is not the reason.
  std::string WhyNotOverTls() const;

  ClientOptions options_;
  std::optional<tls::ClientSecurity> security_;
  std::unique_ptr<grpc::ClientContext> context_;  // of the current stream; replaced under mutex_
  std::atomic<bool> finish_sending_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> timed_out_{false};
  std::atomic<bool> cut_short_{false};
  std::atomic<std::chrono::steady_clock::rep> last_activity_{0};
  std::atomic<std::chrono::steady_clock::rep> stop_deadline_{0};  // 0: never
  std::atomic<bool> handling_{false};  // in the response handler, whose time does not count as silence
  std::atomic<bool> away_{false};      // between two connections, which does not count either
  std::atomic<int> resumptions_{0};
  mutable std::mutex mutex_;
  std::condition_variable_any answered_;
  int64_t unanswered_ = 0;          // frames; guarded by mutex_, as is what follows
  std::deque<Request> kept_;        // what was sent and is not answered, for it may have to be sent again
  bool stream_over_ = false;        // nothing comes from the current stream any more
  bool awaits_resumption_ = false;  // the current stream is to resume, and has not yet
  uint64_t next_sequence_ = 0;  // of frames below this one the gateway has all, as it says when it resumes
  // Run()'s thread and, while that waits for it, the sender's:
  absl::Status sent_;  // what the provider reported
  bool no_more_frames_ = false;
  absl::Status handled_;  // what the handler reported
  std::string token_;     // empty: the session cannot be resumed
  std::chrono::milliseconds retention_{0};
  uint64_t last_number_ = 0;
  bool asked_to_reconnect_ = false;                            // on the current stream
  std::optional<std::chrono::steady_clock::time_point> lost_;  // since when there is no connection
  bool only_notices_ = false;                                  // whether the last response had only notices
  std::string last_notice_;
  uint64_t responses_ = 0;
};

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_GATEWAY_CLIENT_H_
