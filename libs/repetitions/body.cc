#include "repetitions/body.h"

#include <algorithm>
#include <cmath>

#include "skeleton/joint.h"

namespace trackfit::repetitions {
namespace {

using skeleton::kLeftFootIndex;
using skeleton::kLeftHeel;
using skeleton::kLeftHip;
using skeleton::kLeftShoulder;
using skeleton::kNose;
using skeleton::kRightFootIndex;
using skeleton::kRightHeel;
using skeleton::kRightHip;
using skeleton::kRightShoulder;

// Share of a new value in the smoothed ones, per body: they follow within about a second.
constexpr float kFollow = 0.05F;
// The torso's length in the picture is that of the moments in which it is not bent towards the camera, so it
// follows growth at once and shrinks slowly.
constexpr float kShrink = 0.004F;
constexpr float kFacingSure = 0.25F;

struct Spot {
  float x, y;
};

Spot Middle(const Point& a, const Point& b) { return {(a.x + b.x) / 2, (a.y + b.y) / 2}; }
float Distance(const Spot& a, const Spot& b) { return std::hypot(a.x - b.x, a.y - b.y); }

// -1 to 1: to which edge of the picture toes and nose point, as far as they are seen.
float FacingOf(const Body& body, const Spot& shoulders) {
  float direction = 0;
  float weight = 0;
  const auto add = [&](float difference, float seen) {
    direction += difference * seen;
    weight += seen;
  };
  for (const auto& [heel, toes] : {std::pair{kLeftHeel, kLeftFootIndex}, {kRightHeel, kRightFootIndex}}) {
    const float seen = std::min(body.visibility[heel], body.visibility[toes]);
    if (seen >= kSeen) add(body.joints[toes].x - body.joints[heel].x, seen);
  }
  if (body.visibility[kNose] >= kSeen) add(body.joints[kNose].x - shoulders.x, body.visibility[kNose]);
  return weight > 0 ? std::clamp(direction / weight / 0.25F, -1.0F, 1.0F) : 0;
}

}  // namespace

std::optional<Body> BodyScale::Measure(const skeleton::Pose& pose) {
  const float aspect = pose.image_width > 0 && pose.image_height > 0
                           ? static_cast<float>(pose.image_height) / static_cast<float>(pose.image_width)
                           : 1;
  Body body;
  body.sequence = pose.sequence;
  body.timestamp_us = pose.timestamp_us;
  for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
    const skeleton::Landmark& landmark = pose.landmarks[joint];
    if (!std::isfinite(landmark.x) || !std::isfinite(landmark.y)) continue;
    body.joints[joint] = {landmark.x, -landmark.y * aspect, std::isfinite(landmark.z) ? landmark.z : 0};
    body.visibility[joint] = landmark.visibility;
  }
  const auto seen = [&](int left, int right) {
    return std::min(body.visibility[left], body.visibility[right]) > 0;
  };
  const bool trunk_seen = seen(kLeftShoulder, kRightShoulder) && seen(kLeftHip, kRightHip);
  const Spot shoulders = Middle(body.joints[kLeftShoulder], body.joints[kRightShoulder]);
  if (trunk_seen) {
    const Spot hips = Middle(body.joints[kLeftHip], body.joints[kRightHip]);
    const auto width = [&](int left, int right) {
      const Point& a = body.joints[left];
      const Point& b = body.joints[right];
      return std::hypot(a.x - b.x, a.y - b.y);
    };
    const float breadth = std::max(width(kLeftShoulder, kRightShoulder), width(kLeftHip, kRightHip));
    // A trunk that points at the camera is at least as long as shoulders are wide, or nearly so.
    const float torso = std::max(Distance(shoulders, hips), 0.9F * breadth);
    if (torso > 1e-4F) {
      if (state_.torso == 0) {
        state_ = {torso, breadth / torso, 0};
      } else {
        state_.torso += (torso > state_.torso ? kFollow : kShrink) * (torso - state_.torso);
        state_.breadth += kFollow * (breadth / state_.torso - state_.breadth);
      }
    }
  }
  if (state_.torso == 0) return std::nullopt;
  for (Point& point : body.joints) {
    point.x /= state_.torso;
    point.y /= state_.torso;
    point.depth /= state_.torso;
  }
  if (trunk_seen) {
    const Spot scaled{shoulders.x / state_.torso, shoulders.y / state_.torso};
    state_.facing += kFollow * (FacingOf(body, scaled) - state_.facing);
  }
  body.breadth = state_.breadth;
  body.facing = state_.facing > kFacingSure ? 1 : state_.facing < -kFacingSure ? -1 : 0;
  return body;
}

}  // namespace trackfit::repetitions
