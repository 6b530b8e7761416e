// Bookkeeping of one session's unanswered frames: every one is answered exactly once, in order.
#ifndef TRACKFIT_GATEWAY_FRAME_LEDGER_H_
#define TRACKFIT_GATEWAY_FRAME_LEDGER_H_

#include <trackfit/v1/common.pb.h>
#include <trackfit/v1/extractor.pb.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"

namespace trackfit::gateway {

// A frame waits, is sent to the extractor, is answered, and leaves from the front. It is kept until it is
// answered, so that it can be sent again when the extractor breaks. Not thread-safe.
class FrameLedger {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Request = std::shared_ptr<const v1::ExtractStreamRequest>;

  // When a frame came from the client, went to the extractor for the last time, and came back. What was not
  // sent, or came with its answer, has only the first.
  struct Times {
    TimePoint received;
    std::optional<TimePoint> sent = std::nullopt;
    std::optional<TimePoint> returned = std::nullopt;
  };

  struct Answered {
    v1::FrameResult result;
    Times times;
    int64_t timestamp_us = 0;  // the frame's own time; 0 of what came with its answer
  };

  // Takes the next frame; it waits to be sent. `held` lives until the frame is answered.
  void AddFrame(v1::Frame frame, TimePoint received, std::shared_ptr<void> held = nullptr);

  // Takes the place of the next frame with an answer that is known already.
  void AddAnswered(v1::FrameResult result, TimePoint received);

  // The oldest waiting frame, which now counts as in flight; null when none waits.
  Request NextToSend(TimePoint now);

  // Answers the oldest frame in flight. INTERNAL when the answer is to another frame, or none is in flight.
  absl::Status Answer(v1::FrameResult result, TimePoint now);

  // Gives up the oldest waiting frame, if any: it is answered with `status` and `detail`.
  void GiveUpOldestWaiting(v1::FrameStatus status, std::string detail);

  // The extractor lost its stream: all frames in flight wait again. Gives the sequence of the oldest of them,
  // which is the oldest waiting now.
  std::optional<uint64_t> ReturnInFlight();

  // Takes the front of the ledger if it is answered.
  std::optional<Answered> PopAnswered();

  bool empty() const { return entries_.empty(); }
  size_t size() const { return entries_.size(); }  // all that is not yet popped
  size_t waiting() const { return waiting_; }      // frames not yet sent
  size_t in_flight() const { return in_flight_; }  // frames sent and unanswered
  size_t bytes() const { return bytes_; }          // of the images of unanswered frames

 private:
  enum class State { kWaiting, kInFlight, kAnswered };

  struct Entry {
    State state;
    Times times;
    int64_t timestamp_us = 0;
    Request request;         // null once answered
    v1::FrameResult result;  // set once answered
    std::shared_ptr<void> held = nullptr;
  };

  Entry* OldestIn(State state);
  // An entry without its image, which is not needed any more.
  Entry WithAnswer(const Entry& entry, v1::FrameResult result);

  std::deque<Entry> entries_;
  size_t waiting_ = 0;
  size_t in_flight_ = 0;
  size_t bytes_ = 0;
};

// Bytes of the image in a frame.
size_t ImageBytes(const v1::Frame& frame);

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_FRAME_LEDGER_H_
