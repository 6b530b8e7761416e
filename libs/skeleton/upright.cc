#include "skeleton/upright.h"

#include <cmath>

namespace trackfit::skeleton {
namespace {

constexpr float kSeen = 0.5F;
constexpr float kMinCosine = 0.5F;  // cosine of the largest accepted angle to the vertical
constexpr int64_t kEnoughPoses = 30;

// In pixels, or in fractions of the image if its size is unknown. NaN: not visible.
struct Place {
  float x = NAN;
  float y = NAN;
};

// The midpoint of a left joint and its right partner, or the only visible one of the two.
Place Middle(const Pose& pose, int left) {
  const auto width = static_cast<float>(pose.image_width > 0 ? pose.image_width : 1);
  const auto height = static_cast<float>(pose.image_height > 0 ? pose.image_height : 1);
  Place sum{0, 0};
  float seen = 0;
  for (const int joint : {left, left + 1}) {
    const Landmark& landmark = pose.landmarks[joint];
    if (!(landmark.visibility >= kSeen) || std::isnan(landmark.x) || std::isnan(landmark.y)) continue;
    sum.x += landmark.x * width;
    sum.y += landmark.y * height;
    ++seen;
  }
  return seen > 0 ? Place{sum.x / seen, sum.y / seen} : Place{};
}

// False when one of them is not visible.
bool IsClearlyBelow(Place lower, Place upper) {
  const float length = std::hypot(lower.x - upper.x, lower.y - upper.y);
  return length > 0 && lower.y - upper.y > kMinCosine * length;
}

}  // namespace

bool IsUpsideDown(const Pose& pose) {
  const Place hips = Middle(pose, kLeftHip);
  return IsClearlyBelow(Middle(pose, kLeftShoulder), hips) && IsClearlyBelow(hips, Middle(pose, kLeftAnkle));
}

void UpsideDownDetector::Add(const Pose& pose) {
  bool somebody = false;
  for (const Landmark& landmark : pose.landmarks) somebody = somebody || !std::isnan(landmark.x);
  poses_ += somebody ? 1 : 0;
  upside_down_ += IsUpsideDown(pose) ? 1 : 0;
}

bool UpsideDownDetector::upside_down() const { return poses_ >= kEnoughPoses && 2 * upside_down_ > poses_; }

}  // namespace trackfit::skeleton
