// A human body as a linkage: segment lengths, and a figure that is posed part by part into the 33 BlazePose
// joints. Segment lengths as fractions of stature follow Drillis and Contini (1966), as printed in D. A.
// Winter, "Biomechanics and Motor Control of Human Movement"; joint centres are placed where BlazePose marks
// them.
#ifndef TRACKFIT_SYNTHESIS_BODY_H_
#define TRACKFIT_SYNTHESIS_BODY_H_

#include <array>

#include "skeleton/joint.h"
#include "synthesis/random.h"
#include "synthesis/vec3.h"

namespace trackfit::synthesis {

using Joints = std::array<Vec3, skeleton::kJointCount>;

enum class Side : int { kLeft = 0, kRight = 1 };
inline constexpr std::array<Side, 2> kSides = {Side::kLeft, Side::kRight};
constexpr double Sign(Side side) { return side == Side::kLeft ? 1 : -1; }
// A joint's index on `side`: BlazePose gives the right one the index after the left one (not in the face).
constexpr int OnSide(skeleton::Joint left, Side side) { return left + static_cast<int>(side); }

inline Vec3 MidHip(const Joints& j) { return Middle(j[skeleton::kLeftHip], j[skeleton::kRightHip]); }
inline Vec3 MidShoulder(const Joints& j) {
  return Middle(j[skeleton::kLeftShoulder], j[skeleton::kRightShoulder]);
}

// How a person differs from the average; the scales multiply the average segment (1 = average).
struct Proportions {
  double stature = 1.75;  // metres
  double arms = 1;
  double legs = 1;
  double trunk = 1;
  double shoulders = 1;
  double hips = 1;
  double girth = 1;  // thickness of limbs and trunk; seen in images only
};

Proportions DrawProportions(const NamedRandom& random);

// Segment lengths in metres.
struct Body {
  explicit Body(const Proportions& proportions);

  Proportions proportions;
  double stature;
  double upper_arm, forearm;
  double thigh, shank;
  double trunk;           // mid-hip to mid-shoulder
  double shoulder_width;  // between the shoulder joints
  double hip_width;       // between the hip joints
  double ankle_height;    // ankle above the sole
  double Arm() const { return upper_arm + forearm; }
  double Leg() const { return thigh + shank; }
};

// Poses a body part by part: trunk first, then head, arms and legs, then hands and feet.
class Figure {
 public:
  explicit Figure(const Body& body) : body_(body) {}

  // The trunk bends at two fifths of its length; `chest` also carries the shoulders.
  void PlaceTrunk(const Vec3& mid_hip, const Frame& pelvis, const Frame& chest);
  // Moves a shoulder joint up along the chest (metres), as the shoulder blade does.
  void RaiseShoulder(Side side, double up);
  void PlaceHead(const Frame& head);
  // Two-bone inverse kinematics: the joint between bends towards `pole`; a target out of reach is approached.
  void ReachWrist(Side side, const Vec3& wrist, const Vec3& pole);
  void ReachAnkle(Side side, const Vec3& ankle, const Vec3& pole);
  // Forward kinematics: directions need not be unit vectors.
  void PointArm(Side side, const Vec3& upper_arm, const Vec3& forearm);
  void PointLeg(Side side, const Vec3& thigh, const Vec3& shank);
  // `thumb` is the direction across the palm to the thumb's side.
  void PlaceHand(Side side, const Vec3& fingers, const Vec3& thumb);
  void PlaceFoot(Side side, const Vec3& toes, const Vec3& up);

  const Body& body() const { return body_; }
  const Frame& chest() const { return chest_; }
  const Joints& joints() const { return joints_; }
  const Vec3& at(skeleton::Joint left, Side side) const { return joints_[OnSide(left, side)]; }
  Vec3 ForearmDirection(Side side) const;

 private:
  Vec3& At(skeleton::Joint left, Side side) { return joints_[OnSide(left, side)]; }

  const Body& body_;
  Frame chest_;
  Joints joints_{};
};

}  // namespace trackfit::synthesis

#endif  // TRACKFIT_SYNTHESIS_BODY_H_
