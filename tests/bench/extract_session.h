// One ExtractStream as a load test drives it: every frame sent must be answered once, in order.
#ifndef TRACKFIT_TESTS_BENCH_EXTRACT_SESSION_H_
#define TRACKFIT_TESTS_BENCH_EXTRACT_SESSION_H_

#include <trackfit/v1/extractor.grpc.pb.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "clip.h"
#include "extractor_load.h"
#include "rpc/client_stream.h"

namespace trackfit::bench {

using Clock = std::chrono::steady_clock;

// What happened on a session's stream: a result, or its end.
struct Event {
  std::size_t session = 0;
  Clock::time_point time;
  std::optional<v1::FrameResult> result;  // nullopt: the stream has ended
  absl::Status status;                    // how it ended
};

// From gRPC's threads to the one that drives all sessions. Thread-safe. Unbounded, but holds no more than the
// frames in flight.
class Inbox {
 public:
  void Push(Event event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    filled_.notify_one();
  }
  // DEADLINE_EXCEEDED when nothing happens for a minute.
  absl::StatusOr<Event> Pop() {
    std::unique_lock lock(mutex_);
    if (!filled_.wait_for(lock, std::chrono::minutes(1), [this] { return !events_.empty(); })) {
      return absl::DeadlineExceededError("no answer from the extractor for a minute");
    }
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<Event> events_;
};

struct SessionOptions {
  int in_flight = 2;           // frames that wait for their answer
  uint64_t corrupt_every = 0;  // every so many frames one is cut in half; 0 = none
};

// Belongs to the thread that drives; what it is made of must outlive it. Events come to the inbox under `id`.
class ExtractSession {
 public:
  ExtractSession(const Extractor& extractor, Inbox& inbox, std::size_t id, const Clip& clip,
                 const SessionOptions& options)
      : id_(id), clip_(clip), options_(options) {
    stream_ = Stream::Open(
        [&extractor](auto* context, auto* reactor) {
          extractor.stub->async()->ExtractStream(context, reactor);
        },
        {}, std::chrono::steady_clock::time_point::max(), *extractor.calls,
        {.on_response =
             [&inbox, id](v1::ExtractStreamResponse response) {
               inbox.Push({id, Clock::now(), std::move(*response.mutable_result()), absl::OkStatus()});
             },
         .on_written = nullptr,
         .on_closed =
             [&inbox, id](absl::Status status) {
               inbox.Push({id, Clock::now(), std::nullopt, std::move(status)});
             }});
  }
  ExtractSession(const ExtractSession&) = delete;
  ExtractSession& operator=(const ExtractSession&) = delete;
  // Cancels the stream if it has not ended.
  ~ExtractSession() { stream_->Cancel(); }

  // Sends frames until `in_flight` are, but none beyond number `limit`.
  void Fill(uint64_t limit = UINT64_MAX) {
    while (sent() < limit && sent_at_.size() < static_cast<std::size_t>(options_.in_flight)) SendOne();
  }
  // Half-closes; all must be answered.
  void Finish() {
    finishing_ = true;
    stream_->CloseSending();
  }

  // Seconds from the frame's sending to this answer, or DATA_LOSS when it is not the answer that is due.
  absl::StatusOr<double> Take(const Event& event) {
    const v1::FrameResult& result = *event.result;
    if (sent_at_.empty() || result.sequence() != answered_) {
      return absl::DataLossError(absl::StrCat("session ", id_, ": frame ", result.sequence(),
                                              " is answered where frame ", answered_, " of ", sent(),
                                              " is due"));
    }
    if ((result.status() == v1::FRAME_STATUS_INVALID_FRAME) != IsCorrupt(answered_)) {
      return absl::DataLossError(absl::StrCat("session ", id_, ": frame ", answered_, " is answered with ",
                                              v1::FrameStatus_Name(result.status()), " ", result.detail()));
    }
    poses_ += result.status() == v1::FRAME_STATUS_POSE ? 1 : 0;
    ++answered_;
    const std::chrono::duration<double> latency = event.time - sent_at_.front();
    sent_at_.pop_front();
    return latency.count();
  }
  // Whether the stream may end as it did.
  absl::Status TakeEnd(const Event& event) const {
    if (!event.status.ok()) return event.status;
    if (finishing_ && sent_at_.empty()) return absl::OkStatus();
    return absl::DataLossError(
        absl::StrCat("session ", id_, " ended with ", sent_at_.size(), " of ", sent(), " frames unanswered"));
  }

  bool idle() const { return sent_at_.empty(); }
  uint64_t sent() const { return answered_ + sent_at_.size(); }
  uint64_t answered() const { return answered_; }
  uint64_t poses() const { return poses_; }

 private:
  using Stream = rpc::ClientStream<v1::ExtractStreamRequest, v1::ExtractStreamResponse>;

  bool IsCorrupt(uint64_t sequence) const {
    return options_.corrupt_every > 0 && (sequence + 1) % options_.corrupt_every == 0;
  }
  void SendOne() {
    const auto request = std::make_shared<v1::ExtractStreamRequest>();
    v1::Frame& frame = *request->mutable_frame();
    frame = clip_.At(sent());
    if (IsCorrupt(frame.sequence())) {
      std::string& bytes = frame.has_raw() ? *frame.mutable_raw()->mutable_data() : *frame.mutable_encoded();
      bytes.resize(bytes.size() / 2);
    }
    sent_at_.push_back(Clock::now());
    stream_->Write(request);
  }

  const std::size_t id_;
  const Clip& clip_;
  const SessionOptions options_;
  std::shared_ptr<Stream> stream_;
  std::deque<Clock::time_point> sent_at_;  // of frames without an answer
  uint64_t answered_ = 0;
  uint64_t poses_ = 0;
  bool finishing_ = false;
};

}  // namespace trackfit::bench

#endif  // TRACKFIT_TESTS_BENCH_EXTRACT_SESSION_H_
