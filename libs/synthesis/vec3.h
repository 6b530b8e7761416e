// Small vector algebra of the synthetic world. Metres; right-handed; y up.
#ifndef TRACKFIT_SYNTHESIS_VEC3_H_
#define TRACKFIT_SYNTHESIS_VEC3_H_

#include <algorithm>
#include <cmath>
#include <numbers>

namespace trackfit::synthesis {

struct Vec3 {
  double x = 0;
  double y = 0;
  double z = 0;

  friend constexpr bool operator==(const Vec3&, const Vec3&) = default;
};

constexpr Vec3 operator+(const Vec3& a, const Vec3& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
constexpr Vec3 operator-(const Vec3& a, const Vec3& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
constexpr Vec3 operator-(const Vec3& a) { return {-a.x, -a.y, -a.z}; }
constexpr Vec3 operator*(const Vec3& a, double s) { return {a.x * s, a.y * s, a.z * s}; }
constexpr Vec3 operator*(double s, const Vec3& a) { return a * s; }
constexpr double Dot(const Vec3& a, const Vec3& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
constexpr Vec3 Cross(const Vec3& a, const Vec3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double Norm(const Vec3& a) { return std::sqrt(Dot(a, a)); }
inline double Distance(const Vec3& a, const Vec3& b) { return Norm(a - b); }
inline Vec3 Normalized(const Vec3& a) {
  const double norm = Norm(a);
  return norm > 1e-12 ? a * (1 / norm) : Vec3{0, 1, 0};
}
constexpr Vec3 Lerp(const Vec3& a, const Vec3& b, double t) { return a + (b - a) * t; }
constexpr Vec3 Middle(const Vec3& a, const Vec3& b) { return Lerp(a, b, 0.5); }
constexpr double Mix(double from, double to, double t) { return from + (to - from) * t; }
constexpr double Radians(double degrees) { return degrees * std::numbers::pi / 180; }

// The part of `a` at right angles to the unit vector `axis`.
constexpr Vec3 Perpendicular(const Vec3& a, const Vec3& axis) { return a - axis * Dot(a, axis); }

// The orientation of a body part: orthonormal, left x up = forward. The default stands upright and faces +z.
struct Frame {
  Vec3 left{1, 0, 0};
  Vec3 up{0, 1, 0};
  Vec3 forward{0, 0, 1};

  // A direction given by its components along the frame's axes.
  constexpr Vec3 Along(double l, double u, double f) const { return left * l + up * u + forward * f; }
};

// Turns about the frame's own axes (radians). Pitch > 0 bows forward, yaw > 0 turns to the own left,
// roll > 0 tips to the own left.
inline Frame Pitch(const Frame& a, double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  return {a.left, a.up * c + a.forward * s, a.forward * c - a.up * s};
}
inline Frame Yaw(const Frame& a, double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  return {a.left * c - a.forward * s, a.up, a.forward * c + a.left * s};
}
inline Frame Roll(const Frame& a, double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  return {a.left * c - a.up * s, a.up * c + a.left * s, a.forward};
}

// The frame whose up is `up` and whose forward is as near to `forward` as that allows.
inline Frame FrameFromUp(const Vec3& up, const Vec3& forward) {
  const Vec3 u = Normalized(up);
  const Vec3 f = Normalized(Perpendicular(forward, u));
  return {Cross(u, f), u, f};
}

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_VEC3_H_
