#include "repetitions/measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "schema/node.h"

namespace trackfit::repetitions {
namespace {

constexpr float kNotSeen = std::numeric_limits<float>::quiet_NaN();
constexpr float kDegrees = 180 / std::numbers::pi_v<float>;

// Pairs of joints by the name of one and of both.
struct Pair {
  std::string_view one;
  std::string_view both;
  skeleton::Joint left;
};
constexpr std::array<Pair, 12> kPairs = {{
    {"shoulder", "shoulders", skeleton::kLeftShoulder},
    {"elbow", "elbows", skeleton::kLeftElbow},
    {"wrist", "wrists", skeleton::kLeftWrist},
    {"pinky", "pinkies", skeleton::kLeftPinky},
    {"index", "indices", skeleton::kLeftIndex},
    {"thumb", "thumbs", skeleton::kLeftThumb},
    {"hip", "hips", skeleton::kLeftHip},
    {"knee", "knees", skeleton::kLeftKnee},
    {"ankle", "ankles", skeleton::kLeftAnkle},
    {"heel", "heels", skeleton::kLeftHeel},
    {"foot_index", "foot_indices", skeleton::kLeftFootIndex},
    {"ear", "ears", skeleton::kLeftEar},
}};

// BlazePose gives the right joint the index after the left one.
int RightOf(int left) { return left + 1; }

enum class Side { kLeft, kRight };

struct Located {
  Point point;
  float visibility = 0;
};

std::optional<Located> Locate(const Place& place, Side side, const Body& body) {
  const auto at = [&](int joint) { return Located{body.joints[joint], body.visibility[joint]}; };
  if (place.sided || place.left == place.right) {
    const Located located = at(side == Side::kLeft ? place.left : place.right);
    if (located.visibility < kSeen) return std::nullopt;
    return located;
  }
  const Located left = at(place.left);
  const Located right = at(place.right);
  if (left.visibility < kSeen && right.visibility < kSeen) return std::nullopt;
  if (left.visibility < kSeen) return right;
  if (right.visibility < kSeen) return left;
  return Located{{(left.point.x + right.point.x) / 2, (left.point.y + right.point.y) / 2,
                  (left.point.depth + right.point.depth) / 2},
                 std::min(left.visibility, right.visibility)};
}

float AngleAt(const Point& a, const Point& b, const Point& c) {
  const float ax = a.x - b.x, ay = a.y - b.y, cx = c.x - b.x, cy = c.y - b.y;
  const float lengths = std::hypot(ax, ay) * std::hypot(cx, cy);
  if (lengths < 1e-6F) return kNotSeen;
  return kDegrees * std::acos(std::clamp((ax * cx + ay * cy) / lengths, -1.0F, 1.0F));
}

// Of b from the line a - c: above it, or before it where the line is nearer to upright.
float BendOf(const Point& a, const Point& b, const Point& c, int facing) {
  const float dx = c.x - a.x, dy = c.y - a.y;
  const float length = std::hypot(dx, dy);
  if (length < 1e-6F) return kNotSeen;
  const float left_of_line =
      (dx * (b.y - a.y) - dy * (b.x - a.x)) / length;  // of somebody who goes from a to c
  if (std::abs(dx) >= std::abs(dy)) return dx > 0 ? left_of_line : -left_of_line;
  if (facing == 0) return kNotSeen;
  return (dy < 0 ? left_of_line : -left_of_line) * static_cast<float>(facing);
}

// Of a from b, in the direction of c.
float AlongOf(const Point& a, const Point& b, const Point& c) {
  const float dx = c.x - b.x, dy = c.y - b.y;
  const float length = std::hypot(dx, dy);
  if (length < 1e-6F) return kNotSeen;
  return (dx * (a.x - b.x) + dy * (a.y - b.y)) / length;
}

float OfPoints(MeasureKind kind, const std::array<Point, 4>& p, int facing) {
  switch (kind) {
    case MeasureKind::kAngle:
      return AngleAt(p[0], p[1], p[2]);
    case MeasureKind::kHeight:
      return p[0].y - p[1].y;
    case MeasureKind::kReach:
      return std::hypot(p[0].x - p[1].x, p[0].y - p[1].y);
    case MeasureKind::kAside:
      return std::abs(p[0].x - p[1].x);
    case MeasureKind::kForward:
      return facing == 0 ? kNotSeen : static_cast<float>(facing) * (p[0].x - p[1].x);
    case MeasureKind::kLean:
      return kDegrees * std::atan2(std::abs(p[1].x - p[0].x), p[1].y - p[0].y);
    case MeasureKind::kSlope:
      return kDegrees * std::atan2(std::abs(p[1].y - p[0].y), std::abs(p[1].x - p[0].x));
    case MeasureKind::kBend:
      return BendOf(p[0], p[1], p[2], facing);
    case MeasureKind::kAlong:
      return AlongOf(p[0], p[1], p[2]);
    case MeasureKind::kRatio: {
      const float below = std::abs(p[2].x - p[3].x);
      return below < 0.05F ? kNotSeen : std::abs(p[0].x - p[1].x) / below;
    }
    case MeasureKind::kPlaceX:
      return p[0].x;
    case MeasureKind::kPlaceY:
      return p[0].y;
  }
  return kNotSeen;
}

struct Weighed {
  float value = kNotSeen;
  float visibility = 0;  // least of the places
};

Weighed OnSide(const Measure& measure, Side side, const Body& body) {
  std::array<Point, 4> points{};
  float visibility = 1;
  for (size_t i = 0; i < measure.places.size(); ++i) {
    const auto located = Locate(measure.places[i], side, body);
    if (!located) return {};
    points[i] = located->point;
    visibility = std::min(visibility, located->visibility);
  }
  return {OfPoints(measure.kind, points, body.facing), visibility};
}

}  // namespace

absl::StatusOr<Place> Place::Parse(std::string_view name) {
  std::vector<std::string> known;
  for (const Pair& pair : kPairs) {
    if (name == pair.one) return Place{pair.left, RightOf(pair.left), true};
    if (name == pair.both) return Place{pair.left, RightOf(pair.left), false};
    known.insert(known.end(), {std::string(pair.one), std::string(pair.both)});
  }
  const auto& joints = skeleton::JointNames();
  for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
    if (name == joints[joint]) return Place{joint, joint, false};
    known.emplace_back(joints[joint]);
  }
  return schema::Unknown(absl::StrCat("there is no place \"", std::string(name), "\""), std::string(name),
                         known);
}

