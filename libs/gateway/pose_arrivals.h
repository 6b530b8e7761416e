// When the poses came that await their assessment: how late an assessment is.
#ifndef TRACKFIT_GATEWAY_POSE_ARRIVALS_H_
#define TRACKFIT_GATEWAY_POSE_ARRIVALS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace trackfit::gateway {

// Remembers the latest `capacity` poses. Not thread-safe.
class PoseArrivals {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit PoseArrivals(std::size_t capacity) : capacity_(capacity) {}

  // `received` is when the frame came from the client; sequences increase.
  void Add(uint64_t sequence, TimePoint received) {
    arrivals_.emplace_back(sequence, received);
    if (arrivals_.size() > capacity_) arrivals_.pop_front();
  }

  // When the pose came with which an assessment ends; it and those before it are forgotten. nullopt when it
  // is not remembered.
  std::optional<TimePoint> TakeUpTo(uint64_t last_sequence) {
    std::optional<TimePoint> received;
    for (; !arrivals_.empty() && arrivals_.front().first <= last_sequence; arrivals_.pop_front()) {
      received.reset();
      if (arrivals_.front().first == last_sequence) received = arrivals_.front().second;
    }
    return received;
  }

 private:
  std::size_t capacity_;
  std::deque<std::pair<uint64_t, TimePoint>> arrivals_;
};

}  // namespace trackfit::gateway

#endif  // TRACKFIT_GATEWAY_POSE_ARRIVALS_H_
