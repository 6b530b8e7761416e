#include "training/augmentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "absl/strings/str_cat.h"
#include "skeleton/normalize.h"
#include "skeleton/resample.h"

namespace trackfit::training {
namespace {

using skeleton::kJointCount;
using skeleton::Landmark;
using skeleton::Pose;

constexpr int kSquareSize = 1000;

double Uniform(Random& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}
bool Chance(Random& random, double probability) { return Uniform(random, 0, 1) < probability; }
double Radians(double degrees) { return degrees * std::numbers::pi / 180; }

struct Centre {
  float x = 0.5F, y = 0.5F, z = 0;
};

Centre MeanPosition(std::span<const Pose> poses) {
  double x = 0, y = 0, z = 0;
  int count = 0;
  for (const Pose& pose : poses) {
    for (const Landmark& landmark : pose.landmarks) {
      if (!std::isfinite(landmark.x)) continue;
      x += landmark.x;
      y += landmark.y;
      z += landmark.z;
      ++count;
    }
  }
  if (count == 0) return {};
  return {static_cast<float>(x / count), static_cast<float>(y / count), static_cast<float>(z / count)};
}

template <typename Function>
void ForEachLandmark(std::span<Pose> poses, Function&& function) {
  for (Pose& pose : poses) {
    for (Landmark& landmark : pose.landmarks) function(landmark);
  }
}

struct Turn {
  explicit Turn(double radians)
      : cosine(static_cast<float>(std::cos(radians))), sine(static_cast<float>(std::sin(radians))) {}
  void Apply(float& a, float& b) const {
    const float turned = a * cosine - b * sine;
    b = a * sine + b * cosine;
    a = turned;
  }
  float cosine, sine;
};

// Errors of pose estimation: a constant one per joint, a slowly varying one, and one per frame. Depth is
// worse.
void AddNoise(std::vector<Pose>& poses, const AugmentationConfig& config, Random& random) {
  const double torso = TorsoLength(poses);
  std::normal_distribution<double> normal;
  const double strength = Uniform(random, 0.2, 1.6);
  const double jitter = config.jitter * strength * torso, offset = config.offset * strength * torso;
  constexpr double kDepthFactor = 1.5;
  constexpr double kWanderDecay = 0.93;  // half a second at 30 Hz
  const double wander_step = std::sqrt(1 - kWanderDecay * kWanderDecay) * offset / 2;
  for (int j = 0; j < kJointCount; ++j) {
    const std::array<double, 3> constant = {normal(random) * offset, normal(random) * offset,
                                            normal(random) * offset * kDepthFactor};
    std::array<double, 3> wander{};
    for (Pose& pose : poses) {
      Landmark& landmark = pose.landmarks[j];
      std::array<float*, 3> axes = {&landmark.x, &landmark.y, &landmark.z};
      for (int axis = 0; axis < 3; ++axis) {
        const double factor = axis == 2 ? kDepthFactor : 1;
        wander[axis] = wander[axis] * kWanderDecay + normal(random) * wander_step * factor;
        *axes[axis] += static_cast<float>(constant[axis] + wander[axis] + normal(random) * jitter * factor);
      }
    }
  }
}

// What BlazePose makes of legs that the picture does not show: somewhere below the hips, wandering.
void GuessLegs(std::vector<Pose>& poses, Random& random) {
  const double torso = TorsoLength(poses);
  std::normal_distribution<double> normal;
  const double strength = Uniform(random, 0.2, 0.6) * torso;
  const double phase = Uniform(random, 0, 2 * std::numbers::pi), cycles = Uniform(random, 0.3, 3);
  const bool stiff = Chance(random, 0.5);  // a straight leg rather than the true one, disturbed
  for (const int hip : {skeleton::kLeftHip, skeleton::kRightHip}) {
    for (int segment = 0; segment < 4; ++segment) {  // knee, ankle, heel, toes
      const int joint = hip + 2 * (segment + 1);
      const std::array<double, 3> away = {normal(random) * strength, normal(random) * strength,
                                          normal(random) * strength};
      const double down = torso * (segment == 0 ? 0.9 : 1.7);
      for (size_t t = 0; t < poses.size(); ++t) {
        const double wave = std::sin(2 * std::numbers::pi * cycles * static_cast<double>(t) /
                                         static_cast<double>(poses.size()) +
                                     phase);
        const double share = (1 + 0.5 * wave) * (segment == 0 ? 0.6 : 1);
        Landmark& landmark = poses[t].landmarks[joint];
        const Landmark& from = poses[t].landmarks[hip];
        if (stiff) landmark = {from.x, static_cast<float>(from.y + down), from.z, 0, 0};
        landmark.x += static_cast<float>(away[0] * share);
        landmark.y += static_cast<float>(away[1] * share);
        landmark.z += static_cast<float>(away[2] * share);
      }
    }
  }
}

// A slow sway and pan of the camera.
void AddDrift(std::vector<Pose>& poses, const AugmentationConfig& config, Random& random) {
  const double size = config.drift * TorsoLength(poses) * Uniform(random, 0, 1);
  const double direction = Uniform(random, 0, 2 * std::numbers::pi),
               phase = Uniform(random, 0, 2 * std::numbers::pi);
  const double cycles = Uniform(random, 0.2, 1.5);
  for (size_t t = 0; t < poses.size(); ++t) {
    const double u = static_cast<double>(t) / static_cast<double>(poses.size());
    const double shift = 0.5 * size * std::sin(2 * std::numbers::pi * cycles * u + phase);
    for (Landmark& landmark : poses[t].landmarks) {
      landmark.x += static_cast<float>(shift * std::cos(direction));
      landmark.y += static_cast<float>(shift * std::sin(direction));
    }
  }
}

void ScaleDepth(std::span<Pose> poses, double factor) {
  ForEachLandmark(poses, [factor](Landmark& landmark) { landmark.z *= static_cast<float>(factor); });
}

// Coordinates of a image that is not square, its size unknown: x and z relative to the width, y to the
// height.
void ChangeAspect(std::span<Pose> poses, double factor) {
  const auto scale = static_cast<float>(std::sqrt(factor));
  ForEachLandmark(poses, [scale](Landmark& landmark) {
    landmark.x *= scale;
    landmark.z *= scale;
    landmark.y /= scale;
  });
}

}  // namespace

absl::Status AugmentationConfig::Validate() const {
  for (const auto& [name, value] : {std::pair{"mirror_probability", mirror_probability},
                                    {"reverse_probability", reverse_probability},
                                    {"flat_probability", flat_probability},
                                    {"aspect_probability", aspect_probability},
                                    {"absence_probability", absence_probability},
                                    {"guessed_legs_probability", guessed_legs_probability}}) {
    if (!(value >= 0 && value <= 1)) {
      return absl::InvalidArgumentError(absl::StrCat(name, " is ", value, "; it must be within [0, 1]"));
    }
  }
  if (!(max_aspect >= 1)) return absl::InvalidArgumentError("max_aspect must be at least 1");
  if (!(time_warp >= 0 && time_warp < 0.3))
    return absl::InvalidArgumentError("time_warp must be within [0, 0.3)");
  return absl::OkStatus();
}

float TorsoLength(std::span<const Pose> poses) {
  std::vector<float> lengths;
  for (const Pose& pose : poses) {
    const auto& l = pose.landmarks;
    const auto middle = [&](float Landmark::*axis, int a, int b) { return (l[a].*axis + l[b].*axis) / 2; };
    const float length = std::hypot(middle(&Landmark::x, 11, 12) - middle(&Landmark::x, 23, 24),
                                    middle(&Landmark::y, 11, 12) - middle(&Landmark::y, 23, 24),
                                    middle(&Landmark::z, 11, 12) - middle(&Landmark::z, 23, 24));
    if (std::isfinite(length)) lengths.push_back(length);
  }
  if (lengths.empty()) return 0.25F;
  std::nth_element(lengths.begin(), lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2),
                   lengths.end());
  return lengths[lengths.size() / 2];
}