std::string_view Measure::unit() const {
  switch (kind) {
    case MeasureKind::kAngle:
    case MeasureKind::kLean:
    case MeasureKind::kSlope:
      return "degrees";
    case MeasureKind::kRatio:
      return "ratio";
    default:
      return "torso_lengths";
  }
}

float Measure::Of(const Body& body) const {
  const bool sided = std::ranges::any_of(places, &Place::sided);
  if (!sided) return OnSide(*this, Side::kLeft, body).value;
  const Weighed left = OnSide(*this, Side::kLeft, body);
  const Weighed right = OnSide(*this, Side::kRight, body);
  const bool has_left = std::isfinite(left.value);
  const bool has_right = std::isfinite(right.value);
  switch (sides) {
    case Sides::kLeft:
      return left.value;
    case Sides::kRight:
      return right.value;
    case Sides::kDifference:
      return left.value - right.value;  // NaN unless both are seen
    default:
      break;
  }
  if (!has_left || !has_right) return has_left ? left.value : right.value;
  switch (sides) {
    case Sides::kMean:
      return (left.value + right.value) / 2;
    case Sides::kLeast:
      return std::min(left.value, right.value);
    case Sides::kMost:
      return std::max(left.value, right.value);
    default: {  // squared, so that a clearly better seen side decides
      const float l = left.visibility * left.visibility;
      const float r = right.visibility * right.visibility;
      return (l * left.value + r * right.value) / (l + r);
    }
  }
}

}  // namespace trackfit::repetitions
