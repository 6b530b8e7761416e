// Turns a source into the frames of a session: numbers, paces and encodes them, up to a limit.
#ifndef TRACKFIT_CLIENT_FRAME_FEED_H_
#define TRACKFIT_CLIENT_FRAME_FEED_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "client/frame_encoder.h"
#include "media/frame_source.h"
#include "trackfit/v1/common.pb.h"

namespace trackfit::client {

struct FeedOptions {
  EncodeOptions encode;
  int64_t limit_frames = 0;           // 0 = all
  bool real_time = false;             // return frames no faster than their timestamps
  std::function<bool()> interrupted;  // polled while waiting until a frame is due; may be empty
};

// Next() must be called from one thread; the other methods are thread-safe.
class FrameFeed {
 public:
  // `source` must outlive this.
  FrameFeed(media::FrameSource& source, const FeedOptions& options) : source_(source), options_(options) {}

  // The next frame, numbered from 0; nullopt at the end or at the limit.
  absl::StatusOr<std::optional<v1::Frame>> Next();

  // Timestamps of all frames returned so far, by sequence.
  std::vector<int64_t> times_us() const;
  // The timestamp of one frame; 0 if unknown.
  int64_t time_us(uint64_t sequence) const;

 private:
  void WaitUntilDue(int64_t timestamp_us);

  media::FrameSource& source_;
  FeedOptions options_;
  uint64_t next_sequence_ = 0;
  std::optional<std::chrono::steady_clock::time_point> origin_;
  mutable std::mutex mutex_;
  std::vector<int64_t> times_us_;
};

}  // namespace trackfit::client

#endif  // TRACKFIT_CLIENT_FRAME_FEED_H_