void MakeSquare(std::span<Pose> poses) {
  for (Pose& pose : poses) {
    if (pose.image_width > 0 && pose.image_height > 0) {
      const float aspect = static_cast<float>(pose.image_height) / static_cast<float>(pose.image_width);
      for (Landmark& landmark : pose.landmarks) landmark.y *= aspect;
    }
    pose.image_width = kSquareSize;
    pose.image_height = kSquareSize;
    pose.has_world_landmarks = false;
  }
}

void Mirror(std::span<Pose> poses) {
  for (Pose& pose : poses) {
    const auto original = pose.landmarks;
    for (int j = 0; j < kJointCount; ++j) {
      pose.landmarks[j] = original[skeleton::MirroredJoints()[j]];
      pose.landmarks[j].x = 1 - pose.landmarks[j].x;
    }
  }
}

void Roll(std::span<Pose> poses, double radians) {
  const Centre centre = MeanPosition(poses);
  const Turn turn(radians);
  ForEachLandmark(poses, [&](Landmark& landmark) {
    float x = landmark.x - centre.x, y = landmark.y - centre.y;
    turn.Apply(x, y);
    landmark.x = x + centre.x;
    landmark.y = y + centre.y;
  });
}

void Yaw(std::span<Pose> poses, double radians) {
  const Centre centre = MeanPosition(poses);
  const Turn turn(radians);
  ForEachLandmark(poses, [&](Landmark& landmark) {
    float z = landmark.z - centre.z, x = landmark.x - centre.x;
    turn.Apply(z, x);
    landmark.x = x + centre.x;
    landmark.z = z + centre.z;
  });
}

void Pitch(std::span<Pose> poses, double radians) {
  const Centre centre = MeanPosition(poses);
  const Turn turn(radians);
  ForEachLandmark(poses, [&](Landmark& landmark) {
    float y = landmark.y - centre.y, z = landmark.z - centre.z;
    turn.Apply(y, z);
    landmark.y = y + centre.y;
    landmark.z = z + centre.z;
  });
}

