#include "synthesis/body.h"

namespace trackfit::synthesis {
namespace {

using skeleton::Joint;

constexpr double kLumbarShare = 0.4;  // of the trunk's length below the bend

struct TwoBone {
  Vec3 middle;
  Vec3 end;
};

TwoBone SolveTwoBone(const Vec3& root, const Vec3& target, double first, double second, const Vec3& pole) {
  const double wanted = Distance(root, target);
  const double longest = (first + second) * 0.9995;
  const double shortest = std::abs(first - second) + 0.05 * std::min(first, second);
  const double reach = std::clamp(wanted, shortest, longest);
  const Vec3 axis = Normalized(target - root);
  const double along = (first * first - second * second + reach * reach) / (2 * reach);
  const double aside = std::sqrt(std::max(0.0, first * first - along * along));
  const Vec3 bend = Normalized(Perpendicular(pole, axis));
  return {root + axis * along + bend * aside, root + axis * reach};
}

}  // namespace

Proportions DrawProportions(const NamedRandom& random) {
  const auto scale = [&](const char* name, double deviation) {
    return 1 + deviation * std::clamp(random.Normal(name), -2.2, 2.2);
  };
  Proportions p;
  p.stature = 1.72 * scale("stature", 0.055);
  p.arms = scale("arms", 0.035);
  p.legs = scale("legs", 0.035);
  p.trunk = scale("trunk", 0.04);
  p.shoulders = scale("shoulders", 0.07);
  p.hips = scale("hips", 0.08);
  p.girth = scale("girth", 0.09);
  return p;
}

Body::Body(const Proportions& p)
    : proportions(p),
      stature(p.stature),
      upper_arm(0.172 * p.stature * p.arms),
      forearm(0.152 * p.stature * p.arms),
      thigh(0.240 * p.stature * p.legs),
      shank(0.243 * p.stature * p.legs),
      trunk(0.288 * p.stature * p.trunk),
      shoulder_width(0.205 * p.stature * p.shoulders),
      hip_width(0.118 * p.stature * p.hips),
      ankle_height(0.045 * p.stature) {}

void Figure::PlaceTrunk(const Vec3& mid_hip, const Frame& pelvis, const Frame& chest) {
  chest_ = chest;
  const Vec3 mid_shoulder =
      mid_hip + pelvis.up * (kLumbarShare * body_.trunk) + chest.up * ((1 - kLumbarShare) * body_.trunk);
  for (const Side side : kSides) {
    At(skeleton::kLeftHip, side) = mid_hip + pelvis.left * (Sign(side) * body_.hip_width / 2);
    At(skeleton::kLeftShoulder, side) = mid_shoulder + chest.left * (Sign(side) * body_.shoulder_width / 2);
  }
}

void Figure::RaiseShoulder(Side side, double up) {
  Vec3& shoulder = At(skeleton::kLeftShoulder, side);
  shoulder = shoulder + chest_.Along(0, up, 0);
}

void Figure::PlaceHead(const Frame& head) {
  const double h = body_.stature;
  const Vec3 base = MidShoulder(joints_);
  // The neck follows the chest half-way, then the head.
  const Vec3 centre = base + chest_.up * (0.055 * h) + head.Along(0, 0.060 * h, 0.016 * h);
  const auto put = [&](Joint joint, double left, double up, double forward) {
    joints_[joint] = centre + head.Along(left * h, up * h, forward * h);
  };
  put(skeleton::kNose, 0, -0.005, 0.064);
  const std::array<std::array<Joint, 5>, 2> face = {
      {{skeleton::kLeftEyeInner, skeleton::kLeftEye, skeleton::kLeftEyeOuter, skeleton::kLeftEar,
        skeleton::kMouthLeft},
       {skeleton::kRightEyeInner, skeleton::kRightEye, skeleton::kRightEyeOuter, skeleton::kRightEar,
        skeleton::kMouthRight}}};
  for (const Side side : kSides) {
    const double s = Sign(side);
    const auto& part = face[static_cast<int>(side)];
    put(part[0], s * 0.009, 0.016, 0.052);
    put(part[1], s * 0.018, 0.016, 0.049);
    put(part[2], s * 0.026, 0.016, 0.044);
    put(part[3], s * 0.043, 0.004, -0.004);
    put(part[4], s * 0.014, -0.028, 0.048);
  }
}

void Figure::ReachWrist(Side side, const Vec3& wrist, const Vec3& pole) {
  const auto [middle, end] =
      SolveTwoBone(at(skeleton::kLeftShoulder, side), wrist, body_.upper_arm, body_.forearm, pole);
  At(skeleton::kLeftElbow, side) = middle;
  At(skeleton::kLeftWrist, side) = end;
}

void Figure::ReachAnkle(Side side, const Vec3& ankle, const Vec3& pole) {
  const auto [middle, end] =
      SolveTwoBone(at(skeleton::kLeftHip, side), ankle, body_.thigh, body_.shank, pole);
  At(skeleton::kLeftKnee, side) = middle;
  At(skeleton::kLeftAnkle, side) = end;
}

void Figure::PointArm(Side side, const Vec3& upper_arm, const Vec3& forearm) {
  Vec3& elbow = At(skeleton::kLeftElbow, side);
  elbow = at(skeleton::kLeftShoulder, side) + Normalized(upper_arm) * body_.upper_arm;
  At(skeleton::kLeftWrist, side) = elbow + Normalized(forearm) * body_.forearm;
}

void Figure::PointLeg(Side side, const Vec3& thigh, const Vec3& shank) {
  Vec3& knee = At(skeleton::kLeftKnee, side);
  knee = at(skeleton::kLeftHip, side) + Normalized(thigh) * body_.thigh;
  At(skeleton::kLeftAnkle, side) = knee + Normalized(shank) * body_.shank;
}

void Figure::PlaceHand(Side side, const Vec3& fingers, const Vec3& thumb) {
  const double h = body_.stature;
  const Vec3& wrist = at(skeleton::kLeftWrist, side);
  const Vec3 f = Normalized(fingers);
  const Vec3 t = Normalized(Perpendicular(thumb, f));
  At(skeleton::kLeftIndex, side) = wrist + f * (0.053 * h) + t * (0.016 * h);
  At(skeleton::kLeftPinky, side) = wrist + f * (0.047 * h) - t * (0.020 * h);
  At(skeleton::kLeftThumb, side) = wrist + f * (0.028 * h) + t * (0.026 * h);
}

void Figure::PlaceFoot(Side side, const Vec3& toes, const Vec3& up) {
  const double h = body_.stature;
  const Vec3& ankle = at(skeleton::kLeftAnkle, side);
  const Vec3 u = Normalized(up);
  const Vec3 t = Normalized(Perpendicular(toes, u));
  At(skeleton::kLeftHeel, side) = ankle - u * (0.030 * h) - t * (0.024 * h);
  At(skeleton::kLeftFootIndex, side) = ankle - u * (0.034 * h) + t * (0.090 * h);
}

Vec3 Figure::ForearmDirection(Side side) const {
  return Normalized(at(skeleton::kLeftWrist, side) - at(skeleton::kLeftElbow, side));
}

}  // namespace trackfit::synthesis
