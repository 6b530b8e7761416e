#include "contract/coach_target.h"

#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace trackfit::contract {

absl::StatusOr<v1::CoachTarget> ParseCoachTarget(const std::string& name, const std::string& text) {
  const auto wrong = [&] {
    return absl::InvalidArgumentError(absl::StrCat(
        name, " ", text, ": it must be CODE=LOW:HIGH, such as squat_depth=:110 or elbow_angle=70:90"));
  };
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  const std::vector<std::string> ends = absl::StrSplit(parts.second, ':');
  if (parts.first.empty() || ends.size() != 2 || (ends[0].empty() && ends[1].empty())) return wrong();
  v1::CoachTarget target;
  target.set_code(parts.first);
  float low = 0, high = 0;
  if (!ends[0].empty()) {
    if (!absl::SimpleAtof(ends[0], &low) || !std::isfinite(low)) return wrong();
    target.set_good_low(low);
  }
  if (!ends[1].empty()) {
    if (!absl::SimpleAtof(ends[1], &high) || !std::isfinite(high)) return wrong();
    target.set_good_high(high);
  }
  if (target.has_good_low() && target.has_good_high() && low > high) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " ", text, ": the lower end is above the upper one; swap them"));
  }
  return target;
}

}  // namespace trackfit::contract
