// The streams that are open now, so that idle ones can be ended and a drain can wait for the rest.
#ifndef TRACKFIT_STREAMING_LIVE_STREAMS_H_
#define TRACKFIT_STREAMING_LIVE_STREAMS_H_

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"

namespace trackfit::streaming {

// What LiveStreams needs of a stream. Thread-safe.
class LiveStream {
 public:
  virtual ~LiveStream() = default;
  // Ends the stream with this status, whatever it is doing.
  virtual void Abort(absl::Status status) = 0;
  // How long it has been the client's turn: to send, or to take what was sent. Zero while the server works.
  virtual std::chrono::steady_clock::duration idle() const = 0;
};

// Thread-safe; must outlive the streams in it.
class LiveStreams {
 public:
  void Add(const std::shared_ptr<LiveStream>& stream);
  void Remove(const LiveStream* stream);

  int count() const;
  void AbortAll(const absl::Status& status);
  // Ends streams whose client has not moved for `limit` with DEADLINE_EXCEEDED.
  void AbortIdle(std::chrono::steady_clock::duration limit);
  // False when streams are left after `limit`.
  bool WaitUntilEmpty(std::chrono::steady_clock::duration limit);

 private:
  std::vector<std::shared_ptr<LiveStream>> Snapshot() const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<const LiveStream*, std::weak_ptr<LiveStream>> streams_;
};

}  // namespace trackfit::streaming

#endif  // TRACKFIT_STREAMING_LIVE_STREAMS_H_
