#include "synthesis/exercise.h"

namespace trackfit::synthesis {

void PlaceTrunkAndHead(const Performer& performer, const Moment& moment, const Vec3& mid_hip,
                       const Frame& pelvis, const Frame& chest, double chin_down, Figure& figure) {
  const auto sway = [&](std::string_view name, double degrees) {
    return Radians(performer.Sway(name, degrees, moment));
  };
  const Frame swaying_chest =
      Roll(Pitch(Yaw(chest, sway("chest yaw", 1.2)), sway("chest pitch", 0.8)), sway("chest roll", 0.7));
  figure.PlaceTrunk(mid_hip, pelvis, swaying_chest);
  const Frame head = Yaw(swaying_chest, performer.StyleAngle("head yaw", -8, 8) + sway("head yaw", 2.5));
  figure.PlaceHead(
      Pitch(head, chin_down + performer.StyleAngle("head pitch", -8, 12) + sway("head pitch", 1.8)));
}

void PlantFeet(const Figure& posed, double width, double z, double toe_out, const Vec3& knee_bias,
               Figure& figure) {
  for (const Side side : kSides) {
    const Vec3 toes{Sign(side) * std::sin(toe_out), 0, std::cos(toe_out)};
    const Vec3 ankle{Sign(side) * width / 2, posed.body().ankle_height, z};
    figure.ReachAnkle(side, ankle, toes + knee_bias);
    figure.PlaceFoot(side, toes, {0, 1, 0});
  }
}

void Stand(const Performer& performer, const Moment& moment, const Stance& stance, Figure& figure) {
  const Body& body = performer.body();
  const double leg = std::sqrt(body.thigh * body.thigh + body.shank * body.shank +
                               2 * body.thigh * body.shank * std::cos(stance.knee_bend));
  const double sideways = (stance.width - body.hip_width) / 2;
  const double sway_x = performer.Sway("hip x", 0.006, moment);
  const double sway_z = performer.Sway("hip z", 0.005, moment);
  // Bowing moves the hips back, so that the weight stays above the feet.
  const double back = 0.35 * body.trunk * std::sin(std::max(0.0, stance.lean));
  const double height = std::sqrt(std::max(0.01, leg * leg - sideways * sideways - back * back));
  const Vec3 mid_hip{sway_x, body.ankle_height + height - std::abs(sway_x) * 0.2, sway_z - back};

  const Frame pelvis = Roll(Pitch(Frame{}, 0.85 * stance.lean), 0.5 * stance.side_lean);
  const Frame chest = Roll(Pitch(Yaw(Frame{}, stance.twist), stance.lean), stance.side_lean);
  PlaceTrunkAndHead(performer, moment, mid_hip, pelvis, chest, -0.5 * stance.lean, figure);

  PlantFeet(figure, stance.width, 0, stance.toe_out, {}, figure);
}

double AnkleOnBall(const Body& body) { return 0.099 * body.stature; }

void PlaceFootOnBall(Side side, Figure& figure) { figure.PlaceFoot(side, {0, -0.93, 0.37}, {0, 0.37, 0.93}); }

void FollowForearm(Side side, const Vec3& thumb, Figure& figure) {
  figure.PlaceHand(side, figure.ForearmDirection(side), thumb);
}

void HangArms(const Performer& performer, const Moment& moment, double swing, Figure& figure) {
  const Frame& chest = figure.chest();
  const double abduct = performer.StyleAngle("arm abduction", 6, 16);
  const double bend = performer.StyleAngle("arm bend", 6, 22) + 0.25 * std::abs(swing);
  for (const Side side : kSides) {
    const double forward = Sign(side) * swing + Radians(performer.Sway("arm swing", 1.5, moment));
    const Vec3 out = Outward(chest, side) * std::sin(abduct);
    const Vec3 upper = Vec3{0, -std::cos(forward), 0} + chest.forward * std::sin(forward) + out;
    const Vec3 fore =
        Vec3{0, -std::cos(forward + bend), 0} + chest.forward * std::sin(forward + bend) + out * 0.3;
    figure.PointArm(side, upper, fore);
    FollowForearm(side, chest.forward - Outward(chest, side) * 0.3, figure);
  }
}

void PoseCurlArms(const CurlArms& arms, Figure& figure) {
  const Frame& chest = figure.chest();
  const Body& body = figure.body();
  const double straight = (arms.grip - body.shoulder_width) / 2 / body.Arm();
  const double bent = std::clamp(arms.flexion / Radians(75), 0.0, 1.0);
  const double outward = straight + (std::sin(arms.abduct) - straight) * bent * bent * (3 - 2 * bent);
  for (const Side side : kSides) {
    const double s = Sign(side);
    const Vec3 upper = Normalized(chest.Along(s * outward, -std::cos(arms.raise), std::sin(arms.raise)));
    // The bar keeps the hands `grip` apart: what is left of the forearm moves in the sagittal plane.
    const double elbow_out = body.shoulder_width / 2 + Dot(upper, Outward(chest, side)) * body.upper_arm;
    const double aside =
        std::clamp(arms.grip / 2 - elbow_out, -0.6 * body.forearm, 0.6 * body.forearm) / body.forearm;
    const double sagittal = std::sqrt(1 - aside * aside);
    const double angle = arms.raise + arms.flexion;
    const Vec3 fore = chest.Along(s * aside, -std::cos(angle) * sagittal, std::sin(angle) * sagittal);
    figure.PointArm(side, upper, fore);
    FollowForearm(side, Outward(chest, side) * (arms.supinated ? 1 : -1), figure);
  }
}

}  // namespace trackfit::synthesis
