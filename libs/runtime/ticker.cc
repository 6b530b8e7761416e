#include "runtime/ticker.h"

#include <utility>

#include "runtime/guard.h"

namespace trackfit::runtime {

Ticker::Ticker(std::chrono::milliseconds period, std::function<void(const absl::Status&)> on_exception)
    : period_(period), on_exception_(std::move(on_exception)), thread_([this] { Run(); }) {}

Ticker::~Ticker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

Ticker::Subscription Ticker::Subscribe(std::function<void()> on_tick) {
  const std::lock_guard lock(mutex_);
  const uint64_t key = next_key_++;
  subscribers_.emplace(key, std::move(on_tick));
  return Subscription(this, key);
}

void Ticker::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, period_, [this] { return stopping_; })) {
    for (const auto& [key, on_tick] : subscribers_) {
      const absl::Status done = Guard(on_tick);
      if (!done.ok() && on_exception_) on_exception_(done);
    }
  }
}

void Ticker::Remove(uint64_t key) {
  const std::lock_guard lock(mutex_);
  subscribers_.erase(key);
}

}  // namespace trackfit::runtime
