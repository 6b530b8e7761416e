// A simulated client: sends frames when they are due, whatever the servers do, and checks every answer.
#ifndef TRACKFIT_LOAD_SESSION_H_
#define TRACKFIT_LOAD_SESSION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "load/recording.h"
#include "rpc/client_stream.h"
#include "rpc/open_calls.h"
#include "trackfit/v1/gateway.grpc.pb.h"

namespace trackfit::load {

using Clock = std::chrono::steady_clock;

struct SessionOptions {
  v1::SessionConfig config;
  bool poses = false;   // send the recording's poses instead of its frames
  bool verify = false;  // lossless: compare the first pass with the recording's answers
  double late_ms = 0;   // frames that are answered later are counted; 0: none are
  bool resume = true;   // go on with the session when its connection breaks, where the gateway can do that
  std::string api_key;  // see client::ClientOptions
};

// What came of a session, or of many.
struct Outcome {
  uint64_t sent = 0;
  uint64_t held_back = 0;  // live: frames that were due while two waited to be written, never sent
  uint64_t answered = 0, with_pose = 0, without_pose = 0, dropped = 0, invalid = 0;
  uint64_t assessments = 0, repetitions = 0, notices = 0;
  uint64_t compared = 0;
  uint64_t resumptions = 0;  // of sessions whose connection broke, or that the gateway asked to reconnect
  uint64_t late = 0, most_late_in_a_row = 0;  // by SessionOptions.late_ms; in a row: of one session
  // From when a frame was due to when its answer came, of those with a pose or without.
  std::vector<float> latencies_ms;
  std::vector<float> drop_latencies_ms;     // the same of those dropped by the servers
  std::vector<float> refusal_latencies_ms;  // from the call to the answer that the gateway is full
  std::vector<float> pauses_ms;             // from a break until the session went on
  std::vector<float> window_latencies_ms;   // from when a window's last frame was due to its assessment
  std::vector<std::string> faults;          // answers that should not have come, or did not; the first few
  uint64_t fault_count = 0;

  void AddFault(std::string fault);
  void Add(const Outcome& other);
};

// Driven by one thread; answers come on gRPC's.
class Session {
 public:
  // Opens the stream; frame 0 is due at `start`. What it is made of must outlive it.
  Session(std::string name, v1::GatewayService::Stub& stub, rpc::OpenCalls& calls, const Recording& recording,
          const SessionOptions& options, Clock::time_point start);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  // Cancels the stream if it is not over.
  ~Session();

  // Sends what is due, also after Finish() and until it is over: a connection that broke is made again, what
  // the gateway did not receive sent again, and the session given up when its time has passed. In live
  // delivery a frame that is due while two are still to be written, or while there is no connection, is never
  // sent, as a camera's client does; else it is sent late.
  void SendDue(Clock::time_point now);
  // When the next frame is due.
  Clock::time_point next_due() const { return DueTime(next_); }
  // Half-closes; the summary and OK are expected.
  void Finish();
  // Leaves without a word, as a client that vanishes.
  void Cancel();

  bool over() const;
  // Whether a gateway took it.
  bool started() const;
  // How it ended; OK after Cancel(). Once it is over.
  absl::Status status() const;
  // Whether a full gateway did not take it, and when it says to come back.
  std::optional<std::chrono::milliseconds> retry_after() const;
  bool cancelled() const { return cancelled_; }
  // So far; afterwards everything.
  Outcome TakeOutcome();

 private:
  using Stream = rpc::ClientStream<v1::AnalyzeRequest, v1::AnalyzeResponse>;

  Clock::time_point DueTime(uint64_t sequence) const;
  v1::AnalyzeRequest RequestFor(uint64_t sequence) const;
  void Open(v1::AnalyzeRequest first);
  // What became of a lost connection: another attempt, its end, or what follows a resumption.
  void GoOn(Clock::time_point now);
  void Take(const v1::AnalyzeResponse& response, Clock::time_point now);
  void TakeEnd(absl::Status status);
  // Under the lock, as the following ones.
  void TakeResumption(const v1::SessionResumed& resumed, Clock::time_point now);
  // Those that the gateway lacks and that are still worth sending.
  std::vector<uint64_t> TakeMissing();
  bool MayResume(const absl::Status& status) const;
  void TakeLatency(float latency_ms);
  void TakeResult(const v1::FrameResult& result, Clock::time_point now);
  void TakeAssessment(const v1::Assessment& assessment, Clock::time_point now);
  void TakeSummary(const v1::SessionSummary& summary);

  const std::string name_;
  v1::GatewayService::Stub& stub_;
  rpc::OpenCalls& calls_;
  const Recording& recording_;
  const SessionOptions options_;
  const bool live_;
  const Clock::time_point start_;
  const Clock::time_point opened_ = Clock::now();
  uint64_t next_ = 0;
  bool finishing_ = false;
  bool cancelled_ = false;
  std::shared_ptr<Stream> stream_;

  mutable std::mutex mutex_;  // guards what follows
  int unwritten_ = 0;         // requests that the transport has not taken
  std::deque<uint64_t> unanswered_;
  uint64_t answered_ = 0;
  uint64_t late_in_a_row_ = 0;
  bool started_ = false;
  bool summarized_ = false;
  std::optional<absl::Status> status_;
  std::string token_;  // empty: it cannot be resumed
  Clock::duration retention_{};
  uint64_t last_number_ = 0;               // of the responses
  bool asked_to_reconnect_ = false;        // on the current stream
  std::optional<Clock::time_point> lost_;  // since when there is no stream that the session goes on with
  absl::Status how_lost_;
  bool stream_over_ = false;
  int attempts_ = 0;
  Clock::time_point next_attempt_;
  std::optional<uint64_t> missing_from_;  // the gateway has resumed it, and lacks frames from here on
  Outcome outcome_;
};

}  // namespace trackfit::load

#endif  // TRACKFIT_LOAD_SESSION_H_
