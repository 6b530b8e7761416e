#include "gateway/frame_rate_check.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "skeleton/validate.h"

namespace trackfit::gateway {
namespace {

constexpr double kHighestRate = 1000;
constexpr double kLowestRate = 0.5;
constexpr int kFrames = 30;
constexpr int kFewestIntervals = 8;

struct Unit {
  const char* name;
  double us;  // microseconds in it
};
constexpr Unit kUnits[] = {{"nanoseconds", 1e-3}, {"milliseconds", 1e3}, {"seconds", 1e6}};

// The unit of time in which the timestamps' rate comes nearest to that of a camera; null when it is plausible
// in none.
const Unit* LikelyUnit(double rate) {
  const Unit* likely = nullptr;
  const auto distance = [rate](const Unit& unit) { return std::abs(std::log(rate / unit.us / 30)); };
  for (const Unit& unit : kUnits) {
    const double in_unit = rate / unit.us;
    if (in_unit < kLowestRate || in_unit > kHighestRate) continue;
    if (likely == nullptr || distance(unit) < distance(*likely)) likely = &unit;
  }
  return likely;
}

std::string Explain(const std::string& field, double interval_us) {
  const double rate = 1e6 / interval_us;
  std::string message = absl::StrFormat("timestamps advance by %.*f us per frame = %.*f frames/s",
                                        interval_us < 10 ? 1 : 0, interval_us, rate < 10 ? 2 : 0, rate);
  if (const Unit* unit = LikelyUnit(rate)) absl::StrAppend(&message, "; are they ", unit->name, "?");
  return absl::StrCat(message, message.back() == '?' ? " " : "; ", field, " is in microseconds");
}

}  // namespace

std::optional<std::string> FrameRateCheck::Add(int64_t timestamp_us) {
  if (told_) return std::nullopt;
  if (timestamp_us < -skeleton::kMaxTimestampUs || timestamp_us > skeleton::kMaxTimestampUs) {
    told_ = ++beyond_ > kFewestIntervals;
    return told_ ? std::optional(DescribeBeyond()) : std::nullopt;
  }
  beyond_ = 0;
  const auto time = static_cast<double>(timestamp_us);
  if (frames_ == 0) first_us_ = last_us_ = time;
  const double interval = time - last_us_;
  last_us_ = std::max(last_us_, time);
  stuck_ = interval > 0 || frames_ == 0 ? 0 : stuck_ + 1;
  std::optional<std::string> message;
  if (stuck_ >= kFrames) message = DescribeStuck();
  if (!judged_) {
    ++frames_;
    if (interval > 1e6 / kLowestRate) {
      ++slow_;
      slow_us_ += interval;
    }
    if (IsSlow() || frames_ == kFrames) message = Judge();
  }
  told_ = message.has_value();
  return message;
}

std::optional<std::string> FrameRateCheck::Finish() {
  if (told_ || judged_ || frames_ <= kFewestIntervals) return std::nullopt;
  return Judge();
}

std::optional<std::string> FrameRateCheck::Judge() {
  judged_ = true;
  const int intervals = frames_ - 1;
  const double span_us = last_us_ - first_us_;
  if (IsSlow()) return Explain(field_, slow_us_ / slow_);
  if (span_us <= 0) return DescribeStuck();
  if (span_us * kHighestRate < intervals * 1e6) return Explain(field_, span_us / intervals);
  return std::nullopt;
}

bool FrameRateCheck::IsSlow() const { return slow_ >= kFewestIntervals && slow_ * 4 >= (frames_ - 1) * 3; }

std::string FrameRateCheck::DescribeStuck() const {
  return absl::StrFormat(
      "timestamps do not advance: none of %d frames is later than %.0f; %s says when each was "
      "taken, in microseconds",
      stuck_, last_us_, field_);
}

std::string FrameRateCheck::DescribeBeyond() const {
  return absl::StrFormat(
      "timestamps of %d frames in a row are beyond %d us, 285 years; are they nanoseconds? %s is in "
      "microseconds",
      beyond_, skeleton::kMaxTimestampUs, field_);
}

}  // namespace trackfit::gateway
