// The product's seven exercises.
#include "synthesis/exercise.h"

namespace trackfit::synthesis {
namespace {

using skeleton::kLeftAnkle;
using skeleton::kLeftElbow;
using skeleton::kLeftHip;
using skeleton::kLeftKnee;
using skeleton::kLeftShoulder;
using skeleton::kLeftWrist;
using skeleton::kRightAnkle;
using skeleton::kRightElbow;
using skeleton::kRightHip;
using skeleton::kRightKnee;
using skeleton::kRightShoulder;
using skeleton::kRightWrist;

// How far an arm must reach straight when the hand is `aside` of the shoulder.
double ReachBeside(double reach, double aside) {
  return std::sqrt(std::max(0.01, reach * reach - aside * aside));
}

// ---- barbell_biceps_curl

void PoseCurl(const Performer& p, const Moment& m, Figure& figure) {
  const double swing = p.Fault("swinging_torso");
  const double half = p.Fault("half_range");
  const double drift = p.Fault("drifting_elbows");
  Stance stance;
  stance.width = p.Style("stance", 0.18, 0.42);
  stance.toe_out = p.StyleAngle("toe out", 2, 20);
  stance.knee_bend = p.StyleAngle("knee bend", 4, 14) + swing * Radians(6) * (1 - m.phase);
  stance.lean = p.StyleAngle("lean", -3, 4) + swing * Radians(Mix(11, -20, m.phase));
  Stand(p, m, stance, figure);

  CurlArms arms;
  arms.raise = p.StyleAngle("elbow forward", -6, 8) + p.StyleAngle("elbow follows", 0, 12) * m.phase +
               drift * Radians(42) * m.phase;
  const double start = p.StyleAngle("flexion start", 8, 22);
  const double end = p.StyleAngle("flexion end", 122, 142);
  arms.flexion = Mix(start, Mix(end, start, std::min(0.52 * half, 0.9)), m.phase) +
                 Radians(p.Tremor("flexion", 0.5, m)) - drift * Radians(10) * m.phase;
  arms.abduct = p.StyleAngle("elbow out", 4, 13);
  arms.grip = p.Style("grip", 0.34, 0.56);
  PoseCurlArms(arms, figure);
}

// ---- tricep_pushdown

void PosePushdown(const Performer& p, const Moment& m, Figure& figure) {
  const double half = p.Fault("half_range");
  const double drift = p.Fault("drifting_elbows");
  const double bow = p.Fault("excessive_lean");
  Stance stance;
  stance.width = p.Style("stance", 0.16, 0.40);
  stance.toe_out = p.StyleAngle("toe out", 2, 18);
  stance.knee_bend = p.StyleAngle("knee bend", 5, 24);
  stance.lean = p.StyleAngle("lean", 3, 20) + bow * Radians(Mix(10, 32, m.phase));
  Stand(p, m, stance, figure);

  CurlArms arms;
  arms.supinated = false;
  const double trunk_lean = 0.6 * stance.lean;  // the upper arms stay nearer to the vertical than the trunk
  arms.raise = p.StyleAngle("elbow forward", -2, 12) + trunk_lean + drift * Radians(Mix(42, 4, m.phase));
  const double bent = p.StyleAngle("flexion start", 98, 128);
  const double straight = p.StyleAngle("flexion end", 6, 18);
  arms.flexion = Mix(bent, Mix(straight, bent, std::min(0.52 * half, 0.9)), m.phase) +
                 Radians(p.Tremor("flexion", 0.5, m));
  arms.abduct = p.StyleAngle("elbow out", 3, 14);
  arms.grip = p.Style("grip", 0.10, 0.36);
  PoseCurlArms(arms, figure);
}

// Two posts with the weights between them, `depth` in front of the person, and an arm that carries the cable.
Equipment CableStation(double anchor_height, double anchor_depth, double depth) {
  const double top = anchor_height + 0.04;
  Equipment e;
  e.held = HeldEquipment::kCableBar;
  e.cable_anchor = Vec3{0, anchor_height, anchor_depth};
  e.rods.push_back({{0, top, anchor_depth - 0.05}, {0, top, depth}, 0.028, Material::kDarkSteel});
  for (const double side : {-0.17, 0.17}) {
    e.boxes.push_back({{side, top / 2, depth}, {0.028, top / 2, 0.035}, Material::kDarkSteel});
  }
  e.boxes.push_back({{0, top, depth}, {0.20, 0.03, 0.04}, Material::kDarkSteel});
  e.boxes.push_back({{0, 0.03, depth}, {0.26, 0.03, 0.20}, Material::kDarkSteel});
  e.boxes.push_back({{0, 0.42, depth}, {0.125, 0.34, 0.05}, Material::kRubber});
  return e;
}

Equipment CableTower(const Performer& p) {
  const double anchor_depth = p.Style("tower distance", 0.48, 0.62);
  return CableStation(2.12, anchor_depth, anchor_depth + 0.42);
}

// ---- lat_pulldown

double PulldownSeat(const Body& body) { return body.ankle_height + body.shank * 0.93; }

void PosePulldown(const Performer& p, const Moment& m, Figure& figure) {
  const double leaning = p.Fault("leaning_back");
  const double half = p.Fault("half_range");
  const double uneven = p.Fault("uneven_pull");
  const Body& body = p.body();
  const double lean = -p.StyleAngle("lean", 2, 14) - p.StyleAngle("lean follows", 0, 10) * m.phase;
  const double faulty_lean = lean - leaning * Radians(Mix(14, 36, m.phase));

  const Vec3 mid_hip{p.Sway("hip x", 0.003, m), PulldownSeat(body) + 0.055 * body.stature, 0};
  PlaceTrunkAndHead(p, m, mid_hip, Pitch(Frame{}, 0.8 * faulty_lean), Pitch(Frame{}, faulty_lean),
                    -0.7 * faulty_lean - p.StyleAngle("look up", 0, 22) * (1 - m.phase), figure);
  PlantFeet(figure, p.Style("stance", 0.22, 0.42), body.thigh * p.Style("knee forward", 0.80, 0.98),
            p.StyleAngle("toe out", 2, 22), {0, 1.2, 0}, figure);

  const double shrug = 0.028 * body.stature * (1 - m.phase);
  for (const Side side : kSides) figure.RaiseShoulder(side, shrug);

  // The bar runs from overhead to the upper chest, on a line in front of the face.
  const double grip = body.shoulder_width * p.Style("grip", 1.25, 2.35);
  const double aside = (grip - body.shoulder_width) / 2;
  const auto shoulders_at = [&](double angle) { return mid_hip + Pitch(Frame{}, angle).up * body.trunk; };
  const Vec3 top = shoulders_at(lean) + Vec3{0, ReachBeside(0.95 * body.Arm(), aside) + 0.5 * shrug,
                                             body.stature * p.Style("bar forward", 0.05, 0.13)};
  const Vec3 bottom = shoulders_at(lean) + Vec3{0, body.stature * p.Style("bar height", -0.045, 0.030),
                                                body.stature * p.Style("bar to chest", 0.10, 0.135)};
  const double pulled = m.phase * (1 - std::min(0.5 * half, 0.9));
  const Vec3 bar = Lerp(top, bottom, pulled);
  const double tilt = uneven * 0.10 * body.stature * m.phase;
  for (const Side side : kSides) {
    const double s = Sign(side);
    // Only the left side lags behind: its hand stays higher.
    const Vec3 wrist = bar + Vec3{s * grip / 2 + p.Tremor("bar x", 0.001, m),
                                  side == Side::kLeft ? tilt : 0.0, p.Tremor("bar z", 0.002, m)};
    const Vec3 pole{s * p.Style("elbow out", 0.35, 1.0), -1, p.Style("elbow back", -0.5, 0.1)};
    figure.ReachWrist(side, wrist, pole);
    const Vec3 fingers = figure.ForearmDirection(side) + Vec3{0, 1, 0.15};
    figure.PlaceHand(side, fingers, {-s, 0, 0});
  }
}

Equipment PulldownMachine(const Performer& p) {
  const Body& body = p.body();
  const double seat = PulldownSeat(body);
  Equipment e = CableStation(seat + body.trunk + body.Arm() + 0.55, 0.25, 0.98);
  e.boxes.push_back({{0, seat - 0.04, -0.02}, {0.19, 0.04, 0.20}, Material::kPadding});
  e.boxes.push_back({{0, (seat - 0.08) / 2, -0.02}, {0.05, (seat - 0.08) / 2, 0.05}, Material::kDarkSteel});
  const double pad_y = seat + 0.185, pad_z = 0.62 * body.thigh;
  e.rods.push_back({{-0.22, pad_y, pad_z}, {0.22, pad_y, pad_z}, 0.05, Material::kPadding});
  e.rods.push_back({{0, pad_y - 0.02, pad_z}, {0, pad_y - 0.02, 0.98}, 0.02, Material::kDarkSteel});
  return e;
}

// ---- pull_up

double PullUpBar(const Body& body) { return 1.36 * body.stature; }

void PosePullUp(const Performer& p, const Moment& m, Figure& figure) {
  const double half = p.Fault("half_range");
  const double kip = p.Fault("kipping_legs");
  const double no_hang = p.Fault("no_full_hang");
  const Body& body = p.body();
  const double h = body.stature;
  const double phase = Mix(std::min(0.42 * no_hang, 0.8), 1 - std::min(0.48 * half, 0.8), m.phase);

  const double grip = body.shoulder_width * p.Style("grip", 1.05, 2.1);
  const double aside = (grip - body.shoulder_width) / 2;
  const double wrist_y = PullUpBar(body) - 0.035 * h;
  const double shrug = 0.026 * h * (1 - phase);
  const double hanging = wrist_y - ReachBeside(p.Style("hang", 0.955, 0.99) * body.Arm(), aside) - shrug;
  const double pulled = wrist_y - h * p.Style("top", -0.01, 0.05);
  const Vec3 shoulders{p.Sway("hang x", 0.008, m), Mix(hanging, pulled, phase),
                       -h * Mix(0.01, p.Style("body back", 0.075, 0.12), phase) + p.Sway("hang z", 0.008, m)};
  const double lean = -p.StyleAngle("lean", 0, 7) - p.StyleAngle("lean follows", 4, 16) * phase +
                      kip * Radians(12) * std::sin(2 * std::numbers::pi * m.phase);
  const Frame chest = Pitch(Frame{}, lean);
  PlaceTrunkAndHead(p, m, shoulders - chest.up * body.trunk, chest, chest,
                    -0.5 * lean - p.StyleAngle("look up", 0, 25), figure);

  const double knees = p.Chance("knees bent", 0.45) ? p.StyleAngle("knee bend", 55, 105)
                                                    : p.StyleAngle("knee straight", 3, 25);
  const double thigh =
      p.StyleAngle("thigh forward", -6, 16) + kip * Radians(42) * std::sin(std::numbers::pi * m.phase);
  const double shank = thigh - knees + kip * Radians(12) * std::sin(std::numbers::pi * m.phase);
  for (const Side side : kSides) {
    const double s = Sign(side);
    figure.RaiseShoulder(side, shrug);
    const Vec3 out = Outward(chest, side);
    const double sway = Radians(p.Sway("legs", 2, m));
    const auto hanging_along = [&](double angle) {
      return Vec3{0, -std::cos(angle + sway), std::sin(angle + sway)};
    };
    figure.PointLeg(side, hanging_along(thigh) + out * p.Style("legs apart", -0.02, 0.12),
                    hanging_along(shank));
    figure.PlaceFoot(side, hanging_along(shank + Radians(35)), -hanging_along(shank - Radians(55)));

    figure.ReachWrist(side, {s * grip / 2, wrist_y, 0},
                      {s * p.Style("elbow out", 0.5, 1.2), -1, p.Style("elbow front", -0.3, 0.35)});
    figure.PlaceHand(side, {0, 1, 0.1}, {p.Chance("chin-up grip", 0.2) ? s : -s, 0, 0});
  }
}

Equipment PullUpRack(const Performer& p) {
  const double bar = PullUpBar(p.body());
  Equipment e;
  e.rods.push_back({{-0.75, bar, 0}, {0.75, bar, 0}, 0.016, Material::kSteel});
  for (const double side : {-0.75, 0.75}) {
    e.boxes.push_back(
        {{side, (bar + 0.08) / 2, -0.04}, {0.035, (bar + 0.08) / 2, 0.035}, Material::kDarkSteel});
    e.boxes.push_back({{side, 0.03, -0.04}, {0.05, 0.03, 0.45}, Material::kDarkSteel});
  }
  return e;
}

// ---- squat

enum class SquatArms { kBarOnBack, kForward, kAtChest };

SquatArms ArmsOfSquat(const Performer& p) {
  if (p.Chance("arms forward", 0.35)) return SquatArms::kForward;
  if (p.Chance("arms at chest", 0.35)) return SquatArms::kAtChest;
  return SquatArms::kBarOnBack;
}

void PoseSquatArms(const Performer& p, const Moment& m, Figure& figure) {
  const Body& body = p.body();
  const Frame& chest = figure.chest();
  const SquatArms arms = ArmsOfSquat(p);
  for (const Side side : kSides) {
    const double s = Sign(side);
    const Vec3& shoulder = figure.at(kLeftShoulder, side);
    if (arms == SquatArms::kForward) {
      const double raise = Mix(p.StyleAngle("arms start", 10, 85), Radians(86), std::min(1.0, 1.3 * m.phase));
      const Vec3 along{-0.12 * s, -std::cos(raise), std::sin(raise)};
      figure.PointArm(side, along, along + Vec3{-0.15 * s, 0.1, 0});
      FollowForearm(side, {-s, 0.5, 0}, figure);
    } else if (arms == SquatArms::kAtChest) {
      const Vec3 wrist =
          MidShoulder(figure.joints()) + chest.Along(s * 0.035, -0.075 * body.stature, 0.15 * body.stature);
      figure.ReachWrist(side, wrist, chest.Along(s * 0.6, -1, 0));
      figure.PlaceHand(side, chest.Along(-0.35 * s, 1, 0.1), chest.Along(0, 0.3, -1));
    } else {
      const Vec3 wrist =
          shoulder + chest.Along(s * p.Style("grip", 0.12, 0.26), 0.012 * body.stature, -0.045);
      figure.ReachWrist(side, wrist, chest.Along(s * 0.35, -1, -0.55));
      figure.PlaceHand(side, chest.Along(-0.3 * s, 1, 0.35), chest.Along(-s, -0.2, 0));
    }
  }
}

void PoseSquat(const Performer& p, const Moment& m, Figure& figure) {
  const double shallow = p.Fault("shallow");
  const double forward_lean = p.Fault("forward_lean");
  const double knees_in = p.Fault("knees_in");
  const Body& body = p.body();
  const double depth = m.phase * (1 - std::min(0.5 * shallow, 0.9));

  const double width = p.Style("stance", 0.30, 0.52);
  const double toe_out = p.StyleAngle("toe out", 8, 32);
  const double shank = Mix(Radians(3), p.StyleAngle("shank", 24, 38), depth);
  const double thigh = Mix(Radians(4), p.StyleAngle("thigh", 84, 112), depth);
  // With the feet apart the legs move in planes turned outwards: less of their length is seen from the side.
  const double sagittal = std::cos(0.8 * toe_out);
  const double back = (body.thigh * std::sin(thigh) - body.shank * std::sin(shank)) * sagittal;
  const double sideways = (width - body.hip_width) / 2;
  const double sagittal_height = body.shank * std::cos(shank) + body.thigh * std::cos(thigh);
  const double upright = ReachBeside(0.997 * body.Leg(), std::hypot(sideways, back));
  const Vec3 mid_hip{p.Sway("hip x", 0.004, m), body.ankle_height + std::min(sagittal_height, upright),
                     -back + p.Sway("hip z", 0.003, m)};

  // The trunk bows so far that the shoulders stay above the feet.
  const double balance =
      std::asin(std::clamp((back - 0.02) / body.trunk * p.Style("balance", 0.75, 1.05), 0.0, 0.85));
  const double lean = p.StyleAngle("lean", 0, 6) + balance + forward_lean * Radians(Mix(6, 30, depth));
  PlaceTrunkAndHead(p, m, mid_hip, Pitch(Frame{}, lean), Pitch(Frame{}, lean - Radians(4)), -0.6 * lean,
                    figure);

  for (const Side side : kSides) {
    const double s = Sign(side);
    const Vec3 toes{s * std::sin(toe_out), 0, std::cos(toe_out)};
    // Valgus: the knees fall towards each other instead of following the toes.
    const Vec3 pole = toes - Vec3{s * 0.55 * knees_in * (0.4 + 0.6 * depth), 0, 0};
    figure.ReachAnkle(side, {s * width / 2, body.ankle_height, 0}, pole);
    figure.PlaceFoot(side, toes, {0, 1, 0});
  }
  PoseSquatArms(p, m, figure);
}

Equipment SquatBar(const Performer& p) {
  if (ArmsOfSquat(p) != SquatArms::kBarOnBack) return {};
  return {.held = HeldEquipment::kBarbellOnBack};
}

// ---- push_up

void PosePushUp(const Performer& p, const Moment& m, Figure& figure) {
  const double sag = p.Fault("sagging_hips");
  const double pike = p.Fault("piked_hips");
  const double half = p.Fault("half_range");
  const double flare = p.Fault("flared_elbows");
  const Body& body = p.body();
  const double h = body.stature;
  const double leg = body.Leg() * 0.999;

  // Feet on their balls: the ankles stand above them.
  const double feet = p.Style("feet apart", 0.08, 0.36);
  const double ankle_y = AnkleOnBall(body);
  const double wrist_y = 0.022 * h;
  const double grip = body.shoulder_width * p.Style("hands apart", 1.2, 2.0);
  const double aside = (grip - body.shoulder_width) / 2;
  const double top =
      wrist_y + ReachBeside(p.Style("arms straight", 0.94, 0.985) * body.Arm(), std::hypot(aside, 0.04));
  const double bottom = h * p.Style("lowest", 0.105, 0.150);

  // Shoulder, hip and ankle form a chain that is straight in good form.
  const double signed_bend = p.StyleAngle("body bend", -5, 4) - Radians(26) * sag + Radians(34) * pike;
  const double bend = std::abs(signed_bend), hip_direction = signed_bend < 0 ? -1 : 1;
  const double chain = std::sqrt(body.trunk * body.trunk + leg * leg + 2 * body.trunk * leg * std::cos(bend));
  const double straight_chain = body.trunk + leg;
  const double shoulder_y = Mix(top, Mix(bottom, top, std::min(0.6 * half, 0.9)), m.phase);
  const Vec3 mid_ankle{0, ankle_y, 0};
  const double rise = std::asin(std::clamp((shoulder_y - ankle_y) / chain, -0.9, 0.9));
  const Vec3 along{0, std::sin(rise), std::cos(rise)};
  const Vec3 above{0, std::cos(rise), -std::sin(rise)};
  const Vec3 shoulders = mid_ankle + along * chain + Vec3{p.Sway("x", 0.003, m), 0, 0};
  const double hip_along = (leg * leg - body.trunk * body.trunk + chain * chain) / (2 * chain);
  const double hip_aside = std::sqrt(std::max(0.0, leg * leg - hip_along * hip_along));
  const Vec3 mid_hip =
      mid_ankle + along * hip_along + above * (hip_aside * hip_direction) + Vec3{p.Sway("x", 0.003, m), 0, 0};

  const Frame trunk = FrameFromUp(shoulders - mid_hip, {0, -1, 0});
  const double look = -p.StyleAngle("look ahead", 0, 40);
  PlaceTrunkAndHead(p, m, mid_hip, trunk, trunk, look, figure);

  // Hands below the shoulders of the extended position, where they stay.
  const double top_rise = std::asin(std::clamp((top - ankle_y) / straight_chain, -0.9, 0.9));
  const double hand_z = straight_chain * std::cos(top_rise) - h * p.Style("hands back", -0.015, 0.05);
  const double elbow_angle = Mix(p.StyleAngle("elbow angle", 28, 58), Radians(88), std::min(1.0, flare));
  for (const Side side : kSides) {
    const double s = Sign(side);
    const Vec3 ankle{s * feet / 2, ankle_y, 0};
    figure.ReachAnkle(side, ankle, {0, -1, 0.02});
    PlaceFootOnBall(side, figure);

    const Vec3 wrist{s * grip / 2, wrist_y, hand_z};
    figure.ReachWrist(side, wrist, {s * std::sin(elbow_angle), 0.05, -std::cos(elbow_angle)});
    figure.PlaceHand(side, {-0.1 * s, -0.12, 1}, {-s, 0, 0});
  }
}

// ---- bench_press

double BenchHeight(const Performer& p) { return p.Style("bench", 0.40, 0.46); }

void PoseBenchPress(const Performer& p, const Moment& m, Figure& figure) {
  const double half = p.Fault("half_range");
  const double flare = p.Fault("flared_elbows");
  const double uneven = p.Fault("uneven_press");
  const double lifted = p.Fault("lifted_hips");
  const Body& body = p.body();
  const double h = body.stature;
  const double back = BenchHeight(p) + 0.062 * h;

  const double bridge = lifted * 0.085 * h * (0.35 + 0.65 * m.phase);
  const Vec3 shoulders{p.Sway("x", 0.002, m), back, -body.trunk};
  const Vec3 along = Normalized(Vec3{0, bridge, body.trunk});
  const Vec3 mid_hip = shoulders + along * body.trunk;
  const Frame trunk = FrameFromUp(-along, {0, 1, 0});
  PlaceTrunkAndHead(p, m, mid_hip, trunk, trunk, p.StyleAngle("chin", 0, 16), figure);
  const double knee_depth = p.Style("feet forward", 0.70, 1.0);
  PlantFeet(figure, p.Style("stance", 0.34, 0.62), body.thigh * knee_depth, p.StyleAngle("toe out", 8, 35),
            {0, 1.4, 0}, figure);

  // The bar runs from above the shoulders to the chest, a little towards the feet.
  const double grip = body.shoulder_width * p.Style("grip", 1.35, 2.25);
  const double aside = (grip - body.shoulder_width) / 2;
  const double top_z = h * p.Style("top towards feet", -0.01, 0.04);
  const Vec3 top =
      shoulders +
      Vec3{0, ReachBeside(p.Style("lockout", 0.95, 0.985) * body.Arm(), std::hypot(aside, top_z)), top_z};
  const double touch = Mix(h * p.Style("touch", 0.055, 0.125), 0.01 * h, std::min(1.0, flare));
  const Vec3 bottom = shoulders + Vec3{0, h * p.Style("chest height", 0.078, 0.105), touch};
  const Vec3 bar = Lerp(top, bottom, m.phase * (1 - std::min(0.5 * half, 0.9)));
  const double elbow_angle = Mix(p.StyleAngle("elbow angle", 42, 74), Radians(96), std::min(1.0, flare));
  for (const Side side : kSides) {
    const double s = Sign(side);
    // The left arm lags behind.
    const double lag = side == Side::kLeft
                           ? uneven * 0.085 * h * std::sin(std::numbers::pi * std::min(m.phase, 1.0)) +
                                 uneven * 0.02 * h * m.phase
                           : 0;
    const Vec3 wrist =
        bar + Vec3{s * grip / 2 + p.Tremor("bar x", 0.001, m), lag, p.Tremor("bar z", 0.002, m)};
    figure.ReachWrist(side, wrist, {s * std::sin(elbow_angle), -0.75, std::cos(elbow_angle)});
    figure.PlaceHand(side, figure.ForearmDirection(side) + Vec3{0, 0.8, -0.15}, {-s, 0, 0});
  }
}

Equipment Bench(const Performer& p) {
  const Body& body = p.body();
  const double height = BenchHeight(p);
  const double from = -body.trunk - 0.36, to = 0.12;
  Equipment e;
  e.held = HeldEquipment::kBarbell;
  e.boxes.push_back({{0, height - 0.04, (from + to) / 2}, {0.14, 0.04, (to - from) / 2}, Material::kPadding});
  for (const double z : {from + 0.12, to - 0.12}) {
    e.boxes.push_back({{0, (height - 0.08) / 2, z}, {0.03, (height - 0.08) / 2, 0.03}, Material::kDarkSteel});
    e.boxes.push_back({{0, 0.02, z}, {0.22, 0.02, 0.03}, Material::kDarkSteel});
  }
  return e;
}

}  // namespace

std::vector<ExerciseDefinition> StrengthExercises() {
  using Wrong = std::vector<skeleton::Joint>;
  const Wrong shoulders = {kLeftShoulder, kRightShoulder}, elbows = {kLeftElbow, kRightElbow},
              wrists = {kLeftWrist, kRightWrist}, hips = {kLeftHip, kRightHip},
              knees = {kLeftKnee, kRightKnee}, both_arms = {kLeftWrist, kRightWrist, kLeftElbow, kRightElbow},
              left_arm = {kLeftWrist, kLeftElbow};
  const auto exercise = [](const char* name, auto pose, auto equipment, std::vector<FaultInfo> faults) {
    return ExerciseDefinition{{name, ExerciseKind::kExercise, std::move(faults)}, pose, equipment};
  };
  Equipment (*const nothing)(const Performer&) = nullptr;
  return {
      exercise("barbell_biceps_curl", PoseCurl, Barbell,
               {{"swinging_torso", "the trunk swings back to lift the bar", shoulders},
                {"drifting_elbows", "the elbows move forward instead of staying at the sides", elbows},
                {"half_range", "the bar stops half-way up", wrists}}),
      exercise("bench_press", PoseBenchPress, Bench,
               {{"half_range", "the bar stops half-way down", both_arms},
                {"flared_elbows", "the elbows point straight out and the bar comes down at the neck", elbows},
                {"uneven_press", "the left hand lags behind the right one", left_arm},
                {"lifted_hips", "the hips leave the bench", hips}}),
      exercise("lat_pulldown", PosePulldown, PulldownMachine,
               {{"leaning_back", "the trunk leans far back to pull", shoulders},
                {"half_range", "the bar stops at the top of the head", both_arms},
                {"uneven_pull", "the left hand stays higher than the right one", left_arm}}),
      exercise("push_up", PosePushUp, nothing,
               {{"sagging_hips", "the hips hang below the line from shoulders to ankles", hips},
                {"piked_hips", "the hips stick up above that line", hips},
                {"half_range", "the chest stays far from the floor", shoulders},
                {"flared_elbows", "the elbows point straight out", elbows}}),
      exercise("tricep_pushdown", PosePushdown, CableTower,
               {{"half_range", "the arms never straighten", wrists},
                {"drifting_elbows", "the elbows travel forward and up between repetitions", elbows},
                {"excessive_lean", "the trunk bows over the bar to push with its weight", shoulders}}),
      exercise("squat", PoseSquat, SquatBar,
               {{"knees_in", "the knees fall towards each other", knees},
                {"forward_lean", "the trunk tips forward", shoulders},
                {"shallow", "the thighs stay far above the horizontal", hips}}),
      exercise(
          "pull_up", PosePullUp, PullUpRack,
          {{"half_range",
            "the chin stays below the bar",
            {kLeftShoulder, kRightShoulder, kLeftElbow, kRightElbow}},
           {"kipping_legs", "the legs kick to gain swing", {kLeftKnee, kRightKnee, kLeftAnkle, kRightAnkle}},
           {"no_full_hang",
            "the arms never straighten",
            {kLeftElbow, kRightElbow, kLeftShoulder, kRightShoulder}}}),
  };
}

}  // namespace trackfit::synthesis
