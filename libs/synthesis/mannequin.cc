#include "synthesis/mannequin.h"

namespace trackfit::synthesis {
namespace {

using skeleton::kLeftAnkle;
using skeleton::kLeftElbow;
using skeleton::kLeftFootIndex;
using skeleton::kLeftHeel;
using skeleton::kLeftHip;
using skeleton::kLeftIndex;
using skeleton::kLeftKnee;
using skeleton::kLeftPinky;
using skeleton::kLeftShoulder;
using skeleton::kLeftThumb;
using skeleton::kLeftWrist;

const Vec3& At(const Joints& joints, skeleton::Joint left, Side side) { return joints[OnSide(left, side)]; }

Paint Darker(const Paint& paint, double factor) {
  return {paint.red * factor, paint.green * factor, paint.blue * factor, paint.gloss};
}

// Chest or hips: left along the pair of joints, up along the spine.
Frame TrunkFrame(const Joints& joints, skeleton::Joint left) {
  const Vec3 up = Normalized(MidShoulder(joints) - MidHip(joints));
  const Vec3 across = Normalized(Perpendicular(joints[left] - At(joints, left, Side::kRight), up));
  return {across, up, Cross(across, up)};
}

// A limb segment as a tube whose round cross-section follows `profile`.
struct Slice {
  double at;      // 0 = first joint, 1 = second joint
  double radius;  // metres
  Paint paint;
};
void AddLimb(const Vec3& from, const Vec3& to, const std::vector<Slice>& profile, Mesh& mesh) {
  const Frame frame = FrameFromUp(to - from, {0.31, 0.17, 0.93});
  std::vector<Ring> rings;
  rings.reserve(profile.size());
  for (const Slice& slice : profile) {
    rings.push_back(
        {Lerp(from, to, slice.at), frame.left * slice.radius, frame.forward * slice.radius, slice.paint});
  }
  mesh.AddTube(rings);
}

void AddTrunk(const Body& body, const Joints& joints, const Appearance& look, Mesh& mesh) {
  const Frame pelvis = TrunkFrame(joints, kLeftHip);
  const Frame chest = TrunkFrame(joints, kLeftShoulder);
  const Vec3 hips = MidHip(joints);
  const Vec3 shoulders = MidShoulder(joints);
  const double h = body.stature, girth = body.proportions.girth;
  struct Section {
    double at, half_width, half_depth, forward;
    const Paint* paint;
  };
  const std::array<Section, 14> sections = {{{-0.20, 0.020, 0.020, 0.000, &look.shorts},
                                             {-0.17, 0.062, 0.046, -0.004, &look.shorts},
                                             {-0.10, 0.088, 0.063, -0.006, &look.shorts},
                                             {0.00, 0.099, 0.070, -0.005, &look.shorts},
                                             {0.10, 0.095, 0.066, -0.002, &look.shorts},
                                             {0.11, 0.097, 0.068, -0.002, &look.shirt},
                                             {0.22, 0.086, 0.060, 0.002, &look.shirt},
                                             {0.36, 0.081, 0.057, 0.003, &look.shirt},
                                             {0.55, 0.088, 0.062, 0.003, &look.shirt},
                                             {0.75, 0.098, 0.068, 0.004, &look.shirt},
                                             {0.90, 0.099, 0.062, 0.001, &look.shirt},
                                             {1.00, 0.088, 0.050, -0.003, &look.shirt},
                                             {1.08, 0.058, 0.042, -0.004, &look.shirt},
                                             {1.13, 0.035, 0.036, -0.002, &look.shirt}}};
  std::vector<Ring> rings;
  rings.reserve(std::size(sections));
  for (const Section& s : sections) {
    const double t = std::clamp(s.at, 0.0, 1.0);
    const Vec3 left = Normalized(Lerp(pelvis.left, chest.left, t));
    const Vec3 forward = Cross(left, pelvis.up);
    const double breadth = t < 0.4 ? body.proportions.hips : body.proportions.shoulders;
    rings.push_back({Lerp(hips, shoulders, s.at) + forward * (s.forward * h),
                     left * (s.half_width * h * (0.5 * breadth + 0.5 * girth)),
                     forward * (s.half_depth * h * girth), *s.paint});
  }
  mesh.AddTube(rings, 24);
  for (const Side side : kSides) {
    // Trapezius and deltoid join arm and trunk wherever the shoulder goes; the glutes join trunk and thigh.
    const Vec3& shoulder = At(joints, kLeftShoulder, side);
    const Vec3 neck = shoulders + chest.up * (0.030 * h) - chest.forward * (0.004 * h);
    mesh.AddCapsule(neck, shoulder + chest.up * (0.003 * h), 0.032 * h * girth, 0.031 * h * girth, look.shirt,
                    14);
    mesh.AddEllipsoid(shoulder - chest.up * (0.004 * h), chest, Vec3{0.036, 0.037, 0.037} * (h * girth),
                      look.shirt, 14);
    const Vec3 glute =
        At(joints, kLeftHip, side) + pelvis.Along(-Sign(side) * 0.008 * h, -0.022 * h, -0.024 * h);
    mesh.AddEllipsoid(glute, pelvis, Vec3{0.047, 0.056, 0.050} * (h * girth), look.shorts, 14);
  }
}

void AddArm(const Body& body, const Joints& joints, Side side, const Appearance& look, Mesh& mesh) {
  const double u = body.stature * body.proportions.girth;
  const Vec3& shoulder = At(joints, kLeftShoulder, side);
  const Vec3& elbow = At(joints, kLeftElbow, side);
  const Vec3& wrist = At(joints, kLeftWrist, side);
  const Paint& sleeve = look.shirt;
  const Paint& lower = look.long_sleeves ? look.shirt : look.skin;
  AddLimb(shoulder, elbow,
          {{0.00, 0.0330 * u, sleeve},
           {0.20, 0.0325 * u, sleeve},
           {0.44, 0.0320 * u, sleeve},
           {0.46, 0.0290 * u, lower},
           {0.65, 0.0275 * u, lower},
           {0.85, 0.0235 * u, lower},
           {1.00, 0.0220 * u, lower}},
          mesh);
  mesh.AddEllipsoid(elbow, Frame{}, Vec3{1, 1, 1} * (0.0225 * u), lower, 12);
  AddLimb(elbow, wrist,
          {{0.00, 0.0220 * u, lower},
           {0.12, 0.0245 * u, lower},
           {0.30, 0.0250 * u, lower},
           {0.60, 0.0200 * u, lower},
           {0.93, 0.0158 * u, lower},
           {0.94, 0.0150 * u, look.skin},
           {1.06, 0.0150 * u, look.skin}},
          mesh);
}

// Directions of a hand: along the fingers, across to the thumb, and out of the palm.
struct HandFrame {
  Vec3 fingers, thumb, palm;
  Vec3 knuckles;
};
HandFrame FrameOfHand(const Joints& joints, Side side) {
  const Vec3& wrist = At(joints, kLeftWrist, side);
  const Vec3& index = At(joints, kLeftIndex, side);
  const Vec3& pinky = At(joints, kLeftPinky, side);
  HandFrame hand;
  hand.knuckles = Middle(index, pinky);
  hand.fingers = Normalized(hand.knuckles - wrist);
  hand.thumb = Normalized(Perpendicular(index - pinky, hand.fingers));
  hand.palm = Cross(hand.fingers, hand.thumb) * Sign(side);
  return hand;
}

void AddHand(const Body& body, const Joints& joints, Side side, const Paint& skin, bool gripping,
             Mesh& mesh) {
  const double h = body.stature;
  const HandFrame hand = FrameOfHand(joints, side);
  const Vec3& wrist = At(joints, kLeftWrist, side);
  const Frame frame{hand.thumb, hand.fingers, Cross(hand.thumb, hand.fingers)};
  mesh.AddEllipsoid(Lerp(wrist, hand.knuckles, 0.58), frame, Vec3{0.026, 0.034, 0.012} * h, skin, 12);
  constexpr int kFingers = 4;
  for (int i = 0; i < kFingers; ++i) {
    const double across = (1.5 - i) * 0.0115 * h;
    const Vec3 base = hand.knuckles + hand.thumb * across;
    const double length = (i == 0 || i == 3 ? 0.036 : 0.043) * h;
    const Vec3 first = gripping ? base + (hand.palm * 0.85 + hand.fingers * 0.45) * (0.55 * length)
                                : base + hand.fingers * (0.5 * length) + hand.palm * (0.03 * length);
    const Vec3 tip = gripping ? first + (hand.palm * 0.25 - hand.fingers) * (0.55 * length)
                              : base + hand.fingers * length + hand.palm * (0.10 * length);
    mesh.AddCapsule(base, first, 0.0078 * h, 0.0072 * h, skin, 8);
    mesh.AddCapsule(first, tip, 0.0072 * h, 0.0062 * h, skin, 8);
  }
  const Vec3& thumb = At(joints, kLeftThumb, side);
  const Vec3 root = Lerp(wrist, hand.knuckles, 0.25) + hand.thumb * (0.012 * h);
  const Vec3 thumb_tip =
      thumb +
      (gripping ? hand.palm * 0.9 + hand.fingers * 0.3 : hand.fingers * 0.8 + hand.thumb * 0.4) * (0.020 * h);
  mesh.AddCapsule(root, thumb, 0.0105 * h, 0.0082 * h, skin, 8);
  mesh.AddCapsule(thumb, thumb_tip, 0.0082 * h, 0.0066 * h, skin, 8);
}

void AddLeg(const Body& body, const Joints& joints, Side side, const Appearance& look, Mesh& mesh) {
  const double u = body.stature * body.proportions.girth;
  const Vec3& hip = At(joints, kLeftHip, side);
  const Vec3& knee = At(joints, kLeftKnee, side);
  const Vec3& ankle = At(joints, kLeftAnkle, side);
  const Paint& lower = look.long_trousers ? look.shorts : look.skin;
  AddLimb(hip, knee,
          {{-0.06, 0.0400 * u, look.shorts},
           {0.00, 0.0500 * u, look.shorts},
           {0.15, 0.0510 * u, look.shorts},
           {0.40, 0.0480 * u, look.shorts},
           {0.62, 0.0440 * u, look.shorts},
           {0.63, 0.0385 * u, lower},
           {0.80, 0.0345 * u, lower},
           {0.92, 0.0315 * u, lower},
           {1.00, 0.0305 * u, lower}},
          mesh);
  mesh.AddEllipsoid(knee, Frame{}, Vec3{1, 1, 1} * (0.0310 * u), lower, 14);
  AddLimb(knee, ankle,
          {{0.00, 0.0305 * u, lower},
           {0.12, 0.0300 * u, lower},
           {0.30, 0.0335 * u, lower},
           {0.48, 0.0310 * u, lower},
           {0.70, 0.0235 * u, lower},
           {0.84, 0.0200 * u, lower},
           {0.85, 0.0215 * u, look.soles},
           {1.02, 0.0225 * u, look.soles}},
          mesh);
}

void AddShoe(const Body& body, const Joints& joints, Side side, const Appearance& look, Mesh& mesh) {
  const double h = body.stature;
  const Vec3& heel = At(joints, kLeftHeel, side);
  const Vec3& toe = At(joints, kLeftFootIndex, side);
  const Vec3& ankle = At(joints, kLeftAnkle, side);
  const Vec3 forward = Normalized(toe - heel);
  const Vec3 up = Normalized(Perpendicular(ankle - heel, forward));
  const Vec3 across = Cross(up, forward);
  // Half-width and height above the sole, from behind the heel to the tip of the toes.
  struct Section {
    double at, half_width, height;
  };
  constexpr std::array<Section, 9> kShape = {{{-0.012, 0.006, 0.012},
                                              {-0.010, 0.015, 0.030},
                                              {0.006, 0.020, 0.045},
                                              {0.028, 0.0205, 0.050},
                                              {0.052, 0.0215, 0.040},
                                              {0.082, 0.0255, 0.029},
                                              {0.108, 0.0265, 0.023},
                                              {0.130, 0.0215, 0.018},
                                              {0.142, 0.0090, 0.012}}};
  const Vec3 floor = heel - up * (0.015 * h);
  std::vector<Ring> upper, sole;
  for (const Section& s : kShape) {
    const Vec3 centre = floor + forward * (s.at * h);
    const double half_height = (s.height - 0.002) * h / 2;
    upper.push_back(
        {centre + up * (0.002 * h + half_height), across * (s.half_width * h), up * half_height, look.shoes});
    sole.push_back(
        {centre + up * (0.006 * h), across * (s.half_width * 1.06 * h), up * (0.006 * h), look.soles});
  }
  mesh.AddTube(upper, 16);
  mesh.AddTube(sole, 12);
}

void AddFace(const Joints& joints, const Frame& head, double h, const Appearance& look, Mesh& mesh) {
  using skeleton::Joint;
  const std::array<Joint, 2> eyes = {skeleton::kLeftEye, skeleton::kRightEye};
  const std::array<Joint, 2> ears = {skeleton::kLeftEar, skeleton::kRightEar};
  const Paint white{0.93, 0.92, 0.90, 0.2};
  const Paint black{0.03, 0.03, 0.03, 0.3};
  for (const Side side : kSides) {
    const int i = static_cast<int>(side);
    const double s = Sign(side);
    const Vec3 eye = joints[eyes[i]] + head.Along(0, 0, -0.0015 * h);
    mesh.AddEllipsoid(eye, head, Vec3{0.0082, 0.0048, 0.0055} * h, white, 12);
    mesh.AddEllipsoid(eye + head.Along(0, 0, 0.0035 * h), head, Vec3{0.0036, 0.0042, 0.0026} * h, look.eyes,
                      10);
    mesh.AddEllipsoid(eye + head.Along(0, 0, 0.0052 * h), head, Vec3{0.0018, 0.0020, 0.0012} * h, black, 8);
    mesh.AddCapsule(eye + head.Along(-s * 0.009 * h, 0.0112 * h, 0.0028 * h),
                    eye + head.Along(s * 0.009 * h, 0.0108 * h, -0.001 * h), 0.0021 * h, 0.0014 * h,
                    Darker(look.hair, 0.85), 8);
    mesh.AddCapsule(eye + head.Along(-s * 0.008 * h, 0.0040 * h, 0.0015 * h),
                    eye + head.Along(s * 0.009 * h, 0.0035 * h, -0.0015 * h), 0.0015 * h, 0.0012 * h,
                    Darker(look.skin, 0.72), 8);
    mesh.AddEllipsoid(joints[ears[i]] + head.Along(0, 0.001 * h, -0.002 * h), head,
                      Vec3{0.005, 0.018, 0.011} * h, Darker(look.skin, 0.95), 10);
  }
  const Vec3& tip = joints[skeleton::kNose];
  mesh.AddCapsule(tip + head.Along(0, 0.024 * h, -0.012 * h), tip + head.Along(0, 0.001 * h, -0.006 * h),
                  0.0040 * h, 0.0070 * h, Darker(look.skin, 0.97), 10);
  mesh.AddEllipsoid(tip + head.Along(0, -0.003 * h, -0.008 * h), head, Vec3{0.0105, 0.0050, 0.0070} * h,
                    Darker(look.skin, 0.92), 10);
  const Vec3 mouth = Middle(joints[skeleton::kMouthLeft], joints[skeleton::kMouthRight]);
  mesh.AddEllipsoid(mouth + head.Along(0, 0.0015 * h, 0.0045 * h), head, Vec3{0.0135, 0.0030, 0.0060} * h,
                    look.lips, 10);
  mesh.AddEllipsoid(mouth + head.Along(0, -0.0035 * h, 0.0040 * h), head, Vec3{0.0115, 0.0036, 0.0065} * h,
                    Darker(look.lips, 1.08), 10);
  mesh.AddEllipsoid(mouth + head.Along(0, -0.0008 * h, 0.0062 * h), head, Vec3{0.0125, 0.0008, 0.0048} * h,
                    Darker(look.lips, 0.45), 8);
}

void AddHead(const Body& body, const Joints& joints, const Appearance& look, Mesh& mesh) {
  const double h = body.stature;
  const Vec3& left_ear = joints[skeleton::kLeftEar];
  const Vec3& right_ear = joints[skeleton::kRightEar];
  const Vec3 mouth = Middle(joints[skeleton::kMouthLeft], joints[skeleton::kMouthRight]);
  const Vec3 eyes = Middle(joints[skeleton::kLeftEye], joints[skeleton::kRightEye]);
  const Frame head = [&] {
    const Vec3 left = Normalized(left_ear - right_ear);
    const Vec3 up = Normalized(Perpendicular(eyes - mouth, left));
    return Frame{left, up, Cross(left, up)};
  }();
  const Vec3 centre = Middle(left_ear, right_ear) + head.Along(0, -0.004 * h, 0.004 * h);

  struct Section {
    double up, half_width, half_depth, forward;
  };
  constexpr std::array<Section, 13> kSkull = {{{-0.0660, 0.008, 0.008, 0.034},
                                               {-0.0640, 0.016, 0.018, 0.030},
                                               {-0.0560, 0.025, 0.031, 0.022},
                                               {-0.0420, 0.033, 0.043, 0.012},
                                               {-0.0240, 0.038, 0.049, 0.006},
                                               {-0.0040, 0.041, 0.052, 0.003},
                                               {0.0160, 0.0425, 0.054, 0.000},
                                               {0.0320, 0.0420, 0.0535, -0.002},
                                               {0.0450, 0.0380, 0.049, -0.004},
                                               {0.0550, 0.0310, 0.040, -0.005},
                                               {0.0620, 0.0220, 0.028, -0.006},
                                               {0.0655, 0.0110, 0.014, -0.006},
                                               {0.0665, 0.0010, 0.001, -0.006}}};
  std::vector<Ring> rings;
  rings.reserve(std::size(kSkull));
  for (const Section& s : kSkull) {
    rings.push_back({centre + head.Along(0, s.up * h, s.forward * h), head.left * (s.half_width * h),
                     head.forward * (s.half_depth * h), look.skin});
  }
  mesh.AddTube(rings, 20);

  // The hair: a cap over the back and top of the skull that leaves the forehead free.
  const Frame tilted = Pitch(head, -0.32);
  mesh.AddEllipsoid(centre + head.Along(0, 0.022 * h, -0.0095 * h), tilted, Vec3{0.0465, 0.0500, 0.0535} * h,
                    look.hair, 18);
  mesh.AddEllipsoid(centre + head.Along(0, -0.004 * h, -0.026 * h), head, Vec3{0.0415, 0.044, 0.034} * h,
                    look.hair, 14);
  if (look.long_hair) {
    const Vec3 knot = centre + head.Along(0, 0.030 * h, -0.064 * h);
    mesh.AddEllipsoid(knot, head, Vec3{0.017, 0.017, 0.015} * h, look.hair, 12);
    const Vec3 end = knot + Vec3{0, -0.085 * h, 0} - head.forward * (0.012 * h);
    mesh.AddCapsule(knot, end, 0.013 * h, 0.007 * h, look.hair, 10);
  }
  AddFace(joints, head, h, look, mesh);

  const Vec3 shoulders = MidShoulder(joints);
  const Vec3 throat = centre + head.Along(0, -0.030 * h, -0.012 * h);
  mesh.AddCapsule(shoulders, throat, 0.036 * h, 0.031 * h, look.skin, 16);
}

Paint MaterialPaint(Material material, const Appearance& look) {
  switch (material) {
    case Material::kSteel:
      return {0.68, 0.69, 0.71, 0.8};
    case Material::kDarkSteel:
      return {0.16, 0.17, 0.19, 0.4};
    case Material::kPadding:
      return look.padding;
    case Material::kRubber:
      return look.plates;
  }
  return look.padding;
}

void AddBarbell(const Vec3& centre, const Vec3& axis, double half_length, double plate_radius,
                const Appearance& look, Mesh& mesh) {
  const Paint steel = MaterialPaint(Material::kSteel, look);
  mesh.AddCylinder(centre - axis * half_length, centre + axis * half_length, 0.014, steel, 12);
  for (const double side : {-1.0, 1.0}) {
    const Vec3 out = axis * side;
    const Vec3 collar = centre + out * (half_length - 0.16);
    mesh.AddCylinder(collar, collar + out * 0.02, 0.03, steel, 14);
    mesh.AddCylinder(collar + out * 0.025, collar + out * 0.060, plate_radius, look.plates, 28);
    mesh.AddCylinder(collar + out * 0.064, collar + out * 0.090, 0.72 * plate_radius,
                     Darker(look.plates, 0.8), 26);
    mesh.AddCylinder(collar + out * 0.090, collar + out * 0.16, 0.022, steel, 12);
  }
}

void AddDumbbell(const Vec3& grip, const Vec3& axis, const Appearance& look, Mesh& mesh) {
  mesh.AddCylinder(grip - axis * 0.07, grip + axis * 0.07, 0.014, MaterialPaint(Material::kSteel, look), 10);
  for (const double side : {-1.0, 1.0}) {
    mesh.AddCylinder(grip + axis * (side * 0.065), grip + axis * (side * 0.125), 0.045, look.plates, 18);
  }
}

}  // namespace

void AddMannequin(const Body& body, const Joints& joints, const Appearance& look, bool gripping, Mesh& mesh) {
  AddTrunk(body, joints, look, mesh);
  AddHead(body, joints, look, mesh);
  for (const Side side : kSides) {
    AddArm(body, joints, side, look, mesh);
    AddHand(body, joints, side, look.skin, gripping, mesh);
    AddLeg(body, joints, side, look, mesh);
    AddShoe(body, joints, side, look, mesh);
  }
}

void AddFixtures(const Equipment& equipment, const Appearance& look, Mesh& mesh) {
  for (const Box& box : equipment.boxes)
    mesh.AddBox(box.centre, box.half_size, MaterialPaint(box.material, look));
  for (const Rod& rod : equipment.rods) {
    mesh.AddCylinder(rod.from, rod.to, rod.radius, MaterialPaint(rod.material, look), 16);
  }
}

void AddHeldEquipment(const Equipment& equipment, const Body& body, const Joints& joints,
                      const Appearance& look, Mesh& mesh) {
  const double h = body.stature;
  const auto grip = [&](Side side) {
    const HandFrame hand = FrameOfHand(joints, side);
    return hand.knuckles + hand.palm * (0.016 * h) - hand.fingers * (0.004 * h);
  };
  const Vec3 left = grip(Side::kLeft), right = grip(Side::kRight);
  const Vec3 middle = Middle(left, right);
  const Vec3 axis = Normalized(left - right);
  const double half_grip = Distance(left, right) / 2;
  const Paint steel = MaterialPaint(Material::kSteel, look);
  switch (equipment.held) {
    case HeldEquipment::kNothing:
      return;
    case HeldEquipment::kBarbell:
      AddBarbell(middle, axis, std::max(0.68, half_grip + 0.36), 0.105, look, mesh);
      break;
    case HeldEquipment::kBarbellOnBack: {
      const Frame chest = TrunkFrame(joints, kLeftShoulder);
      const Vec3 neck = MidShoulder(joints);
      AddBarbell(neck + chest.Along(0, 0.028 * h, -0.052 * h), chest.left, 0.85, 0.20, look, mesh);
      break;
    }
    case HeldEquipment::kCableBar: {
      const double half = half_grip + 0.09;
      mesh.AddCylinder(middle - axis * half, middle + axis * half, 0.013, steel, 12);
      if (equipment.cable_anchor.has_value()) {
        mesh.AddCylinder(middle, *equipment.cable_anchor, 0.004, MaterialPaint(Material::kDarkSteel, look),
                         6);
      }
      break;
    }
    case HeldEquipment::kDumbbells:
      for (const Side side : kSides) AddDumbbell(grip(side), FrameOfHand(joints, side).thumb, look, mesh);
      break;
  }
}

}  // namespace trackfit::synthesis
