#include "skeleton/measures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include "skeleton/normalize.h"
#include "skeleton/percentile.h"

namespace trackfit::skeleton {
namespace {

constexpr size_t kMinPoses = 10;
constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

struct Point {
  float x = 0, y = 0, z = 0;
};
Point operator-(const Point& a, const Point& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
float Dot(const Point& a, const Point& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
float Length(const Point& a) { return std::sqrt(Dot(a, a)); }
Point InPlane(const Point& a) { return {a.x, a.y, 0}; }

// The angle at b, in degrees.
float Angle(const Point& a, const Point& b, const Point& c) {
  const Point u = a - b, v = c - b;
  const float cosine = Dot(u, v) / (Length(u) * Length(v));
  return std::acos(std::clamp(cosine, -1.0F, 1.0F)) * 180 / std::numbers::pi_v<float>;
}

// Midpoints of left and right joints, in isotropic coordinates.
struct Body {
  explicit Body(const Pose& pose) {
    const bool known_size = pose.image_width > 0 && pose.image_height > 0;
    const float aspect =
        known_size ? static_cast<float>(pose.image_height) / static_cast<float>(pose.image_width) : 1.0F;
    const auto middle = [&](Joint left, Joint right) {
      const Landmark &a = pose.landmarks[left], &b = pose.landmarks[right];
      return Point{(a.x + b.x) / 2, (a.y + b.y) / 2 * aspect, (a.z + b.z) / 2 / kDepthScale};
    };
    nose = middle(kNose, kNose);
    shoulders = middle(kLeftShoulder, kRightShoulder);
    wrists = middle(kLeftWrist, kRightWrist);
    hips = middle(kLeftHip, kRightHip);
    knees = middle(kLeftKnee, kRightKnee);
    ankles = middle(kLeftAnkle, kRightAnkle);
  }

  Body Flat() const {
    Body flat = *this;
    for (Point* point : {&flat.nose, &flat.shoulders, &flat.wrists, &flat.hips, &flat.knees, &flat.ankles})
      *point = InPlane(*point);
    return flat;
  }

  float Torso() const { return Length(shoulders - hips); }

  // Signed 2-D distance of the hips from the line shoulders - ankles, positive above it; mirroring the image
  // does not change the sign. NaN for a line that is closer to vertical, which has no side above it.
  float HipDistance() const {
    const Point line = InPlane(ankles - shoulders), hip = InPlane(hips - shoulders);
    if (std::abs(line.x) < std::abs(line.y)) return kNone;
    return (hip.x * line.y - hip.y * line.x) / Length(line) * (line.x < 0 ? -1.0F : 1.0F);
  }

  Point nose, shoulders, wrists, hips, knees, ankles;
};

struct Percentiles {
  float low = kNone, median = kNone, high = kNone;

  float range() const { return high - low; }
};

// Percentiles of `value` over the bodies for which it is finite.
template <typename Function>
Percentiles PercentilesOf(const std::vector<Body>& bodies, Function&& value) {
  std::vector<float> values;
  for (const Body& body : bodies) {
    if (const float number = value(body); std::isfinite(number)) values.push_back(number);
  }
  if (values.size() < kMinPoses) return {};
  std::sort(values.begin(), values.end());
  const std::span<const float> ascending(values);
  return {Percentile(ascending, 0.05F), Percentile(ascending, 0.5F), Percentile(ascending, 0.95F)};
}

}  // namespace

const std::array<const char*, kMeasureCount>& MeasureNames() {
  static constexpr std::array<const char*, kMeasureCount> kNames = {
      "body_angle", "body_angle_high",  "hips_low",
      "hips",       "hips_high",        "hips_range",
      "knee_angle", "shoulder_travel",  "shoulder_travel_depth",
      "neck_range", "body_angle_depth", "hips_depth",
      "lean",       "lean_range"};
  return kNames;
}

std::optional<Measure> MeasureOf(const std::string& name) {
  for (int i = 0; i < kMeasureCount; ++i) {
    if (name == MeasureNames()[i]) return static_cast<Measure>(i);
  }
  return std::nullopt;
}

Measurements MeasureWindow(std::span<const Pose> window) {
  std::vector<Body> deep, flat;
  for (const Pose& pose : window) {
    deep.emplace_back(pose);
    flat.push_back(deep.back().Flat());
  }
  const auto torso = [](const Body& body) { return body.Torso(); };
  const float plane = PercentilesOf(flat, torso).median, space = PercentilesOf(deep, torso).median;
  const auto body_angle = [](const Body& b) { return Angle(b.shoulders, b.hips, b.ankles); };
  const auto hips = [](const Body& b) { return b.HipDistance(); };
  const auto height = [](const Body& b) { return b.shoulders.y - b.wrists.y; };

  Measurements result;
  const Percentiles body = PercentilesOf(flat, body_angle), hip = PercentilesOf(flat, hips);
  result[kBodyAngle] = body.median;
  result[kBodyAngleHigh] = body.high;
  result[kHipsLow] = hip.low / plane;
  result[kHips] = hip.median / plane;
  result[kHipsHigh] = hip.high / plane;
  result[kHipsRange] = hip.range() / plane;
  result[kKneeAngle] =
      PercentilesOf(flat, [](const Body& b) { return Angle(b.hips, b.knees, b.ankles); }).median;
  const float travel = PercentilesOf(flat, height).range();
  result[kShoulderTravel] = travel / plane;
  result[kShoulderTravelDepth] = travel / space;
  result[kNeckRange] =
      PercentilesOf(flat, [](const Body& b) { return Angle(b.nose, b.shoulders, b.hips); }).range();
  result[kBodyAngleDepth] = PercentilesOf(deep, body_angle).median;
  result[kHipsDepth] = hip.median / space;
  const Percentiles lean = PercentilesOf(flat, [](const Body& b) {
    return Angle(b.shoulders, b.hips, {b.hips.x, b.hips.y - 1, 0});
  });
  result[kLean] = lean.median;
  result[kLeanRange] = lean.range();
  return result;
}

}  // namespace trackfit::skeleton
