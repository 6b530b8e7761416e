#include "dataset/motion_from_photos.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <span>

#include "skeleton/normalize.h"

namespace trackfit::dataset {
namespace {

using skeleton::Joint;
using skeleton::kJointCount;
using skeleton::Landmark;
using skeleton::Pose;

struct Vec {
  float x = 0, y = 0, z = 0;
};
Vec operator+(const Vec& a, const Vec& b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
Vec operator-(const Vec& a, const Vec& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
Vec operator*(const Vec& a, float s) { return {a.x * s, a.y * s, a.z * s}; }
float Dot(const Vec& a, const Vec& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
float Norm(const Vec& a) { return std::sqrt(Dot(a, a)); }
bool Finite(const Vec& a) { return std::isfinite(a.x) && std::isfinite(a.y) && std::isfinite(a.z); }
Vec Lerp(const Vec& a, const Vec& b, float t) { return a + (b - a) * t; }

// Height per width, so that x * 1, y * aspect and z / kDepthScale are isotropic.
float Aspect(const Pose& pose) {
  const bool known = pose.image_width > 0 && pose.image_height > 0;
  return known ? static_cast<float>(pose.image_height) / static_cast<float>(pose.image_width) : 1.0F;
}

using Points = std::array<Vec, kJointCount>;

Points Isotropic(const Pose& pose) {
  Points points;
  const float aspect = Aspect(pose);
  for (int j = 0; j < kJointCount; ++j) {
    points[j] = {pose.landmarks[j].x, pose.landmarks[j].y * aspect,
                 pose.landmarks[j].z / skeleton::kDepthScale};
  }
  return points;
}

// Turns a into b: the direction along the arc between them, the length in proportion.
Vec Swing(const Vec& a, const Vec& b, float t) {
  const float length_a = Norm(a), length_b = Norm(b);
  if (!(length_a > 1e-6F) || !(length_b > 1e-6F)) return Lerp(a, b, t);
  const Vec from = a * (1 / length_a), to = b * (1 / length_b);
  const float cosine = std::clamp(Dot(from, to), -1.0F, 1.0F);
  const float angle = std::acos(cosine);
  Vec side = to - from * cosine;
  // Opposite directions have no plane of their own: swing towards the camera, as it looks in the image.
  if (constexpr float kNearlyOpposite = -0.97F; cosine < kNearlyOpposite)
    side = Vec{0, 0, -1} + from * from.z;
  const float side_length = Norm(side);
  if (!(side_length > 1e-4F)) return Lerp(a, b, t);
  side = side * (1 / side_length);
  const Vec direction = from * std::cos(angle * t) + side * std::sin(angle * t);
  return direction * (length_a + (length_b - length_a) * t);
}

struct Bone {
  Joint child;
  Joint parent;
};

// Limbs from the trunk outwards; a parent comes before its children.
constexpr Bone kLimbs[] = {
    {skeleton::kLeftElbow, skeleton::kLeftShoulder},  {skeleton::kRightElbow, skeleton::kRightShoulder},
    {skeleton::kLeftWrist, skeleton::kLeftElbow},     {skeleton::kRightWrist, skeleton::kRightElbow},
    {skeleton::kLeftPinky, skeleton::kLeftWrist},     {skeleton::kRightPinky, skeleton::kRightWrist},
    {skeleton::kLeftIndex, skeleton::kLeftWrist},     {skeleton::kRightIndex, skeleton::kRightWrist},
    {skeleton::kLeftThumb, skeleton::kLeftWrist},     {skeleton::kRightThumb, skeleton::kRightWrist},
    {skeleton::kLeftKnee, skeleton::kLeftHip},        {skeleton::kRightKnee, skeleton::kRightHip},
    {skeleton::kLeftAnkle, skeleton::kLeftKnee},      {skeleton::kRightAnkle, skeleton::kRightKnee},
    {skeleton::kLeftHeel, skeleton::kLeftAnkle},      {skeleton::kRightHeel, skeleton::kRightAnkle},
    {skeleton::kLeftFootIndex, skeleton::kLeftAnkle}, {skeleton::kRightFootIndex, skeleton::kRightAnkle}};
constexpr int kFacePoints = 11;

// The moving linkage between two sets of points.
class Linkage {
 public:
  Linkage(const Points& a, const Points& b, float t) : a_(a), b_(b), t_(t) {}

  Points Solve() {
    for (int j = 0; j < kJointCount; ++j) points_[j] = StraightPoint(j);
    const Vec hips = Middle(points_, skeleton::kLeftHip, skeleton::kRightHip);
    if (!Finite(hips)) return points_;
    SpreadPair(skeleton::kLeftHip, skeleton::kRightHip, hips);
    const Vec shoulders =
        hips + Swing(MiddleOf(a_, true) - MiddleOf(a_, false), MiddleOf(b_, true) - MiddleOf(b_, false), t_);
    if (!Finite(shoulders)) return points_;
    SpreadPair(skeleton::kLeftShoulder, skeleton::kRightShoulder, shoulders);
    for (int j = 0; j < kFacePoints; ++j)
      Place(j, Swing(a_[j] - MiddleOf(a_, true), b_[j] - MiddleOf(b_, true), t_) + shoulders);
    for (const Bone& bone : kLimbs) {
      Place(bone.child, points_[bone.parent] +
                            Swing(a_[bone.child] - a_[bone.parent], b_[bone.child] - b_[bone.parent], t_));
    }
    return points_;
  }

 private:
  static Vec Middle(const Points& points, int left, int right) {
    return (points[left] + points[right]) * 0.5F;
  }
  static Vec MiddleOf(const Points& points, bool shoulders) {
    return shoulders ? Middle(points, skeleton::kLeftShoulder, skeleton::kRightShoulder)
                     : Middle(points, skeleton::kLeftHip, skeleton::kRightHip);
  }

  Vec StraightPoint(int j) const {
    if (!Finite(a_[j])) return b_[j];
    if (!Finite(b_[j])) return a_[j];
    return Lerp(a_[j], b_[j], t_);
  }

  // A joint that the linkage cannot reach (something on the way is absent) stays on its straight line.
  void Place(int joint, const Vec& point) {
    if (Finite(point)) points_[joint] = point;
  }

  void SpreadPair(int left, int right, const Vec& middle) {
    const Vec across = Swing(a_[left] - a_[right], b_[left] - b_[right], t_) * 0.5F;
    Place(left, middle + across);
    Place(right, middle - across);
  }

  const Points& a_;
  const Points& b_;
  float t_;
  Points points_{};
};

float Movement(const Pose& a, const Pose& b, std::span<const int> joints, bool exchanged) {
  const float aspect = Aspect(a);
  float sum = 0;
  for (const int j : joints) {
    const Landmark& from = a.landmarks[j];
    const Landmark& to = b.landmarks[exchanged ? skeleton::MirroredJoints()[j] : j];
    const float distance =
        std::hypot(to.x - from.x, (to.y - from.y) * aspect, (to.z - from.z) / skeleton::kDepthScale);
    if (std::isfinite(distance)) sum += distance;
  }
  return sum;
}

constexpr int kUpperBody[] = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22};
constexpr int kLowerBody[] = {23, 24, 25, 26, 27, 28, 29, 30, 31, 32};
// Exchanging must shorten the way clearly, or a movement that crosses over would be undone.
constexpr float kClearlyNearer = 0.75F;

// Acceleration and braking of a repetition: a half cosine.
double Ease(double t) { return 0.5 - 0.5 * std::cos(std::numbers::pi * std::clamp(t, 0.0, 1.0)); }

// How far from the start (0) to the end (1) a movement is at `time`.
double Phase(const Tempo& tempo, double time) {
  double t = std::fmod(time + tempo.offset, tempo.cycle());
  if (t < tempo.out) return Ease(t / tempo.out);
  t -= tempo.out + tempo.rest_at_end;
  if (t < 0) return 1;
  return t < tempo.back ? 1 - Ease(t / tempo.back) : 0;
}

}  // namespace

Pose RepairSides(const Pose& start, Pose end) {
  const Pose original = end;
  for (const std::span<const int> joints :
       {std::span<const int>(kUpperBody), std::span<const int>(kLowerBody)}) {
    if (Movement(start, original, joints, true) > kClearlyNearer * Movement(start, original, joints, false))
      continue;
    for (const int j : joints) end.landmarks[j] = original.landmarks[skeleton::MirroredJoints()[j]];
  }
  return end;
}

Pose InterpolateLinkage(const Pose& a, const Pose& b, float t) {
  const Points from = Isotropic(a), to = Isotropic(b);
  const Points points = Linkage(from, to, t).Solve();
  Pose pose = t < 0.5F ? a : b;
  const float aspect = Aspect(a);
  for (int j = 0; j < kJointCount; ++j) {
    Landmark& landmark = pose.landmarks[j];
    landmark = {points[j].x, points[j].y / aspect, points[j].z * skeleton::kDepthScale,
                a.landmarks[j].visibility + (b.landmarks[j].visibility - a.landmarks[j].visibility) * t,
                landmark.presence};
  }
  pose.has_world_landmarks = false;
  return pose;
}

std::vector<Pose> ToAndFro(const Pose& start, const Pose& end, const Tempo& tempo, int count,
                           double rate_hz) {
  std::vector<Pose> poses;
  poses.reserve(count);
  for (int i = 0; i < count; ++i) {
    const double time = i / rate_hz;
    Pose pose = InterpolateLinkage(start, end, static_cast<float>(Phase(tempo, time)));
    pose.sequence = i;
    pose.timestamp_us = std::llround(time * 1e6);
    poses.push_back(pose);
  }
  return poses;
}

}  // namespace trackfit::dataset
