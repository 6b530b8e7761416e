#include "gateway/upstream.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace trackfit::gateway {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{2000};
constexpr std::chrono::seconds kUnnoticed{1};  // shorter absences are not reported

const char* WhatWaits(Upstream upstream) {
  return upstream == Upstream::kExtractor ? "; frames wait for it" : "; the session waits for it";
}

}  // namespace

const char* Name(Upstream upstream) { return upstream == Upstream::kExtractor ? "extractor" : "inferencer"; }

bool IsWorthRetrying(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:                 // ended early: the server drains
    case absl::StatusCode::kUnavailable:        // gone, or not yet there
    case absl::StatusCode::kCancelled:          // ended by a drain
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

std::string Reason(const absl::Status& status) {
  if (status.ok()) return "it ended the stream";
  std::string message(status.message());
  if (message.empty()) return absl::StatusCodeToString(status.code());
  const bool cannot_connect =
      absl::StrContains(message, "; last error: ") || message.starts_with("DNS resolution");
  const size_t colon = message.rfind(": ");
  if (!cannot_connect || colon == std::string::npos) return message;
  std::string reason = message.substr(colon + 2);
  if (reason.size() > 1 && absl::ascii_islower(static_cast<unsigned char>(reason[1]))) {
    reason[0] = absl::ascii_tolower(static_cast<unsigned char>(reason[0]));
  }
  return reason;
}

std::string NameAndAddress(Upstream upstream, const std::string& address) {
  return absl::StrCat("the ", Name(upstream), address.empty() ? "" : " at ", address);
}

std::string AwayMessage(Upstream upstream, const std::string& address, const absl::Status& last_error) {
  std::string message = NameAndAddress(upstream, address);
  absl::StrAppend(&message,
                  absl::IsResourceExhausted(last_error) ? " takes no more streams" : " cannot be reached");
  if (!last_error.ok()) absl::StrAppend(&message, " (", Reason(last_error), ")");
  return absl::StrCat(message, WhatWaits(upstream));
}

std::string SilentMessage(Upstream upstream, const std::string& address) {
  return absl::StrCat(NameAndAddress(upstream, address), " does not answer", WhatWaits(upstream));
}

std::string BackMessage(Upstream upstream, const std::string& address) {
  return absl::StrCat(NameAndAddress(upstream, address), " answers again");
}

uint64_t UpstreamState::Open() {
  open_ = true;
  reached_.reset();
  return ++attempt_;
}

void UpstreamState::Break(const absl::Status& status, TimePoint now) {
  open_ = false;
  reached_.reset();
  answered_ = false;
  model_known_ = false;
  if (owing_ && !missed_since_) missed_since_ = now;
  last_error_ = status;
  retry_at_ = now + pause_;
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
}

void UpstreamState::SetOwing(bool owing, TimePoint now) {
  if (owing && !owing_) progress_ = now;
  if (!owing) {
    missed_since_.reset();
  } else if (!missed_since_ && !reached_ && !IsThere()) {
    missed_since_ = now;
  }
  owing_ = owing;
}

void UpstreamState::Progressed(TimePoint now) {
  progress_ = now;
  pause_ = std::chrono::milliseconds(0);
}

void UpstreamState::Reached(TimePoint now) {
  if (!reached_) reached_ = now;
}

std::optional<Presence> UpstreamState::TakeChange(TimePoint now,
                                                  std::chrono::steady_clock::duration patience) {
  const bool stalled = IsStalled(now, patience);
  const bool works = !stalled && (IsThere() || (reached_ && now - *reached_ >= kUnnoticed));
  if (works) missed_since_.reset();
  const bool away = stalled || (missed_since_ && !reached_ && now - *missed_since_ >= kUnnoticed);
  if (told_ == Presence::kThere ? !away : !works) return std::nullopt;
  told_ = away ? Presence::kAway : Presence::kThere;
  return told_;
}

bool UpstreamState::IsStalled(TimePoint now, std::chrono::steady_clock::duration timeout) const {
  return owing_ && now - progress_ >= timeout;
}

}  // namespace trackfit::gateway
