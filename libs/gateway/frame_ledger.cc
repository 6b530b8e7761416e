#include "gateway/frame_ledger.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace trackfit::gateway {

size_t ImageBytes(const v1::Frame& frame) {
  return frame.has_raw() ? frame.raw().data().size() : frame.encoded().size();
}

void FrameLedger::AddFrame(v1::Frame frame, TimePoint received, std::shared_ptr<void> held) {
  ++waiting_;
  bytes_ += ImageBytes(frame);
  const int64_t timestamp_us = frame.timestamp_us();
  auto request = std::make_shared<v1::ExtractStreamRequest>();
  *request->mutable_frame() = std::move(frame);
  entries_.push_back({State::kWaiting, {received}, timestamp_us, std::move(request), {}, std::move(held)});
}

void FrameLedger::AddAnswered(v1::FrameResult result, TimePoint received) {
  entries_.push_back({State::kAnswered, {received}, 0, nullptr, std::move(result)});
}

FrameLedger::Request FrameLedger::NextToSend(TimePoint now) {
  if (waiting_ == 0) return nullptr;
  Entry& entry = *OldestIn(State::kWaiting);
  entry.state = State::kInFlight;
  entry.times.sent = now;
  --waiting_;
  ++in_flight_;
  return entry.request;
}

absl::Status FrameLedger::Answer(v1::FrameResult result, TimePoint now) {
  if (in_flight_ == 0) {
    return absl::InternalError(
        absl::StrCat("answer to frame ", result.sequence(), ", but none is in flight"));
  }
  Entry& entry = *OldestIn(State::kInFlight);
  if (const uint64_t expected = entry.request->frame().sequence(); result.sequence() != expected) {
    return absl::InternalError(
        absl::StrCat("answer to frame ", result.sequence(), "; that to frame ", expected, " is due"));
  }
  --in_flight_;
  entry.times.returned = now;
  entry = WithAnswer(entry, std::move(result));
  return absl::OkStatus();
}

void FrameLedger::GiveUpOldestWaiting(v1::FrameStatus status, std::string detail) {
  if (waiting_ == 0) return;
  Entry& entry = *OldestIn(State::kWaiting);
  v1::FrameResult result;
  result.set_sequence(entry.request->frame().sequence());
  result.set_status(status);
  result.set_detail(std::move(detail));
  --waiting_;
  entry = WithAnswer(entry, std::move(result));
}

std::optional<uint64_t> FrameLedger::ReturnInFlight() {
  std::optional<uint64_t> oldest;
  if (in_flight_ > 0) oldest = OldestIn(State::kInFlight)->request->frame().sequence();
  for (Entry& entry : entries_) {
    if (entry.state == State::kInFlight) entry.state = State::kWaiting;
  }
  waiting_ += in_flight_;
  in_flight_ = 0;
  return oldest;
}

std::optional<FrameLedger::Answered> FrameLedger::PopAnswered() {
  if (entries_.empty() || entries_.front().state != State::kAnswered) return std::nullopt;
  Entry& front = entries_.front();
  Answered answered{std::move(front.result), front.times, front.timestamp_us};
  entries_.pop_front();
  return answered;
}

FrameLedger::Entry FrameLedger::WithAnswer(const Entry& entry, v1::FrameResult result) {
  bytes_ -= ImageBytes(entry.request->frame());
  return {State::kAnswered, entry.times, entry.timestamp_us, nullptr, std::move(result)};
}

FrameLedger::Entry* FrameLedger::OldestIn(State state) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [state](const Entry& entry) { return entry.state == state; });
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace trackfit::gateway
