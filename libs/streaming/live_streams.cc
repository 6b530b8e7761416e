#include "streaming/live_streams.h"

#include "absl/strings/str_cat.h"

namespace trackfit::streaming {

void LiveStreams::Add(const std::shared_ptr<LiveStream>& stream) {
  std::lock_guard lock(mutex_);
  streams_.emplace(stream.get(), stream);
}

void LiveStreams::Remove(const LiveStream* stream) {
  std::lock_guard lock(mutex_);
  streams_.erase(stream);
  changed_.notify_all();
}

int LiveStreams::count() const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(streams_.size());
}

void LiveStreams::AbortAll(const absl::Status& status) {
  for (const auto& stream : Snapshot()) stream->Abort(status);
}

void LiveStreams::AbortIdle(std::chrono::steady_clock::duration limit) {
  for (const auto& stream : Snapshot()) {
    if (stream->idle() <= limit) continue;
    const double seconds = std::chrono::duration<double>(limit).count();
    stream->Abort(absl::DeadlineExceededError(
        absl::StrCat("the client has neither sent nor read anything for ", seconds, " s (idle-timeout)")));
  }
}

bool LiveStreams::WaitUntilEmpty(std::chrono::steady_clock::duration limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return streams_.empty(); });
}

// Streams take their own lock before this one's, so they are called without it.
std::vector<std::shared_ptr<LiveStream>> LiveStreams::Snapshot() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<LiveStream>> streams;
  for (const auto& [address, stream] : streams_) {
    if (auto live = stream.lock()) streams.push_back(std::move(live));
  }
  return streams;
}

}  // namespace trackfit::streaming
