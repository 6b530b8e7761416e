#include "training/disturbance.h"

#include <cmath>
#include <numbers>

#include "skeleton/normalize.h"
#include "training/limbs.h"

namespace trackfit::training {
namespace {

using skeleton::Landmark;
using skeleton::Pose;
using synthesis::Vec3;

constexpr double kMinDisplacement = 0.1;  // torso lengths
constexpr double kRateHz = 30;

double Uniform(Random& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}
double Sign(Random& random) { return Uniform(random, 0, 1) < 0.5 ? -1 : 1; }

Vec3 Direction(Random& random) {
  std::normal_distribution<double> normal;
  return synthesis::Normalized({normal(random), normal(random), normal(random)});
}

// At a wrong angle, constant or oscillating.
void TurnWrongly(std::span<Pose> poses, const Limb& limb, Random& random) {
  const Vec3 axis = Uniform(random, 0, 1) < 0.5 ? Vec3{0, 0, 1} : Direction(random);
  const double angle = Sign(random) * synthesis::Radians(Uniform(random, 15, 60));
  const bool swings = Uniform(random, 0, 1) < 0.4;
  const double frequency = Uniform(random, 0.2, 0.8), phase = Uniform(random, 0, 2 * std::numbers::pi);
  for (size_t t = 0; t < poses.size(); ++t) {
    const double swing =
        std::sin(2 * std::numbers::pi * frequency * static_cast<double>(t) / kRateHz + phase);
    TurnLimb(poses.subspan(t, 1), limb, axis, swings ? angle * swing : angle);
  }
}

// The limb's position relative to its root becomes the one of frame `from`.
template <typename Function>
void ReplaceInTime(std::span<Pose> poses, const Limb& limb, Function&& from) {
  const std::vector<Pose> original(poses.begin(), poses.end());
  for (size_t t = 0; t < poses.size(); ++t) {
    const Pose& other = original[from(t)];
    const Landmark& root = poses[t].landmarks[limb.root];
    const Landmark& other_root = other.landmarks[limb.root];
    for (const int joint : limb.joints) {
      Landmark& landmark = poses[t].landmarks[joint];
      const Landmark& source = other.landmarks[joint];
      landmark.x = root.x + source.x - other_root.x;
      landmark.y = root.y + source.y - other_root.y;
      landmark.z = root.z + source.z - other_root.z;
    }
  }
}

void Displace(std::span<Pose> poses, int joint, double torso, Random& random) {
  const Vec3 shift = Direction(random) * (torso * Uniform(random, 0.2, 0.6));
  for (Pose& pose : poses) {
    Landmark& landmark = pose.landmarks[joint];
    landmark.x += static_cast<float>(shift.x);
    landmark.y += static_cast<float>(shift.y);
    landmark.z += static_cast<float>(shift.z) * skeleton::kDepthScale;
  }
}

// Mean over the frames in which both are present.
double Displacement(std::span<const Pose> before, std::span<const Pose> after, int joint) {
  double sum = 0;
  int count = 0;
  for (size_t t = 0; t < before.size(); ++t) {
    const Landmark &a = before[t].landmarks[joint], &b = after[t].landmarks[joint];
    const double distance = std::hypot(a.x - b.x, a.y - b.y, (a.z - b.z) / skeleton::kDepthScale);
    if (!std::isfinite(distance)) continue;
    sum += distance;
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace

std::vector<int> Disturb(std::span<Pose> poses, Random& random) {
  const std::vector<Pose> before(poses.begin(), poses.end());
  const double torso = TorsoLength(before);
  const Limb& limb = Limbs()[std::uniform_int_distribution<size_t>(0, Limbs().size() - 1)(random)];
  const double kind = Uniform(random, 0, 1);
  if (kind < 0.5) {
    TurnWrongly(poses, limb, random);
  } else if (kind < 0.65) {
    const auto lag = static_cast<size_t>(Uniform(random, 0.2, 0.8) * kRateHz);
    ReplaceInTime(poses, limb, [lag](size_t t) { return t > lag ? t - lag : 0; });
  } else if (kind < 0.75) {
    const size_t still = std::uniform_int_distribution<size_t>(0, poses.size() - 1)(random);
    ReplaceInTime(poses, limb, [still](size_t) { return still; });
  } else {
    Displace(poses, limb.joints.front(), torso, random);
  }
  std::vector<int> moved;
  for (const int joint : limb.joints) {
    if (Displacement(before, poses, joint) > kMinDisplacement * torso) moved.push_back(joint);
  }
  return moved;
}

}  // namespace trackfit::training
