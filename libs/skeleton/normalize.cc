#include "skeleton/normalize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "skeleton/resample.h"

namespace trackfit::skeleton {
namespace {

struct Point {
  float x = NAN, y = NAN, z = NAN;

  bool present() const { return std::isfinite(x) && std::isfinite(y) && std::isfinite(z); }
};

Point operator-(const Point& a, const Point& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
Point Middle(const Point& a, const Point& b) { return {(a.x + b.x) / 2, (a.y + b.y) / 2, (a.z + b.z) / 2}; }
float Norm(const Point& p) { return std::sqrt(p.x * p.x + p.y * p.y + p.z * p.z); }

using Trajectory = std::vector<Point>;  // one joint over the window

// All joints in isotropic coordinates.
std::array<Trajectory, kJointCount> IsotropicTrajectories(std::span<const Pose> poses) {
  std::array<Trajectory, kJointCount> joints;
  for (int j = 0; j < kJointCount; ++j) {
    joints[j].reserve(poses.size());
    for (const Pose& pose : poses) {
      const bool known_size = pose.image_width > 0 && pose.image_height > 0;
      const float aspect =
          known_size ? static_cast<float>(pose.image_height) / static_cast<float>(pose.image_width) : 1.0F;
      const Landmark& landmark = pose.landmarks[j];
      joints[j].push_back({landmark.x, landmark.y * aspect, landmark.z});
    }
  }
  return joints;
}

// Interpolates absent points linearly in time; at the ends the nearest present point is held.
void FillHoles(Trajectory& points) {
  const int count = static_cast<int>(points.size());
  int last = -1;
  for (int i = 0; i <= count; ++i) {
    if (i < count && !points[i].present()) continue;
    for (int hole = last + 1; hole < i; ++hole) {
      if (last < 0 && i == count) return;  // absent throughout
      if (last < 0) {
        points[hole] = points[i];
      } else if (i == count) {
        points[hole] = points[last];
      } else {
        const float t = static_cast<float>(hole - last) / static_cast<float>(i - last);
        const Point step = points[i] - points[last];
        points[hole] = {points[last].x + step.x * t, points[last].y + step.y * t,
                        points[last].z + step.z * t};
      }
    }
    last = i;
  }
}

Point Mean(const Trajectory& points) {
  Point sum{0, 0, 0};
  float count = 0;
  for (const Point& p : points) {
    if (!p.present()) continue;
    sum = {sum.x + p.x, sum.y + p.y, sum.z + p.z};
    ++count;
  }
  return count > 0 ? Point{sum.x / count, sum.y / count, sum.z / count} : Point{};
}

// The window's median torso length, but at least a quarter of the body's spread, because the torso may be
// absent or point at the camera.
float BodyScale(const std::array<Trajectory, kJointCount>& joints, const Point& origin) {
  std::vector<float> torso;
  double spread = 0;
  int count = 0;
  for (size_t t = 0; t < joints[0].size(); ++t) {
    const float length = Norm(Middle(joints[kLeftShoulder][t], joints[kRightShoulder][t]) -
                              Middle(joints[kLeftHip][t], joints[kRightHip][t]));
    if (std::isfinite(length)) torso.push_back(length);
    for (const Trajectory& joint : joints) {
      if (!joint[t].present()) continue;
      const float distance = Norm(joint[t] - origin);
      spread += static_cast<double>(distance) * distance;
      ++count;
    }
  }
  float scale = count > 0 ? 0.25F * static_cast<float>(std::sqrt(spread / count)) : 0.0F;
  if (!torso.empty()) {
    std::nth_element(torso.begin(), torso.begin() + static_cast<std::ptrdiff_t>(torso.size() / 2),
                     torso.end());
    scale = std::max(scale, torso[torso.size() / 2]);
  }
  return scale > 1e-6F ? scale : 1.0F;
}

// Moves joints that are absent throughout to their parent, so that their bones have zero length.
void CollapseAbsentJoints(std::array<Trajectory, kJointCount>& joints) {
  const auto absent = [&](int joint) { return !joints[joint].front().present(); };
  // Repeated, because bones are in no particular order.
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [child, parent] : Blazepose33().bones) {
      if (!absent(child) || absent(parent)) continue;
      joints[child] = joints[parent];
      changed = true;
    }
  }
}

void ScaleDepth(std::array<Trajectory, kJointCount>& joints, float factor) {
  for (Trajectory& joint : joints) {
    for (Point& point : joint) point.z *= factor;
  }
}

// Rotates about the vertical until the mean line from the right side to the left one is parallel to the
// image.
void FaceCamera(std::array<Trajectory, kJointCount>& joints) {
  double x = 0, z = 0;
  for (size_t t = 0; t < joints[0].size(); ++t) {
    for (const auto& [left, right] : {std::pair{kLeftHip, kRightHip}, {kLeftShoulder, kRightShoulder}}) {
      const Point across = joints[left][t] - joints[right][t];
      if (!across.present()) continue;
      x += across.x;
      z += across.z;
    }
  }
  const double length = std::hypot(x, z);
  if (length < 1e-9) return;
  const auto cosine = static_cast<float>(x / length), sine = static_cast<float>(z / length);
  for (Trajectory& joint : joints) {
    for (Point& p : joint) p = {p.x * cosine + p.z * sine, p.y, p.z * cosine - p.x * sine};
  }
}

std::vector<float> BodyTensor(std::span<const Pose> poses, const Layout& layout,
                              Normalization normalization) {
  auto joints = IsotropicTrajectories(poses);
  for (Trajectory& joint : joints) FillHoles(joint);
  if (normalization != Normalization::kTorso) {
    CollapseAbsentJoints(joints);
    ScaleDepth(joints, 1 / kDepthScale);
  }
  if (normalization == Normalization::kFacing) FaceCamera(joints);
  Trajectory hips;
  for (size_t t = 0; t < poses.size(); ++t) hips.push_back(Middle(joints[kLeftHip][t], joints[kRightHip][t]));
  Point origin = Mean(hips);
  if (!origin.present()) {
    Trajectory all;
    for (const Trajectory& joint : joints) all.insert(all.end(), joint.begin(), joint.end());
    origin = Mean(all);
  }
  const float scale = BodyScale(joints, origin);
  if (normalization == Normalization::kFlat) ScaleDepth(joints, 0);

  std::vector<float> tensor;
  tensor.reserve(poses.size() * layout.nodes() * 3);
  for (size_t t = 0; t < poses.size(); ++t) {
    for (const std::vector<int>& sources : layout.sources) {
      Trajectory parts;
      for (const int joint : sources) parts.push_back(joints[joint][t]);
      const Point node = Mean(parts) - origin;
      for (const float value : {node.x, node.y, node.z}) {
        tensor.push_back(std::isfinite(value) ? value / scale : 0.0F);
      }
    }
  }
  return tensor;
}

std::vector<Pose> MeansOfPairs(std::span<const Pose> poses) {
  std::vector<Pose> means;
  for (size_t i = 0; i + 1 < poses.size(); i += 2) {
    const int64_t a = poses[i].timestamp_us, b = poses[i + 1].timestamp_us;
    // Interpolate works on timestamps; poses from photos or stretching may share one.
    Pose first = poses[i], second = poses[i + 1];
    first.timestamp_us = 0;
    second.timestamp_us = 2;
    means.push_back(Interpolate(first, second, 1));
    means.back().timestamp_us = a + (b - a) / 2;
  }
  return means;
}

std::vector<float> ImageTensor(std::span<const Pose> poses, const Layout& layout) {
  std::vector<float> tensor;
  tensor.reserve(poses.size() * layout.nodes() * 3);
  for (const Pose& pose : poses) {
    for (const std::vector<int>& sources : layout.sources) {
      std::array<float, 3> sum{};
      for (const int joint : sources) {
        const Landmark& landmark = pose.landmarks[joint];
        sum[0] += landmark.x * 2 - 1;
        sum[1] += landmark.y * 2 - 1;
        sum[2] += landmark.visibility;
      }
      for (const float value : sum) {
        const float mean = value / static_cast<float>(sources.size());
        tensor.push_back(std::isfinite(mean) ? mean : 0.0F);
      }
    }
  }
  return tensor;
}

}  // namespace

