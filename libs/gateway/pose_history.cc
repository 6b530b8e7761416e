#include "gateway/pose_history.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace trackfit::gateway {
namespace {

// Time from an earlier to a later timestamp; unsigned, because the difference of two int64 need not fit an
// int64.
uint64_t Elapsed(int64_t earlier, int64_t later) {
  return static_cast<uint64_t>(later) - static_cast<uint64_t>(earlier);
}

}  // namespace

PoseHistory::PoseHistory(int64_t replay_us, size_t capacity, bool coached)
    : replay_us_(replay_us), capacity_(capacity), coached_(coached) {}

void PoseHistory::Add(v1::Pose pose, uint32_t people) {
  auto request = std::make_shared<v1::InferStreamRequest>();
  *request->mutable_pose() = std::move(pose);
  request->set_people(people);
  Append(std::move(request));
}

void PoseHistory::AddNobody(uint64_t sequence, int64_t timestamp_us) {
  auto request = std::make_shared<v1::InferStreamRequest>();
  request->mutable_no_pose()->set_sequence(sequence);
  request->mutable_no_pose()->set_timestamp_us(timestamp_us);
  Append(std::move(request));
}

void PoseHistory::Append(std::shared_ptr<v1::InferStreamRequest> request) {
  requests_.push_back(std::move(request));
  ++added_;
  while (requests_.size() > capacity_ && sent_ > 0) ForgetFront();
}

PoseHistory::Request PoseHistory::NextToSend() {
  if (unsent() == 0) return nullptr;
  return requests_[sent_++];
}

void PoseHistory::Delivered(uint64_t last_sequence) {
  ends_.push_back(last_sequence);
  if (!coached_) ForgetUpTo(std::numeric_limits<uint64_t>::max(), last_sequence);
}

void PoseHistory::Checkpoint(uint64_t sequence, std::optional<uint64_t> assessed) {
  if (assessed) ForgetUpTo(sequence, *assessed);
  while (sent_ > 0 && !IsPose(0) && SequenceOf(0) <= sequence) ForgetFront();
}

void PoseHistory::ForgetUpTo(uint64_t last, uint64_t assessed) {
  while (!ends_.empty() && ends_.front() <= assessed) {
    const size_t start = StartOfReplay(ends_.front());
    if (start > 0 && SequenceOf(start - 1) > last) return;
    ends_.pop_front();
    for (size_t i = 0; i < start; ++i) ForgetFront();
  }
}

size_t PoseHistory::StartOfReplay(uint64_t assessed) const {
  size_t end = 0;
  while (end < sent_ && SequenceOf(end) < assessed) ++end;
  if (end == sent_) return 0;
  const int64_t end_us = TimeOf(end);
  const auto replay_us = static_cast<uint64_t>(replay_us_);
  size_t start = 0;
  for (size_t next = 1; next <= end; ++next) {
    if (!IsPose(next)) continue;
    if (IsPose(start)) {
      const uint64_t elapsed = Elapsed(TimeOf(start), end_us);
      const uint64_t next_elapsed = Elapsed(TimeOf(next), end_us);
      if (elapsed <= replay_us) break;
      // The pose that is nearest to the start of the replay, so that windows fall on the same frames as
      // before the break.
      if (next_elapsed < replay_us && replay_us - next_elapsed >= elapsed - replay_us) break;
    }
    start = next;
  }
  return start;
}

std::optional<uint64_t> PoseHistory::Skip(std::optional<uint64_t> after, int64_t us) {
  if (sent_ == 0) return std::nullopt;
  const size_t last = Stretch(after, us).second;
  const uint64_t skipped = SequenceOf(last);
  for (size_t i = 0; i <= last; ++i) ForgetFront();
  return skipped;
}

std::pair<size_t, size_t> PoseHistory::Stretch(std::optional<uint64_t> after, int64_t us) const {
  size_t start = 0;
  while (start + 1 < sent_ && (after ? SequenceOf(start) < *after : !IsPose(start))) ++start;
  size_t last = start;
  while (last + 1 < sent_ && Elapsed(TimeOf(start), TimeOf(last)) < static_cast<uint64_t>(us)) ++last;
  return {start, last};
}

bool PoseHistory::Reaches(std::optional<uint64_t> after, int64_t us) const {
  if (sent_ == 0) return false;
  const auto [start, last] = Stretch(after, us);
  return Elapsed(TimeOf(start), TimeOf(last)) >= static_cast<uint64_t>(us);
}

std::optional<uint64_t> PoseHistory::last_sent() const {
  if (sent_ == 0) return std::nullopt;
  return SequenceOf(sent_ - 1);
}

handover::PoseHistoryState PoseHistory::State() const {
  handover::PoseHistoryState state;
  for (const Request& request : requests_) *state.add_requests() = *request;
  state.mutable_ends()->Assign(ends_.begin(), ends_.end());
  state.set_added(added_);
  return state;
}

void PoseHistory::Restore(const handover::PoseHistoryState& state) {
  for (const v1::InferStreamRequest& request : state.requests())
    requests_.push_back(std::make_shared<const v1::InferStreamRequest>(request));
  ends_.assign(state.ends().begin(), state.ends().end());
  added_ = std::max<uint64_t>(state.added(), requests_.size());
}

uint64_t PoseHistory::SequenceOf(size_t index) const {
  const v1::InferStreamRequest& request = *requests_[index];
  return request.has_pose() ? request.pose().sequence() : request.no_pose().sequence();
}

int64_t PoseHistory::TimeOf(size_t index) const {
  const v1::InferStreamRequest& request = *requests_[index];
  return request.has_pose() ? request.pose().timestamp_us() : request.no_pose().timestamp_us();
}

void PoseHistory::ForgetFront() {
  requests_.pop_front();
  --sent_;
  while (!ends_.empty() && (requests_.empty() || ends_.front() < SequenceOf(0))) ends_.pop_front();
}

}  // namespace trackfit::gateway
