#include "synthesis/camera.h"

#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace trackfit::synthesis {
namespace {

using skeleton::kJointCount;
using skeleton::kLeftHip;
using skeleton::kLeftShoulder;
using skeleton::kRightHip;
using skeleton::kRightShoulder;

bool LiesDown(const Motion& motion) {
  const Joints& j = motion.frames.front();
  const Vec3 spine = MidShoulder(j) - MidHip(j);
  return std::abs(spine.y) < 0.75 * Norm(spine);
}

struct Bounds {
  Vec3 low{1e9, 1e9, 1e9};
  Vec3 high{-1e9, -1e9, -1e9};
};

Bounds BoundsOf(const Motion& motion) {
  Bounds b;
  for (const Joints& joints : motion.frames) {
    for (const Vec3& j : joints) {
      b.low = {std::min(b.low.x, j.x), std::min(b.low.y, j.y), std::min(b.low.z, j.z)};
      b.high = {std::max(b.high.x, j.x), std::max(b.high.y, j.y), std::max(b.high.z, j.z)};
    }
  }
  const double flesh = 0.07;  // around the joints
  b.low = b.low - Vec3{flesh, 0.5 * flesh, flesh};
  b.high = b.high + Vec3{flesh, 1.3 * flesh, flesh};
  return b;
}

Camera LookAt(const Vec3& position, const Vec3& target, double roll, const CameraOptions& options) {
  Camera camera;
  camera.width = options.width;
  camera.height = options.height;
  camera.focal = 0.5 * std::max(options.width, options.height) / std::tan(Radians(options.fov_degrees) / 2);
  camera.position = position;
  camera.away = Normalized(target - position);
  const Vec3 right = Normalized(Cross(camera.away, {0, 1, 0}));
  const Vec3 down = Cross(camera.away, right);
  camera.right = right * std::cos(roll) + down * std::sin(roll);
  camera.down = down * std::cos(roll) - right * std::sin(roll);
  return camera;
}

Vec3 DirectionTo(double yaw, double pitch) {
  return {std::sin(yaw) * std::cos(pitch), std::sin(pitch), std::cos(yaw) * std::cos(pitch)};
}

// Whether every corner of the bounds lies within `fill` of the image around its middle.
bool Fits(const Camera& camera, const Bounds& bounds, double fill) {
  for (int corner = 0; corner < 8; ++corner) {
    const Vec3 point{corner & 1 ? bounds.high.x : bounds.low.x, corner & 2 ? bounds.high.y : bounds.low.y,
                     corner & 4 ? bounds.high.z : bounds.low.z};
    const PixelPoint p = Project(camera, point);
    if (p.depth < 0.3) return false;
    if (std::abs(p.x / camera.width - 0.5) > fill / 2 || std::abs(p.y / camera.height - 0.5) > fill / 2)
      return false;
  }
  return true;
}

// The shortest distance at which the whole motion takes up `fill` of the image.
double FitDistance(const CameraOptions& options, const Bounds& bounds, double yaw) {
  const Vec3 target = Middle(bounds.low, bounds.high);
  const double fit = std::min(options.fill, 1.0);
  double near = 0.3, far = 100;
  for (int i = 0; i < 40; ++i) {
    const double distance = (near + far) / 2;
    const Vec3 position = target + DirectionTo(yaw, Radians(options.pitch_degrees)) * distance;
    (Fits(LookAt(position, target, 0, options), bounds, fit) ? far : near) = distance;
  }
  return options.fill > 1 ? far / options.fill : far;
}

double Shake(const NamedRandom& random, const char* name, double time) {
  double sum = 0;
  for (int i = 0; i < 4; ++i) {
    const double hz = random.Uniform(name, 0.15 + 0.5 * i, 0.5 + 0.9 * i, 2 * i);
    sum += std::sin(2 * std::numbers::pi * (hz * time + random.Uniform(name, 2 * i + 1))) / (1 + 1.5 * i);
  }
  return sum;
}

// ---- occlusion by the body

struct Segment {
  int from, to;
  double radius;  // fraction of the stature
};

constexpr std::array<Segment, 8> kLimbs = {{{11, 13, 0.026},
                                            {13, 15, 0.020},
                                            {12, 14, 0.026},
                                            {14, 16, 0.020},
                                            {23, 25, 0.042},
                                            {25, 27, 0.028},
                                            {24, 26, 0.042},
                                            {26, 28, 0.028}}};

struct Capsule {
  Vec3 from, to;
  double radius;
};

struct Closest {
  double gap;    // metres between the segments
  double along;  // 0..1 on the first segment
};

Closest ClosestApproach(const Vec3& a0, const Vec3& a1, const Vec3& b0, const Vec3& b1) {
  const Vec3 u = a1 - a0, v = b1 - b0, w = a0 - b0;
  const double a = Dot(u, u), b = Dot(u, v), c = Dot(v, v), d = Dot(u, w), e = Dot(v, w);
  const double determinant = a * c - b * b;
  double s = determinant > 1e-9 ? std::clamp((b * e - c * d) / determinant, 0.0, 1.0) : 0.0;
  const double t = c > 1e-9 ? std::clamp((b * s + e) / c, 0.0, 1.0) : 0.0;
  s = a > 1e-9 ? std::clamp((b * t - d) / a, 0.0, 1.0) : 0.0;
  return {Distance(a0 + u * s, b0 + v * t), s};
}

// Three capsules side by side stand for the trunk.
std::array<Capsule, 3> TrunkCapsules(const Joints& j, double stature) {
  const Vec3 hips = MidHip(j), shoulders = MidShoulder(j);
  const double radius = 0.058 * stature;
  return {{{hips, shoulders, radius},
           {Lerp(hips, j[kLeftHip], 0.9), Lerp(shoulders, j[kLeftShoulder], 0.6), radius},
           {Lerp(hips, j[kRightHip], 0.9), Lerp(shoulders, j[kRightShoulder], 0.6), radius}}};
}

// How far the body hides the joint from the camera: 0 = in full sight, 1 = hidden.
double Occlusion(const Vec3& eye, const Joints& joints, int joint, double stature) {
  const Vec3& point = joints[joint];
  const auto covers = [&](const Capsule& capsule, double margin) {
    // Flesh around the joint itself does not hide it: only what lies clearly in front of it counts.
    const Closest closest = ClosestApproach(eye, point, capsule.from, capsule.to);
    const double in_front = (1 - closest.along) * Distance(eye, point);
    if (in_front < capsule.radius + margin) return 0.0;
    return std::clamp((capsule.radius - closest.gap) / (0.25 * capsule.radius), 0.0, 1.0);
  };
  double hidden = 0;
  for (const Segment& limb : kLimbs) {
    if (joint == limb.from || joint == limb.to) continue;
    hidden = std::max(hidden, covers({joints[limb.from], joints[limb.to], limb.radius * stature}, 0.03));
  }
  const bool on_trunk =
      joint == kLeftShoulder || joint == kRightShoulder || joint == kLeftHip || joint == kRightHip;
  for (const Capsule& capsule : TrunkCapsules(joints, stature)) {
    hidden = std::max(hidden, covers(capsule, on_trunk ? 0.10 : 0.04));
  }
  if (joint > skeleton::kMouthRight) {
    const Vec3 head = Middle(joints[skeleton::kLeftEar], joints[skeleton::kRightEar]);
    hidden = std::max(hidden, covers({head, head + Vec3{0, 1e-3, 0}, 0.055 * stature}, 0.04));
  }
  return hidden;
}

double TrunkLength(const skeleton::Pose& pose) {
  const auto& w = pose.world_landmarks;
  return Norm({(w[kLeftShoulder].x + w[kRightShoulder].x - w[kLeftHip].x - w[kRightHip].x) / 2.0,
               (w[kLeftShoulder].y + w[kRightShoulder].y - w[kLeftHip].y - w[kRightHip].y) / 2.0,
               (w[kLeftShoulder].z + w[kRightShoulder].z - w[kLeftHip].z - w[kRightHip].z) / 2.0});
}

// The image's scale at the person, by least squares over all joints.
double PixelsPerMetre(const skeleton::Pose& pose) {
  const auto& l = pose.landmarks;
  const auto& w = pose.world_landmarks;
  const double x0 = (l[kLeftHip].x + l[kRightHip].x) / 2.0, y0 = (l[kLeftHip].y + l[kRightHip].y) / 2.0;
  double product = 0, square = 1e-9;
  for (int j = 0; j < kJointCount; ++j) {
    product += (l[j].x - x0) * pose.image_width * w[j].x + (l[j].y - y0) * pose.image_height * w[j].y;
    square += static_cast<double>(w[j].x) * w[j].x + static_cast<double>(w[j].y) * w[j].y;
  }
  return product / square;
}

constexpr double kHiddenLoss = 0.7;  // of the visibility of a joint that the body hides

double InImage(double x, double y) {
  const double outside = std::max({-x, x - 1, -y, y - 1, 0.0});
  return std::exp(-outside * 12);
}

bool OnLimb(int joint) { return joint > kRightShoulder && joint != kLeftHip && joint != kRightHip; }

// The visibility that BlazePose reports for a joint hidden by the body: the median by part of the body.
double HiddenVisibility(int joint) {
  if (!OnLimb(joint)) return 1;
  if (joint <= skeleton::kRightWrist) return 0.15;  // elbows and wrists
  if (joint < kLeftHip) return 0.25;                // hands
  if (joint <= skeleton::kRightKnee) return 0.35;
  return joint <= skeleton::kRightAnkle ? 0.5 : 0.6;  // ankles; feet
}

// The visibility that BlazePose would report for a landmark with the true one of ProjectPose.
double ReportedVisibility(int joint, const skeleton::Landmark& landmark) {
  const double inside = 0.05 + 0.95 * InImage(landmark.x, landmark.y);
  const double hidden = std::clamp((1 - landmark.visibility / inside) / kHiddenLoss, 0.0, 1.0);
  return inside * (1 - hidden * (1 - HiddenVisibility(joint)));
}

// The limbs of one pair change sides for a while, in some clips.
void SwapLimbs(std::vector<skeleton::Pose>& poses, const LandmarkNoise& noise, double fps,
               const NamedRandom& random) {
  const std::array<std::vector<int>, 2> left_limbs = {
      {{skeleton::kLeftElbow, skeleton::kLeftWrist, skeleton::kLeftPinky, skeleton::kLeftIndex,
        skeleton::kLeftThumb},
       {skeleton::kLeftKnee, skeleton::kLeftAnkle, skeleton::kLeftHeel, skeleton::kLeftFootIndex}}};
  for (size_t pair = 0; pair < left_limbs.size(); ++pair) {
    if (random.Uniform("swaps", pair) >= noise.swap_chance) continue;
    const auto length = static_cast<size_t>(std::ceil(fps * random.Uniform("swap length", 0.2, 1, pair)));
    const auto first =
        static_cast<size_t>(random.Uniform("swap start", pair) * static_cast<double>(poses.size()));
    for (size_t t = first; t < std::min(poses.size(), first + length); ++t) {
      for (const int left : left_limbs[pair]) {
        std::swap(poses[t].landmarks[left], poses[t].landmarks[left + 1]);
        std::swap(poses[t].world_landmarks[left], poses[t].world_landmarks[left + 1]);
      }
    }
  }
}

absl::Status CheckCamera(const char* field, double value, double low, double high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("camera.", field, " is ", value, "; it must be between ", low, " and ", high));
}

}  // namespace

