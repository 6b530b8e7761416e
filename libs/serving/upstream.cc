#include "serving/upstream.h"

#include <algorithm>

namespace trackfit::serving {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{2000};

}  // namespace

const char* Name(Upstream upstream) { return upstream == Upstream::kExtractor ? "extractor" : "inferencer"; }

bool IsWorthRetrying(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:                 // ended early: the server drains
    case absl::StatusCode::kUnavailable:        // gone, or not yet there
    case absl::StatusCode::kCancelled:          // killed by a drain
    case absl::StatusCode::kAborted:            // likewise
    case absl::StatusCode::kResourceExhausted:  // full; another may have room, or this one soon
    case absl::StatusCode::kDeadlineExceeded:   // idle for too long
    case absl::StatusCode::kUnknown:            // the connection broke in mid-message
    case absl::StatusCode::kInternal:
      return true;
    default:
      return false;
  }
}

uint64_t UpstreamState::Open() {
  open_ = true;
  return ++attempt_;
}

void UpstreamState::Break(const absl::Status& status, TimePoint now) {
  open_ = false;
  last_error_ = status;
  retry_at_ = now + pause_;
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
}

void UpstreamState::SetOwing(bool owing, TimePoint now) {
  if (owing && !owing_) progress_ = now;
  owing_ = owing;
}

void UpstreamState::Progressed(TimePoint now) {
  progress_ = now;
  pause_ = std::chrono::milliseconds(0);
}

bool UpstreamState::IsStalled(TimePoint now, std::chrono::steady_clock::duration timeout) const {
  return owing_ && now - progress_ >= timeout;
}

}  // namespace trackfit::serving