void DropJoints(std::span<Pose> poses, std::span<const int> joints) {
  constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();
  for (Pose& pose : poses) {
    for (const int joint : joints) pose.landmarks[joint] = {kAbsent, kAbsent, kAbsent, 0, 0};
  }
}

std::vector<int> DrawAbsentJoints(Random& random) {
  const auto between = [](int first, int last) {
    std::vector<int> joints;
    for (int j = first; j <= last; ++j) joints.push_back(j);
    return joints;
  };
  std::vector<int> joints;
  const auto add = [&joints](const std::vector<int>& more) {
    joints.insert(joints.end(), more.begin(), more.end());
  };
  switch (std::uniform_int_distribution<int>(0, 11)(random)) {
    case 0:  // only nose, shoulders, elbows, wrists, hips, knees, ankles
    case 1:
      add(between(1, 10));
      add(between(17, 22));
      add(between(29, 32));
      break;
    case 2:  // of these only the upper body and the hips
      add(between(1, 10));
      add(between(17, 22));
      add(between(25, 32));
      break;
    case 3:  // legs out of the image: the hardest case, as for squats
    case 4:
    case 5:
      add(between(25, 32));
      break;
    case 6:  // legs and head out of the image
      add(between(25, 32));
      add(between(0, 10));
      break;
    case 7: {  // one side hidden
      const int side = std::uniform_int_distribution<int>(0, 1)(random);
      for (int joint = 13 + side; joint < skeleton::kJointCount; joint += 2) {
        if (joint != skeleton::kLeftHip + side) joints.push_back(joint);
      }
      break;
    }
    case 8:  // face
      add(between(0, 10));
      break;
    case 9:  // hands
      add(between(17, 22));
      break;
    case 10:  // feet
      add(between(29, 32));
      break;
    default:
      for (int i = std::uniform_int_distribution<int>(1, 6)(random); i > 0; --i) {
        joints.push_back(std::uniform_int_distribution<int>(0, kJointCount - 1)(random));
      }
  }
  return joints;
}

std::vector<Pose> WarpTime(std::span<const Pose> poses, int count, double strength, double phase) {
  std::vector<Pose> warped;
  warped.reserve(count);
  const auto curve = [&](double u) { return u + strength / 2 * std::sin(2 * std::numbers::pi * u + phase); };
  const double low = curve(0), high = curve(1);
  const auto last = static_cast<double>(poses.size() - 1);
  for (int i = 0; i < count; ++i) {
    const double u = count > 1 ? static_cast<double>(i) / (count - 1) : 0.0;
    const double position = std::clamp((curve(u) - low) / (high - low), 0.0, 1.0) * last;
    const size_t before = std::min(static_cast<size_t>(position), poses.size() - 2);
    // Interpolate works on timestamps: the pair is put at 0 and 1 second.
    Pose from = poses[before], to = poses[before + 1];
    from.timestamp_us = 0;
    to.timestamp_us = 1'000'000;
    Pose pose = skeleton::Interpolate(
        from, to, std::llround(std::clamp(position - static_cast<double>(before), 0.0, 1.0) * 1e6));
    pose.timestamp_us = poses.front().timestamp_us;
    warped.push_back(pose);
  }
  return warped;
}

std::vector<Pose> Augment(std::vector<Pose> poses, const AugmentationConfig& config, Random& random,
                          std::vector<int>* marked) {
  MakeSquare(poses);
  // Turns are rigid only where depth has the image's scale.
  ScaleDepth(poses, 1 / skeleton::kDepthScale);
  if (Chance(random, config.reverse_probability)) std::reverse(poses.begin(), poses.end());
  if (config.time_warp > 0 && poses.size() > 2) {
    poses = WarpTime(poses, static_cast<int>(poses.size()), Uniform(random, 0, config.time_warp),
                     Uniform(random, 0, 2 * std::numbers::pi));
  }
  if (Chance(random, config.mirror_probability)) {
    Mirror(poses);
    if (marked != nullptr) {
      for (int& joint : *marked) joint = skeleton::MirroredJoints()[joint];
    }
  }
  ScaleDepth(poses, std::exp(std::normal_distribution<double>(0, config.depth_scale)(random)));
  const auto angle = [&](double degrees) { return Uniform(random, -Radians(degrees), Radians(degrees)); };
  Yaw(poses, angle(config.max_yaw_degrees));
  Pitch(poses, angle(config.max_pitch_degrees));
  Roll(poses, angle(config.max_roll_degrees));
  if (Chance(random, config.flat_probability)) ScaleDepth(poses, 0);
  AddDrift(poses, config, random);
  AddNoise(poses, config, random);
  if (Chance(random, config.guessed_legs_probability)) GuessLegs(poses, random);
  ScaleDepth(poses, skeleton::kDepthScale);
  if (Chance(random, config.aspect_probability)) {
    const double limit = std::log(config.max_aspect);
    ChangeAspect(poses, std::exp(Uniform(random, -limit, limit)));
  }
  if (Chance(random, config.absence_probability)) DropJoints(poses, DrawAbsentJoints(random));
  return poses;
}

}  // namespace trackfit::training