absl::Status CameraOptions::Validate() const {
  const struct {
    const char* field;
    double value, low, high;
  } checks[] = {{"width", static_cast<double>(width), 32, 4096},
                {"height", static_cast<double>(height), 32, 4096},
                {"yaw_degrees", yaw_degrees, -720, 720},
                {"pitch_degrees", pitch_degrees, -30, 60},
                {"roll_degrees", roll_degrees, -180, 180},
                {"fov_degrees", fov_degrees, 10, 120},
                {"fill", fill, 0.1, 3},
                {"shift_x", shift_x, -0.5, 0.5},
                {"shift_y", shift_y, -0.5, 0.5},
                {"orbit_degrees", orbit_degrees, -720, 720},
                {"handheld", handheld, 0, 10}};
  for (const auto& check : checks) {
    absl::Status status = CheckCamera(check.field, check.value, check.low, check.high);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

PixelPoint Project(const Camera& camera, const Vec3& point) {
  const Vec3 d = point - camera.position;
  const double depth = Dot(d, camera.away);
  return {camera.width / 2.0 + camera.focal * Dot(d, camera.right) / depth,
          camera.height / 2.0 + camera.focal * Dot(d, camera.down) / depth, depth};
}

CameraOptions ShowcaseCamera(const Motion& motion, uint64_t seed) {
  const NamedRandom random(seed ^ 0xca3e7a);
  CameraOptions options;
  options.seed = seed;
  const double side = random.Uniform("side") < 0.5 ? 1 : -1;
  struct Range {
    double low, high;
  };
  const bool lies = LiesDown(motion);
  const bool under_bar = lies && motion.equipment.held == HeldEquipment::kBarbell;
  const bool at_machine = motion.equipment.cable_anchor.has_value();
  // Plates and machines hide the person from exactly the side or the front.
  const Range yaw = under_bar    ? Range{46, 60}
                    : lies       ? Range{66, 84}
                    : at_machine ? Range{50, 64}
                                 : Range{24, 44};
  const Range pitch = under_bar ? Range{20, 26} : lies ? Range{12, 18} : Range{4, 10};
  options.yaw_degrees = side * random.Uniform("yaw", yaw.low, yaw.high);
  options.pitch_degrees = random.Uniform("pitch", pitch.low, pitch.high);
  options.fov_degrees = 46;
  options.fill = 0.96;
  options.orbit_degrees = -side * random.Uniform("orbit", 6, 14);
  options.handheld = 0.4;
  return options;
}

CameraOptions DrawCamera(const Motion& motion, uint64_t seed, int width, int height) {
  constexpr std::array<std::array<int, 2>, 6> kSizes = {
      {{640, 480}, {1280, 720}, {720, 1280}, {1920, 1080}, {480, 640}, {640, 640}}};
  const NamedRandom random(seed ^ 0xd4a3ca);
  CameraOptions options;
  options.seed = seed;
  const auto& size = kSizes[random.Bits("size") % kSizes.size()];
  options.width = width > 0 ? width : size[0];
  options.height = height > 0 ? height : size[1];

  const double kind = random.Uniform("view");
  const double side = random.Uniform("side") < 0.5 ? 1 : -1;
  const double spread = random.Normal("yaw");
  if (kind < 0.2) {
    options.yaw_degrees = random.Uniform("any yaw", -180, 180);
  } else if (LiesDown(motion)) {
    options.yaw_degrees = kind < 0.8 ? side * (90 + 18 * spread) : side * random.Uniform("oblique", 15, 165);
  } else {
    options.yaw_degrees =
        kind < 0.55 ? 20 * spread : side * (kind < 0.8 ? 45 + 14 * spread : 88 + 14 * spread);
  }
  options.pitch_degrees = std::clamp(random.Uniform("pitch", -10, 30), -10.0, 30.0);
  if (random.Uniform("level") < 0.5)
    options.pitch_degrees = std::clamp(4 + 5 * random.Normal("pitch"), -10.0, 25.0);
  options.roll_degrees = std::clamp(2.5 * random.Normal("roll"), -8.0, 8.0);
  options.fov_degrees = random.Uniform("fov", 30, 75);
  options.fill = random.Uniform("fill", 0.45, 0.97);
  if (random.Uniform("cut off") < 0.12) options.fill = random.Uniform("cut", 1.0, 1.35);
  const double slack = std::max(0.0, 1 - options.fill) / 2;
  options.shift_x = random.Uniform("shift x", -0.8, 0.8) * slack;
  options.shift_y = random.Uniform("shift y", -0.8, 0.8) * slack;
  if (random.Uniform("orbits") < 0.15) options.orbit_degrees = random.Uniform("orbit", -40, 40);
  if (random.Uniform("by hand") < 0.4) options.handheld = random.Uniform("shaking", 0.3, 1.5);
  return options;
}

absl::StatusOr<std::vector<Camera>> MakeCameraPath(const CameraOptions& options, const Motion& motion) {
  if (absl::Status status = options.Validate(); !status.ok()) return status;
  if (motion.frames.empty()) return absl::InvalidArgumentError("motion has no frames");
  const Bounds bounds = BoundsOf(motion);
  const NamedRandom random(options.seed ^ 0x5ba4e);
  const Vec3 centre = Middle(bounds.low, bounds.high);
  const double start_yaw = Radians(options.yaw_degrees);
  // Far enough for both ends of the orbit.
  double distance = 0;
  for (const double part : {0.0, 0.5, 1.0}) {
    distance =
        std::max(distance, FitDistance(options, bounds, start_yaw + Radians(options.orbit_degrees) * part));
  }

  const int frames = static_cast<int>(motion.frames.size());
  std::vector<Camera> path;
  for (int i = 0; i < frames; ++i) {
    const double time = i / motion.fps;
    const double part = frames > 1 ? static_cast<double>(i) / (frames - 1) : 0;
    const double eased = 0.5 - 0.5 * std::cos(std::numbers::pi * part);
    const double yaw = start_yaw + Radians(options.orbit_degrees) * eased;
    const double shaking = 0.004 * options.handheld;
    Vec3 position = centre + DirectionTo(yaw, Radians(options.pitch_degrees)) * distance;
    position = position + Vec3{Shake(random, "x", time), Shake(random, "y", time), Shake(random, "z", time)} *
                              (shaking * distance);
    Vec3 target = centre + Vec3{Shake(random, "target x", time), Shake(random, "target y", time),
                                Shake(random, "target z", time)} *
                               (shaking * distance);
    position.y = std::max(position.y, 0.15);  // above the floor
    const Camera straight = LookAt(position, target, 0, options);
    const double metres_per_pixel = distance / straight.focal;
    target = target - straight.right * (options.shift_x * options.width * metres_per_pixel) -
             straight.down * (options.shift_y * options.height * metres_per_pixel);
    const double roll = Radians(options.roll_degrees + 0.35 * options.handheld * Shake(random, "roll", time));
    path.push_back(LookAt(position, target, roll, options));
  }
  return path;
}

skeleton::Pose ProjectPose(const Camera& camera, const Body& body, const Joints& joints) {
  const Vec3 mid_hip = MidHip(joints);
  const PixelPoint origin = Project(camera, mid_hip);
  const double pixels_per_metre = camera.focal / origin.depth;

  skeleton::Pose pose;
  pose.image_width = camera.width;
  pose.image_height = camera.height;
  pose.score = 1;
  pose.has_world_landmarks = true;
  for (int i = 0; i < kJointCount; ++i) {
    const PixelPoint p = Project(camera, joints[i]);
    const double x = p.x / camera.width, y = p.y / camera.height;
    const double inside = InImage(x, y);
    const double visible =
        (1 - kHiddenLoss * Occlusion(camera.position, joints, i, body.stature)) * (0.05 + 0.95 * inside);
    pose.landmarks[i] = {static_cast<float>(x), static_cast<float>(y),
                         static_cast<float>((p.depth - origin.depth) * pixels_per_metre / camera.width),
                         static_cast<float>(visible), static_cast<float>(0.02 + 0.98 * inside)};
    const Vec3 d = joints[i] - mid_hip;
    pose.world_landmarks[i] = {static_cast<float>(Dot(d, camera.right)),
                               static_cast<float>(Dot(d, camera.down)),
                               static_cast<float>(Dot(d, camera.away)), static_cast<float>(visible)};
  }
  return pose;
}

std::vector<skeleton::Pose> ProjectMotion(const std::vector<Camera>& cameras, const Motion& motion) {
  std::vector<skeleton::Pose> poses;
  for (size_t i = 0; i < motion.frames.size(); ++i) {
    poses.push_back(ProjectPose(cameras[i], motion.body, motion.frames[i]));
    poses.back().sequence = i;
    poses.back().timestamp_us = std::llround(static_cast<double>(i) * 1e6 / motion.fps);
  }
  return poses;
}

std::vector<skeleton::Pose> AddLandmarkNoise(std::vector<skeleton::Pose> poses, const LandmarkNoise& noise,
                                             double fps, uint64_t seed) {
  const NamedRandom random(seed ^ 0x401513);
  const auto factor = [&](const char* name, double mean) {
    return mean * std::clamp(1 + noise.depth_spread * random.Normal(name), 0.3, 1.8);
  };
  const double world_depth = factor("world depth", noise.world_depth);
  const double image_depth = factor("image depth", noise.image_depth);
  const double tilt = noise.depth_tilt * random.Normal("tilt");
  // First-order autoregressive: neighbouring frames err alike over about a tenth of a second.
  const double keep = std::exp(-1 / (0.1 * fps));
  const double renew = std::sqrt(1 - keep * keep);
  std::vector<std::array<double, 3>> bias(kJointCount), jitter(kJointCount);
  std::array<double, kJointCount> scale{};
  for (int j = 0; j < kJointCount; ++j) {
    const double tail = OnLimb(j) ? noise.limb_tail : noise.trunk_tail;
    scale[j] = std::exp(tail * std::clamp(random.Normal("scale", j), -2.5, 2.5));
    for (int axis = 0; axis < 3; ++axis) {
      bias[j][axis] =
          random.Normal("bias", 3 * j + axis) * (axis == 2 ? noise.depth_bias : noise.bias * scale[j]);
      jitter[j][axis] = random.Normal("first jitter", 3 * j + axis);
    }
  }
  for (size_t frame = 0; frame < poses.size(); ++frame) {
    skeleton::Pose& pose = poses[frame];
    const double trunk = TrunkLength(pose), pixels = PixelsPerMetre(pose);
    for (int j = 0; j < kJointCount; ++j) {
      skeleton::Landmark& l = pose.landmarks[j];
      skeleton::WorldLandmark& world = pose.world_landmarks[j];
      const double hidden = 1 - l.visibility, reported = ReportedVisibility(j, l);
      std::array<double, 3> offset{};
      for (int axis = 0; axis < 3; ++axis) {
        const uint64_t index = (frame * kJointCount + j) * 3 + axis;
        jitter[j][axis] = keep * jitter[j][axis] + renew * random.Normal("jitter", index);
        const double deviation = jitter[j][axis] * (axis == 2 ? noise.depth_jitter : noise.jitter * scale[j]);
        offset[axis] = trunk * (bias[j][axis] + deviation) * (1 + 2 * hidden);
      }
      l.x += static_cast<float>(offset[0] * pixels / pose.image_width);
      l.y += static_cast<float>(offset[1] * pixels / pose.image_height);
      world.z = static_cast<float>(world_depth * world.z + tilt * world.y + offset[2]);
      world.x += static_cast<float>(offset[0]);
      world.y += static_cast<float>(offset[1]);
      l.z = static_cast<float>(image_depth * world.z * pixels / pose.image_width);
      const double seen = reported + 0.02 * jitter[j][0] * (1 + 4 * hidden) - 0.01;
      l.visibility = world.visibility = static_cast<float>(std::clamp(seen, 0.0, 1.0));
    }
    pose.score = static_cast<float>(std::clamp(0.98 + 0.01 * random.Normal("score", frame), 0.5, 1.0));
  }
  SwapLimbs(poses, noise, fps, random);
  return poses;
}

absl::StatusOr<std::vector<skeleton::Pose>> SynthesizePoses(const PoseOptions& options) {
  const absl::StatusOr<Motion> motion = SynthesizeMotion(options.motion);
  if (!motion.ok()) return motion.status();
  const CameraOptions camera = options.camera.value_or(DrawCamera(*motion, options.motion.seed));
  const absl::StatusOr<std::vector<Camera>> path = MakeCameraPath(camera, *motion);
  if (!path.ok()) return path.status();

  std::vector<skeleton::Pose> poses = ProjectMotion(*path, *motion);
  if (!options.noise.has_value()) return poses;
  return AddLandmarkNoise(std::move(poses), *options.noise, motion->fps, options.motion.seed);
}

}  // namespace trackfit::synthesis
