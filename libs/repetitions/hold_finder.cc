#include "repetitions/hold_finder.h"

#include <algorithm>
#include <utility>

namespace trackfit::repetitions {
namespace {

constexpr float kInPosition = 0.7F;
constexpr float kOutOfPosition = 0.5F;
// Bodies in position before a hold begins, so that passing through is none.
constexpr int kSettled = 15;
// Bodies out of position before it is over: 0.25 s, so that a stumble of the landmarks does not end it.
constexpr int kLeft = 7;

}  // namespace

HoldFinder::HoldFinder(double least_seconds, size_t most_frames, const Start& start)
    : least_seconds_(least_seconds),
      most_frames_(std::max<size_t>(most_frames, 2)),
      start_(start),
      holding_(start.timestamp_us != 0) {}

HoldFinder::Start HoldFinder::start() const {
  if (!holding_ || bodies_.empty()) return start_;
  return {bodies_.front().sequence, bodies_.front().timestamp_us};
}

void HoldFinder::Break() {
  holding_ = false;
  in_a_row_ = out_in_a_row_ = skipped_ = 0;
  stride_ = 1;
  last_in_position_ = 0;
  start_ = {};
  bodies_.clear();
  phases_.clear();
}

void HoldFinder::Keep(const Body& body, float phase) {
  if (++skipped_ < stride_) return;
  skipped_ = 0;
  if (bodies_.size() == most_frames_) {
    size_t kept = 0;
    for (size_t i = 0; i < bodies_.size(); i += 2, ++kept) {
      bodies_[kept] = bodies_[i];
      phases_[kept] = phases_[i];
    }
    bodies_.resize(kept);
    phases_.resize(kept);
    last_in_position_ /= 2;
    stride_ *= 2;
  }
  bodies_.push_back(body);
  phases_.push_back(phase);
  if (start_.timestamp_us != 0) {  // the first body stands for those before it
    bodies_.back().sequence = start_.sequence;
    bodies_.back().timestamp_us = start_.timestamp_us;
    start_ = {};
  }
}

std::optional<Attempt> HoldFinder::Push(const Body& body, float phase) {
  if (!holding_) {
    if (!(phase >= kInPosition)) {
      Break();
      return std::nullopt;
    }
    Keep(body, phase);
    last_in_position_ = bodies_.size() - 1;
    holding_ = ++in_a_row_ >= kSettled;
    return std::nullopt;
  }
  Keep(body, phase);
  if (phase >= kOutOfPosition) {
    out_in_a_row_ = 0;
    last_in_position_ = bodies_.size() - 1;
    return std::nullopt;
  }
  return ++out_in_a_row_ >= kLeft ? Finish() : std::nullopt;
}

std::optional<Attempt> HoldFinder::Finish() {
  std::optional<Attempt> attempt;
  if (holding_ && !bodies_.empty()) {  // a hold that goes on from before may have seen nobody yet
    std::vector<float> sorted(phases_.begin(),
                              phases_.begin() + static_cast<std::ptrdiff_t>(last_in_position_) + 1);
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    const float held = *middle;
    const int64_t duration_us = bodies_[last_in_position_].timestamp_us - bodies_.front().timestamp_us;
    if (static_cast<double>(duration_us) >= 1e6 * least_seconds_) {
      attempt.emplace();
      attempt->frames = std::move(bodies_);
      attempt->phase = std::move(phases_);
      attempt->turn_end = attempt->end = last_in_position_;
      attempt->range = held;
    }
  }
  Break();
  return attempt;
}

}  // namespace trackfit::repetitions
