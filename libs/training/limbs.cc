#include "training/limbs.h"

#include <cmath>

#include "skeleton/normalize.h"

namespace trackfit::training {

const std::vector<Limb>& Limbs() {
  using namespace skeleton;  // NOLINT(google-build-using-namespace): thirty joints
  static const auto* const kLimbs = new std::vector<Limb>{
      {"left arm", kLeftShoulder, {kLeftElbow, kLeftWrist, kLeftPinky, kLeftIndex, kLeftThumb}},
      {"right arm", kRightShoulder, {kRightElbow, kRightWrist, kRightPinky, kRightIndex, kRightThumb}},
      {"left forearm", kLeftElbow, {kLeftWrist, kLeftPinky, kLeftIndex, kLeftThumb}},
      {"right forearm", kRightElbow, {kRightWrist, kRightPinky, kRightIndex, kRightThumb}},
      {"left leg", kLeftHip, {kLeftKnee, kLeftAnkle, kLeftHeel, kLeftFootIndex}},
      {"right leg", kRightHip, {kRightKnee, kRightAnkle, kRightHeel, kRightFootIndex}},
      {"left shank", kLeftKnee, {kLeftAnkle, kLeftHeel, kLeftFootIndex}},
      {"right shank", kRightKnee, {kRightAnkle, kRightHeel, kRightFootIndex}},
  };
  return *kLimbs;
}

void TurnLimb(std::span<skeleton::Pose> poses, const Limb& limb, const synthesis::Vec3& axis,
              double radians) {
  const double cosine = std::cos(radians), sine = std::sin(radians);
  for (skeleton::Pose& pose : poses) {
    const skeleton::Landmark root = pose.landmarks[limb.root];
    if (!std::isfinite(root.x)) continue;
    for (const int joint : limb.joints) {
      skeleton::Landmark& landmark = pose.landmarks[joint];
      const synthesis::Vec3 arm{landmark.x - root.x, landmark.y - root.y,
                                (landmark.z - root.z) / skeleton::kDepthScale};
      // Rodrigues' formula.
      const synthesis::Vec3 turned =
          arm * cosine + Cross(axis, arm) * sine + axis * (Dot(axis, arm) * (1 - cosine));
      landmark.x = root.x + static_cast<float>(turned.x);
      landmark.y = root.y + static_cast<float>(turned.y);
      landmark.z = root.z + static_cast<float>(turned.z) * skeleton::kDepthScale;
    }
  }
}

}  // namespace trackfit::training
