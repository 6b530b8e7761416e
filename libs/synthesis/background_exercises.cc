// Other motions: what must not be taken for one of the product's exercises.
#include "synthesis/exercise.h"

namespace trackfit::synthesis {
namespace {

using skeleton::kLeftHip;
using skeleton::kLeftShoulder;

double Wave(double cycles) { return std::sin(2 * std::numbers::pi * cycles); }

Stance EasyStance(const Performer& p) {
  Stance stance;
  stance.width = p.Style("stance", 0.16, 0.45);
  stance.toe_out = p.StyleAngle("toe out", 2, 22);
  stance.knee_bend = p.StyleAngle("knee bend", 4, 16);
  stance.lean = p.StyleAngle("lean", -3, 5);
  return stance;
}

void PoseStandingIdle(const Performer& p, const Moment& m, Figure& figure) {
  Stance stance = EasyStance(p);
  stance.side_lean = Radians(p.Sway("side lean", 2.0, m));
  stance.twist = Radians(p.Sway("twist", 5.0, m));
  stance.lean += Radians(p.Sway("lean", 1.5, m));
  Stand(p, m, stance, figure);
  HangArms(p, m, Radians(p.Sway("idle arms", 4, m)), figure);
}

void PoseWalking(const Performer& p, const Moment& m, Figure& figure) {
  const Body& body = p.body();
  Stance stance = EasyStance(p);
  stance.width = p.Style("stance", 0.12, 0.24);
  stance.twist = Radians(6) * Wave(m.cycle);
  Stand(p, m, stance, figure);
  const double lift = p.Style("lift", 0.06, 0.22) * body.stature;
  for (const Side side : kSides) {
    const double up = std::max(0.0, Sign(side) * Wave(m.cycle));
    const Vec3 ankle{Sign(side) * stance.width / 2, body.ankle_height + lift * up, -0.10 * body.stature * up};
    figure.ReachAnkle(side, ankle, {0, 0, 1});
    figure.PlaceFoot(side, {0, -0.7 * up, 1}, {0, 1, 0.7 * up});
  }
  HangArms(p, m, -p.StyleAngle("arm swing", 12, 35) * Wave(m.cycle), figure);
}

void PoseShoulderPress(const Performer& p, const Moment& m, Figure& figure) {
  const Body& body = p.body();
  const double h = body.stature;
  Stance stance = EasyStance(p);
  stance.lean = p.StyleAngle("lean back", -7, 1);
  Stand(p, m, stance, figure);
  const Frame& chest = figure.chest();
  for (const Side side : kSides) {
    const double s = Sign(side);
    figure.RaiseShoulder(side, 0.03 * h * m.phase);
    const Vec3& shoulder = figure.at(kLeftShoulder, side);
    const Vec3 low =
        shoulder + chest.Along(s * p.Style("grip", 0.03, 0.22), 0.03 * h, h * p.Style("rack", 0.03, 0.08));
    const Vec3 high =
        shoulder + chest.Along(s * p.Style("grip high", -0.02, 0.16), 0.95 * body.Arm(), 0.01 * h);
    figure.ReachWrist(side, Lerp(low, high, m.phase),
                      chest.Along(s, -0.8, p.Style("elbows front", -0.1, 0.7)));
    FollowForearm(side, chest.left * -s, figure);
  }
}

void PoseLunge(const Performer& p, const Moment& m, Figure& figure) {
  const Body& body = p.body();
  const Side front = p.Chance("left in front", 0.5) ? Side::kLeft : Side::kRight;
  const double length = body.stature * p.Style("step", 0.34, 0.48);
  const double depth = Mix(p.Style("start depth", 0.05, 0.2), 1.0, m.phase);
  const double high = std::sqrt(std::pow(0.99 * body.Leg(), 2) - length * length / 4);
  const double low = body.thigh * p.Style("depth", 0.95, 1.15);
  const Vec3 mid_hip{p.Sway("hip x", 0.006, m), body.ankle_height + Mix(high, low, depth), 0};
  const double lean = p.StyleAngle("lunge lean", 2, 18);
  PlaceTrunkAndHead(p, m, mid_hip, Pitch(Frame{}, 0.5 * lean), Pitch(Frame{}, lean), -0.3 * lean, figure);
  const double width = p.Style("stance", 0.12, 0.28);
  for (const Side side : kSides) {
    const bool is_front = side == front;
    const double y = body.ankle_height + (is_front ? 0 : 0.07 * body.stature);
    figure.ReachAnkle(side, {Sign(side) * width / 2, y, (is_front ? 0.5 : -0.5) * length},
                      {0, is_front ? 0.3 : -0.6, 1});
    figure.PlaceFoot(side, is_front ? Vec3{0, 0, 1} : Vec3{0, -0.9, 0.6},
                     is_front ? Vec3{0, 1, 0} : Vec3{0, 0.6, 0.9});
  }
  if (p.Chance("hands on hips", 0.4)) {
    for (const Side side : kSides) {
      const Vec3 hand = figure.at(kLeftHip, side) + Vec3{Sign(side) * 0.06, 0.08, 0.05};
      figure.ReachWrist(side, hand, {Sign(side), 0, -0.5});
      FollowForearm(side, {0, 1, 0}, figure);
    }
    return;
  }
  HangArms(p, m, 0, figure);
}

void PoseJumpingJack(const Performer& p, const Moment& m, Figure& figure) {
  const Body& body = p.body();
  Stance stance = EasyStance(p);
  stance.width = Mix(0.14, p.Style("jump width", 0.6, 0.95), m.phase);
  stance.knee_bend = Radians(8) + Radians(14) * std::sin(std::numbers::pi * std::min(m.phase, 1.0));
  stance.toe_out = Radians(Mix(5, 25, m.phase));
  Stand(p, m, stance, figure);
  const double raise = Mix(p.StyleAngle("arms low", 8, 20), p.StyleAngle("arms high", 140, 172), m.phase);
  for (const Side side : kSides) {
    figure.RaiseShoulder(side, 0.03 * body.stature * m.phase);
    const double s = Sign(side);
    const double bent = raise + p.StyleAngle("elbow", 4, 24) * m.phase;
    figure.PointArm(side, {s * std::sin(raise), -std::cos(raise), 0.1},
                    {s * std::sin(bent), -std::cos(bent), 0.12});
    FollowForearm(side, {0, 0.3, 1}, figure);
  }
}

// Lying on the back with the knees bent, the trunk at `rise` above the floor.
void LieWithBentKnees(const Performer& p, const Moment& m, double rise, double hip_lift, Figure& figure) {
  const Body& body = p.body();
  const Vec3 mid_hip{0, 0.065 * body.stature + hip_lift, 0};
  const Vec3 low_spine{0, std::sin(0.8 * rise), -std::cos(0.8 * rise)};
  const Vec3 high_spine{0, std::sin(rise), -std::cos(rise)};
  const Frame pelvis = FrameFromUp(low_spine, {0, 1, 0.01});
  PlaceTrunkAndHead(p, m, mid_hip, pelvis, FrameFromUp(high_spine, {0, 1, 0.01}), 0.25 * rise, figure);
  PlantFeet(figure, p.Style("stance", 0.14, 0.36), body.stature * p.Style("feet forward", 0.24, 0.34),
            p.StyleAngle("toe out", 0, 15), {0, 2, 0}, figure);
}

void PoseSitUp(const Performer& p, const Moment& m, Figure& figure) {
  const double rise = Mix(Radians(1), p.StyleAngle("rise", 30, 82), m.phase);
  LieWithBentKnees(p, m, rise, 0, figure);
  const Frame& chest = figure.chest();
  const double h = p.body().stature;
  const bool behind_head = p.Chance("hands behind head", 0.5);
  for (const Side side : kSides) {
    const double s = Sign(side);
    const Vec3& shoulder = figure.at(kLeftShoulder, side);
    const Vec3 hand = shoulder + (behind_head ? chest.Along(-s * 0.05 * h, 0.10 * h, 0.0)
                                              : chest.Along(-s * 0.14 * h, -0.08 * h, 0.09 * h));
    figure.ReachWrist(side, hand, behind_head ? chest.Along(s, 0.3, 0.6) : chest.Along(s, -1, 0.2));
    figure.PlaceHand(side, chest.Along(-s, 0.4, 0), chest.up);
  }
}

void PoseGluteBridge(const Performer& p, const Moment& m, Figure& figure) {
  const Body& body = p.body();
  const double lift = m.phase * body.trunk * std::sin(p.StyleAngle("bridge", 22, 36));
  const double fall = -std::asin(lift / body.trunk);
  LieWithBentKnees(p, m, fall, lift, figure);
  for (const Side side : kSides) {
    const Vec3 along{Sign(side) * p.Style("arms out", 0.15, 0.5), -0.05, 1};
    figure.PointArm(side, along, along);
    FollowForearm(side, {Sign(side), 0, 0}, figure);
  }
}

void PoseDeadlift(const Performer& p, const Moment& m, Figure& figure) {
  Stance stance = EasyStance(p);
  const double down = m.phase;  // starts upright; the bar goes to the shins and back
  stance.width = p.Style("stance", 0.22, 0.42);
  stance.lean = Mix(Radians(2), p.StyleAngle("hinge", 48, 74), down);
  stance.knee_bend = Mix(Radians(6), p.StyleAngle("knees", 20, 75), down);
  Stand(p, m, stance, figure);
  const double abduct = p.Style("grip", 0.04, 0.16);
  for (const Side side : kSides) {
    const Vec3 along{Sign(side) * abduct, -1, Mix(0.10, -0.02, down)};
    figure.PointArm(side, along, along);
    FollowForearm(side, Outward(figure.chest(), side) * -1, figure);
  }
}

Equipment Dumbbells(const Performer&) { return {.held = HeldEquipment::kDumbbells}; }
Equipment PressEquipment(const Performer& p) {
  return p.Chance("dumbbells", 0.5) ? Dumbbells(p) : Barbell(p);
}

// Straight arms lifted in a plane between front (0) and side (1).
void RaiseArms(const Performer& p, const Moment& m, double plane, Figure& figure) {
  Stand(p, m, EasyStance(p), figure);
  const double raise = Mix(p.StyleAngle("low", 4, 14), p.StyleAngle("high", 76, 102), m.phase);
  const double elbow = p.StyleAngle("elbow", 3, 24);
  const Frame& chest = figure.chest();
  for (const Side side : kSides) {
    const double s = Sign(side);
    const auto along = [&](double angle) {
      return chest.Along(s * plane * std::sin(angle) + 0.04 * s, -std::cos(angle),
                         (1 - 0.85 * plane) * std::sin(angle));
    };
    figure.PointArm(side, along(raise), along(raise) + chest.forward * std::sin(elbow) * plane);
    FollowForearm(side, chest.forward * plane - Outward(chest, side) * (1 - plane), figure);
  }
}
void PoseLateralRaise(const Performer& p, const Moment& m, Figure& figure) { RaiseArms(p, m, 1, figure); }
void PoseFrontRaise(const Performer& p, const Moment& m, Figure& figure) { RaiseArms(p, m, 0, figure); }

void PoseDumbbellRow(const Performer& p, const Moment& m, Figure& figure) {
  Stance stance = EasyStance(p);
  stance.lean = p.StyleAngle("row lean", 38, 72);
  stance.knee_bend = p.StyleAngle("row knees", 15, 40);
  Stand(p, m, stance, figure);
  const Frame& chest = figure.chest();
  const bool both = p.Chance("both arms", 0.5);
  const Side working = p.Chance("left arm", 0.5) ? Side::kLeft : Side::kRight;
  for (const Side side : kSides) {
    const double pull = both || side == working ? m.phase : 0;
    const double back =
        pull * p.StyleAngle("elbow up", 60, 100);  // from hanging towards the hip and above the back
    const Vec3 out = Outward(chest, side) * p.Style("row width", 0.08, 0.5) * pull;
    const Vec3 hanging{0, -1, 0};
    const Vec3 backward = chest.up * -1;
    const Vec3 upper =
        hanging * std::cos(back) + backward * std::sin(back) * 0.8 - chest.forward * std::sin(back) * 0.6;
    figure.PointArm(side, upper + out, hanging + chest.up * (0.12 * (1 - pull)));
    FollowForearm(side, chest.up, figure);
  }
}

// On hands (or forearms) and toes; knees drawn in by `knee` of each side.
void HoldPlank(const Performer& p, const Moment& m, double shoulder_height, bool on_forearms,
               double knee_left, double knee_right, Figure& figure) {
  const Body& body = p.body();
  const double h = body.stature;
  const double ankle_y = AnkleOnBall(body);
  const double length = body.trunk + 0.998 * body.Leg();
  const double rise = std::asin((shoulder_height - ankle_y) / length);
  const Vec3 along{0, std::sin(rise), std::cos(rise)};
  const Vec3 mid_hip = along * (0.998 * body.Leg()) + Vec3{p.Sway("x", 0.004, m), ankle_y, 0};
  const Frame trunk = FrameFromUp(along, {0, -1, 0});
  PlaceTrunkAndHead(p, m, mid_hip, trunk, trunk, -p.StyleAngle("look ahead", 0, 35), figure);
  for (const Side side : kSides) {
    const double s = Sign(side);
    const double knee = side == Side::kLeft ? knee_left : knee_right;
    const Vec3 ankle{s * p.Style("feet apart", 0.06, 0.15), ankle_y + 0.05 * h * knee, 0.34 * h * knee};
    figure.ReachAnkle(side, ankle, {0, -1, 1.5 * knee + 0.02});
    PlaceFootOnBall(side, figure);
    const Vec3 below = figure.at(kLeftShoulder, side);
    if (on_forearms) {
      const Vec3 elbow_pole{s * 0.15, -1, -0.2};
      figure.ReachWrist(side, {below.x * 0.8, 0.03 * h, below.z + 0.93 * body.forearm}, elbow_pole);
    } else {
      figure.ReachWrist(side, {s * body.shoulder_width * 0.62, 0.022 * h, below.z - 0.01 * h},
                        {s * 0.5, 0, -1});
    }
    figure.PlaceHand(side, {-0.1 * s, -0.05, 1}, {-s, 0, 0});
  }
}
void PosePlank(const Performer& p, const Moment& m, Figure& figure) {
  const Body& body = p.body();
  HoldPlank(p, m, body.upper_arm * p.Style("plank height", 0.98, 1.04) + 0.02, true, 0, 0, figure);
}
void PoseMountainClimber(const Performer& p, const Moment& m, Figure& figure) {
  const double wave = Wave(m.cycle);
  HoldPlank(p, m, 0.96 * p.body().Arm(), false, std::max(0.0, wave), std::max(0.0, -wave), figure);
}

void PoseOverheadExtension(const Performer& p, const Moment& m, Figure& figure) {
  const Body& body = p.body();
  Stand(p, m, EasyStance(p), figure);
  const Frame& chest = figure.chest();
  const double bend = Mix(p.StyleAngle("straight", 8, 25), p.StyleAngle("bent", 95, 130), m.phase);
  const double raise = p.StyleAngle("upper arm", 155, 176);
  for (const Side side : kSides) {
    figure.RaiseShoulder(side, 0.03 * body.stature);
    const double s = Sign(side);
    const auto along = [&](double angle, double out) {
      return chest.Along(s * out, -std::cos(angle), std::sin(angle));
    };
    figure.PointArm(side, along(raise, 0.06), along(raise + bend, -0.15));
    FollowForearm(side, chest.left * -s, figure);
  }
}

void PoseSeatedIdle(const Performer& p, const Moment& m, Figure& figure) {
  const Body& body = p.body();
  const double lean = p.StyleAngle("sit lean", -12, 16) + Radians(p.Sway("sit lean", 2, m));
  const Vec3 mid_hip{0, body.ankle_height + 0.92 * body.shank + 0.055 * body.stature, 0};
  PlaceTrunkAndHead(p, m, mid_hip, Pitch(Frame{}, 0.7 * lean), Pitch(Frame{}, lean), -0.5 * lean, figure);
  PlantFeet(figure, p.Style("stance", 0.16, 0.45), body.thigh * p.Style("feet forward", 0.8, 1.1),
            p.StyleAngle("toe out", 0, 25), {0, 1.2, 0}, figure);
  for (const Side side : kSides) {
    const double s = Sign(side);
    const Vec3 knee = figure.at(skeleton::kLeftKnee, side);
    const Vec3 hip = figure.at(kLeftHip, side);
    const Vec3 hand =
        Lerp(hip, knee, p.Style("hands on thighs", 0.45, 0.85)) + Vec3{0, 0.05 * body.stature, 0};
    figure.ReachWrist(side, hand, {s * 0.6, -0.4, -1});
    FollowForearm(side, {-s, 0, 0}, figure);
  }
}

Equipment Stool(const Performer& p) {
  const double seat = p.body().ankle_height + 0.92 * p.body().shank;
  Equipment e;
  e.boxes.push_back({{0, seat - 0.04, -0.03}, {0.2, 0.04, 0.2}, Material::kPadding});
  e.boxes.push_back({{0, (seat - 0.08) / 2, -0.03}, {0.06, (seat - 0.08) / 2, 0.06}, Material::kDarkSteel});
  return e;
}

}  // namespace

std::vector<ExerciseDefinition> BackgroundExercises() {
  const auto motion = [](const char* name, auto pose, Equipment (*equipment)(const Performer&) = nullptr) {
    return ExerciseDefinition{{name, ExerciseKind::kBackground, {}}, pose, equipment};
  };
  return {
      motion("standing_idle", PoseStandingIdle),
      motion("seated_idle", PoseSeatedIdle, Stool),
      motion("walking_on_the_spot", PoseWalking),
      motion("shoulder_press", PoseShoulderPress, PressEquipment),
      motion("lunge", PoseLunge),
      motion("jumping_jack", PoseJumpingJack),
      motion("sit_up", PoseSitUp),
      motion("glute_bridge", PoseGluteBridge),
      motion("deadlift", PoseDeadlift, Barbell),
      motion("lateral_raise", PoseLateralRaise, Dumbbells),
      motion("front_raise", PoseFrontRaise, Dumbbells),
      motion("dumbbell_row", PoseDumbbellRow, Dumbbells),
      motion("overhead_triceps_extension", PoseOverheadExtension, Dumbbells),
      motion("plank", PosePlank),
      motion("mountain_climber", PoseMountainClimber),
  };
}

}  // namespace trackfit::synthesis