namespace {

constexpr std::pair<Normalization, const char*> kNames[] = {{Normalization::kTorso, "torso"},
                                                            {Normalization::kBody, "body"},
                                                            {Normalization::kFlat, "flat"},
                                                            {Normalization::kFacing, "facing"},
                                                            {Normalization::kImage, "image"}};

}  // namespace

absl::StatusOr<Normalization> ParseNormalization(const std::string& name) {
  for (const auto& [normalization, known] : kNames) {
    if (name == known) return normalization;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("normalization \"", name,
                   "\" is unknown; known are \"torso\", \"body\", \"flat\", \"facing\" and \"image\""));
}

std::string NormalizationName(Normalization normalization) {
  for (const auto& [known, name] : kNames) {
    if (known == normalization) return name;
  }
  return "";
}

std::vector<float> WindowTensor(std::span<const Pose> poses, const Layout& layout, int frames,
                                Normalization normalization) {
  std::vector<Pose> stretched;
  if (static_cast<int>(poses.size()) >= frames + frames / 2) {
    stretched = MeansOfPairs(Stretch(poses, 2 * frames));
    poses = stretched;
  } else if (static_cast<int>(poses.size()) != frames) {
    stretched = Stretch(poses, frames);
    poses = stretched;
  }
  return normalization == Normalization::kImage ? ImageTensor(poses, layout)
                                                : BodyTensor(poses, layout, normalization);
}

}  // namespace trackfit::skeleton
