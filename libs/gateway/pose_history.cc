#include "gateway/pose_history.h"

#include <utility>

namespace trackfit::gateway {
namespace {

// Time from an earlier to a later timestamp; unsigned, because the difference of two int64 need not fit an
// int64.
uint64_t Elapsed(int64_t earlier, int64_t later) {
  return static_cast<uint64_t>(later) - static_cast<uint64_t>(earlier);
}

}  // namespace

PoseHistory::PoseHistory(int64_t replay_us, size_t capacity) : replay_us_(replay_us), capacity_(capacity) {}

void PoseHistory::Add(v1::Pose pose) {
  auto request = std::make_shared<v1::InferStreamRequest>();
  *request->mutable_pose() = std::move(pose);
  requests_.push_back(std::move(request));
  ++added_;
  while (requests_.size() > capacity_ && sent_ > 0) ForgetFront();
}

PoseHistory::Request PoseHistory::NextToSend() {
  if (unsent() == 0) return nullptr;
  return requests_[sent_++];
}

void PoseHistory::Delivered(uint64_t last_sequence) {
  size_t end = 0;
  while (end < sent_ && PoseAt(end).sequence() < last_sequence) ++end;
  if (end == sent_) return;  // its poses are gone already
  const int64_t end_us = PoseAt(end).timestamp_us();
  // Keep the pose that is nearest to the start of the replay, so that windows fall on the same frames as
  // before the break.
  const auto replay_us = static_cast<uint64_t>(replay_us_);
  while (sent_ > 1 && Elapsed(PoseAt(0).timestamp_us(), end_us) > replay_us) {
    const uint64_t before = Elapsed(PoseAt(0).timestamp_us(), end_us) - replay_us;
    const int64_t next_us = PoseAt(1).timestamp_us();
    if (next_us > end_us) break;
    const uint64_t next = Elapsed(next_us, end_us);
    if (next < replay_us && replay_us - next >= before) break;
    ForgetFront();
  }
}

std::optional<uint64_t> PoseHistory::Skip(std::optional<uint64_t> after, int64_t us) {
  if (sent_ == 0) return std::nullopt;
  size_t start = 0;
  while (after && start + 1 < sent_ && PoseAt(start).sequence() < *after) ++start;
  const int64_t start_us = PoseAt(start).timestamp_us();
  size_t last = start;
  while (last + 1 < sent_ && Elapsed(start_us, PoseAt(last).timestamp_us()) < static_cast<uint64_t>(us))
    ++last;
  const uint64_t skipped = PoseAt(last).sequence();
  for (size_t i = 0; i <= last; ++i) ForgetFront();
  return skipped;
}

void PoseHistory::ForgetFront() {
  requests_.pop_front();
  --sent_;
}

}  // namespace trackfit::gateway
