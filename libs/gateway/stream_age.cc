#include "gateway/stream_age.h"

#include "absl/strings/str_cat.h"

namespace trackfit::gateway {
namespace {

constexpr double kSpread = 0.1;

double Seconds(std::chrono::milliseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

StreamAge::StreamAge(const StreamAgeLimits& limits, double spread, TimePoint opened)
    : limits_(limits),
      ask_(opened + std::chrono::duration_cast<TimePoint::duration>(limits.most * (1 + kSpread * spread))) {}

bool StreamAge::TakeRequest(TimePoint now) {
  if (limits_.most.count() == 0 || asked_ || now < ask_) return false;
  return asked_ = true;
}

bool StreamAge::IsOver(TimePoint now) const { return asked_ && now >= ask_ + limits_.grace; }

std::string StreamAge::Request() const {
  return absl::StrCat("this stream is as old as streams get here (", Seconds(limits_.most),
                      " s); it ends in ", Seconds(limits_.grace),
                      " s: finish the session, or resume it on a new stream");
}

std::string StreamAge::Ending() const {
  return absl::StrCat("the stream is older than ", Seconds(limits_.most), " s (max-stream-age); reconnect");
}

}  // namespace trackfit::gateway
