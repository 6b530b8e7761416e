#include "gateway/orientation_check.h"

namespace trackfit::gateway {
namespace {

constexpr int64_t kLeastUs = 2'000'000;

}  // namespace

std::optional<std::string> OrientationCheck::Add(const skeleton::Pose& pose) {
  if (told_) return std::nullopt;
  if (!first_us_) first_us_ = pose.timestamp_us;
  watch_.Add(pose);
  if (pose.timestamp_us - *first_us_ < kLeastUs || !watch_.upside_down()) return std::nullopt;
  told_ = true;
  return "in most frames the person is upside down; probably the pictures are not turned as the camera was "
         "held: "
         "turn them upright before sending them";
}

}  // namespace trackfit::gateway
