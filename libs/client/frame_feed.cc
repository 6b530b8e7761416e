#include "client/frame_feed.h"

#include <algorithm>
#include <thread>

namespace trackfit::client {
namespace {

constexpr std::chrono::milliseconds kMaxSleep{50};  // bounds the delay until an interrupt is noticed

}  // namespace

absl::StatusOr<std::optional<v1::Frame>> FrameFeed::Next() {
  const uint64_t sequence = next_sequence_;
  if (options_.limit_frames > 0 && sequence >= static_cast<uint64_t>(options_.limit_frames))
    return std::nullopt;
  absl::StatusOr<std::optional<media::SourceFrame>> frame = source_.Next();
  if (!frame.ok()) return frame.status();
  if (!frame->has_value()) return std::nullopt;
  const media::SourceFrame& source_frame = **frame;
  if (options_.real_time) WaitUntilDue(source_frame.timestamp_us);
  absl::StatusOr<v1::Frame> encoded = EncodeFrame(source_frame, sequence, options_.encode);
  if (!encoded.ok()) return encoded.status();
  const std::lock_guard lock(mutex_);
  times_us_.push_back(source_frame.timestamp_us);
  ++next_sequence_;
  return *std::move(encoded);
}

std::vector<int64_t> FrameFeed::times_us() const {
  const std::lock_guard lock(mutex_);
  return times_us_;
}

int64_t FrameFeed::time_us(uint64_t sequence) const {
  const std::lock_guard lock(mutex_);
  return sequence < times_us_.size() ? times_us_[sequence] : 0;
}

void FrameFeed::WaitUntilDue(int64_t timestamp_us) {
  const std::chrono::microseconds timestamp(timestamp_us);
  if (!origin_.has_value()) origin_ = std::chrono::steady_clock::now() - timestamp;
  const auto due = *origin_ + timestamp;
  while (!(options_.interrupted && options_.interrupted()) && std::chrono::steady_clock::now() < due)
    std::this_thread::sleep_until(std::min(due, std::chrono::steady_clock::now() + kMaxSleep));
}

}  // namespace trackfit::client
