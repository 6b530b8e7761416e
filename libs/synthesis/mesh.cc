#include "synthesis/mesh.h"

namespace trackfit::synthesis {
namespace {

// Any two unit vectors that make a right angle with `axis` and each other.
std::array<Vec3, 2> Across(const Vec3& axis) {
  const Vec3 helper = std::abs(axis.y) < 0.9 ? Vec3{0, 1, 0} : Vec3{1, 0, 0};
  const Vec3 first = Normalized(Cross(axis, helper));
  return {first, Cross(axis, first)};
}

}  // namespace

void Mesh::AddTube(const std::vector<Ring>& rings, int sides) {
  const int count = static_cast<int>(rings.size());
  const int base = static_cast<int>(vertices_.size());
  const auto point = [&](int r, int s) {
    const double angle = 2 * std::numbers::pi * s / sides;
    return rings[r].centre + rings[r].across * std::cos(angle) + rings[r].along * std::sin(angle);
  };
  const Vec3 axis = rings.back().centre - rings.front().centre;
  for (int r = 0; r < count; ++r) {
    const int before = std::max(0, r - 1), after = std::min(count - 1, r + 1);
    for (int s = 0; s < sides; ++s) {
      const Vec3 here = point(r, s);
      Vec3 normal = Cross(point(r, s + 1) - point(r, s - 1), point(after, s) - point(before, s));
      if (Dot(normal, here - rings[r].centre) < 0) normal = -normal;
      if (Norm(normal) < 1e-12) normal = r == 0 ? -axis : axis;  // a ring shrunk to a point
      vertices_.push_back({here, Normalized(normal), rings[r].paint});
    }
  }
  for (int r = 0; r + 1 < count; ++r) {
    for (int s = 0; s < sides; ++s) {
      const int a = base + r * sides + s, b = base + r * sides + (s + 1) % sides;
      triangles_.push_back({a, b, a + sides});
      triangles_.push_back({b, b + sides, a + sides});
    }
  }
  for (const int end : {0, count - 1}) {
    const Vec3 normal = Normalized(end == 0 ? rings[0].centre - rings[1].centre : axis);
    const int first = static_cast<int>(vertices_.size());
    for (int s = 0; s < sides; ++s) vertices_.push_back({point(end, s), normal, rings[end].paint});
    for (int s = 1; s + 1 < sides; ++s) triangles_.push_back({first, first + s, first + s + 1});
  }
}

void Mesh::AddCapsule(const Vec3& from, const Vec3& to, double from_radius, double to_radius,
                      const Paint& paint, int sides) {
  const Vec3 axis = Normalized(to - from);
  const auto [u, v] = Across(axis);
  std::vector<Ring> rings;
  constexpr std::array<double, 4> kCap = {1.0, 0.86, 0.5, 0.0};  // steps along the rounded end
  for (const double x : kCap) {
    const double r = from_radius * std::sqrt(1 - x * x);
    rings.push_back({from - axis * (x * from_radius), u * r, v * r, paint});
  }
  for (int i = static_cast<int>(kCap.size()) - 1; i >= 0; --i) {
    const double r = to_radius * std::sqrt(1 - kCap[i] * kCap[i]);
    rings.push_back({to + axis * (kCap[i] * to_radius), u * r, v * r, paint});
  }
  AddTube(rings, sides);
}

void Mesh::AddCylinder(const Vec3& from, const Vec3& to, double radius, const Paint& paint, int sides) {
  const auto [u, v] = Across(Normalized(to - from));
  AddTube({{from, u * radius, v * radius, paint}, {to, u * radius, v * radius, paint}}, sides);
}

void Mesh::AddEllipsoid(const Vec3& centre, const Frame& frame, const Vec3& half_axes, const Paint& paint,
                        int sides) {
  std::vector<Ring> rings;
  const int steps = std::max(4, sides / 2);
  for (int i = 0; i <= steps; ++i) {
    const double angle = std::numbers::pi * i / steps;
    const double r = std::sin(angle);
    rings.push_back({centre + frame.up * (-half_axes.y * std::cos(angle)), frame.left * (half_axes.x * r),
                     frame.forward * (half_axes.z * r), paint});
  }
  AddTube(rings, sides);
}

void Mesh::AddBox(const Vec3& centre, const Vec3& half, const Paint& paint) {
  const std::array<Frame, 3> faces = {Frame{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}},
                                      Frame{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}},
                                      Frame{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  const auto scaled = [&](const Vec3& a) { return Vec3{a.x * half.x, a.y * half.y, a.z * half.z}; };
  for (const Frame& face : faces) {
    for (const double sign : {-1.0, 1.0}) {
      const int first = static_cast<int>(vertices_.size());
      for (const auto& [a, b] : {std::array{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}) {
        vertices_.push_back(
            {centre + scaled(face.forward * sign + face.left * a + face.up * b), face.forward * sign, paint});
      }
      triangles_.push_back({first, first + 1, first + 2});
      triangles_.push_back({first, first + 2, first + 3});
    }
  }
}

}  // namespace trackfit::synthesis
