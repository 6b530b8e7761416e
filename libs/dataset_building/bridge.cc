#include "dataset_building/bridge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "absl/strings/str_format.h"

namespace trackfit::dataset_building {
namespace {

using skeleton::kJointCount;
using skeleton::Pose;

constexpr float kInSight = 0.9F;  // true visibility from which a joint counts as seen; half of it: hidden
constexpr float kHidden = 0.5F;

constexpr const char* kParts[] = {"face", "shoulders", "elbows", "wrists", "hands",
                                  "hips", "knees",     "ankles", "feet"};

int PartOf(int joint) {
  if (joint < skeleton::kLeftShoulder) return 0;
  if (joint < skeleton::kLeftPinky) return 1 + (joint - skeleton::kLeftShoulder) / 2;
  if (joint < skeleton::kLeftHip) return 4;
  return std::min(8, 5 + (joint - skeleton::kLeftHip) / 2);
}

// In pixels.
struct Offset {
  float x = 0, y = 0;
  float length() const { return std::hypot(x, y); }
};

Offset Difference(const Pose& a, int joint, const Pose& b, int other) {
  return {(a.landmarks[joint].x - b.landmarks[other].x) * static_cast<float>(b.image_width),
          (a.landmarks[joint].y - b.landmarks[other].y) * static_cast<float>(b.image_height)};
}

float Quantile(std::vector<float> values, double part) {
  if (values.empty()) return NAN;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

float RootMeanSquare(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * value;
  return values.empty() ? NAN : static_cast<float>(std::sqrt(sum / static_cast<double>(values.size())));
}

constexpr std::array<std::array<int, 2>, 2> kLimbs = {
    {{skeleton::kLeftElbow, skeleton::kLeftWrist}, {skeleton::kLeftKnee, skeleton::kLeftAnkle}}};

// Whether both limbs of a pair lie where the one on the other side is.
bool IsSwapped(const Pose& pose, const Pose& truth, const std::array<int, 2>& limb, float torso) {
  float kept = 0, exchanged = 0;
  for (const int left : limb) {
    for (const int joint : {left, left + 1}) {
      kept += Difference(pose, joint, truth, joint).length();
      exchanged += Difference(pose, joint, truth, skeleton::MirroredJoints()[joint]).length();
    }
  }
  return kept > 4 * 0.2F * torso && exchanged < 0.6F * kept;
}

// Slope of the reported depths over the true ones.
float DepthFactor(const std::vector<Pose>& poses, const std::vector<Pose>& truth) {
  double product = 0, square = 0;
  for (size_t t = 0; t < poses.size(); ++t) {
    for (int j = 0; j < kJointCount; ++j) {
      const double reported = poses[t].landmarks[j].z, real = truth[t].landmarks[j].z;
      if (!std::isfinite(reported) || truth[t].landmarks[j].visibility < kInSight) continue;
      product += reported * real;
      square += real * real;
    }
  }
  return square > 0 ? static_cast<float>(product / square) : NAN;
}

}  // namespace

std::string ViewOf(const MannequinScene& scene) {
  const synthesis::Joints& j = scene.motion.frames.front();
  const synthesis::Vec3 spine = synthesis::MidShoulder(j) - synthesis::MidHip(j);
  const bool lies = std::abs(spine.y) < 0.75 * synthesis::Norm(spine);
  const double yaw = std::abs(std::remainder(scene.yaw_degrees, 360));
  const char* const side = yaw < 45 ? "front" : yaw > 135 ? "back" : "side";
  if (!lies) return absl::StrFormat("standing, %s", side);
  return yaw > 45 && yaw < 135 ? "lying, side" : "lying, along";
}

void BridgeMeasure::Add(const std::string& view, const MannequinScene& scene,
                        const std::vector<Pose>& poses) {
  const std::vector<Pose> truth = scene.TruePoses();
  Numbers& all = views_[view];
  Numbers& total = views_["all"];
  std::array<std::vector<Offset>, kJointCount> errors;  // of joints in sight, in order of time
  for (size_t t = 0; t < std::min(poses.size(), truth.size()); ++t) {
    const Pose &pose = poses[t], &real = truth[t];
    const bool found = std::isfinite(pose.landmarks[0].x);
    for (Numbers* numbers : {&all, &total}) {
      ++numbers->frames;
      numbers->found += found ? 1 : 0;
    }
    if (!found) continue;
    const synthesis::Joints& joints = scene.motion.frames[t];
    const synthesis::Camera& camera = scene.cameras[t];
    const double depth_of_hips = synthesis::Project(camera, synthesis::MidHip(joints)).depth;
    const auto torso = static_cast<float>(scene.motion.body.trunk * camera.focal / depth_of_hips);
    for (const std::array<int, 2>& limb : kLimbs) {
      const bool swapped = IsSwapped(pose, real, limb, torso);
      for (Numbers* numbers : {&all, &total}) {
        ++numbers->limbs;
        numbers->swapped += swapped ? 1 : 0;
      }
    }
    for (int j = 0; j < kJointCount; ++j) {
      const skeleton::Landmark& l = real.landmarks[j];
      const bool inside = l.x > 0 && l.x < 1 && l.y > 0 && l.y < 1;
      if (!inside) continue;
      Offset error = Difference(pose, j, real, j);
      error = {error.x / torso, error.y / torso};
      for (Numbers* numbers : {&all, &total, &parts_[PartOf(j)]}) {
        if (l.visibility >= kInSight) {
          numbers->error.push_back(error.length());
          numbers->seen.push_back(pose.landmarks[j].visibility);
        } else if (l.visibility < kHidden) {
          numbers->hidden_error.push_back(error.length());
          numbers->hidden_seen.push_back(pose.landmarks[j].visibility);
        }
      }
      if (l.visibility >= kInSight) errors[j].push_back(error);
    }
  }
  for (int j = 0; j < kJointCount; ++j) {
    const std::vector<Offset>& e = errors[j];
    if (e.size() < 30) continue;
    double x = 0, y = 0;
    std::vector<float> deviations;
    for (size_t i = 0; i < e.size(); ++i) {
      x += e[i].x;
      y += e[i].y;
      if (i == 0 || i + 1 == e.size()) continue;
      deviations.push_back(e[i].x - (e[i - 1].x + e[i + 1].x) / 2);
      deviations.push_back(e[i].y - (e[i - 1].y + e[i + 1].y) / 2);
    }
    const auto count = static_cast<double>(e.size());
    for (Numbers* numbers : {&all, &total, &parts_[PartOf(j)]}) {
      numbers->bias.push_back(static_cast<float>(x / count));
      numbers->bias.push_back(static_cast<float>(y / count));
      numbers->jitter.push_back(RootMeanSquare(deviations));
    }
  }
  const float depth = DepthFactor(poses, truth);
  if (!std::isfinite(depth)) return;
  all.depth.push_back(depth);
  total.depth.push_back(depth);
}

std::string BridgeMeasure::ViewTable() const {
  std::string table = absl::StrFormat("%-18s%8s%8s%8s%8s%8s%8s%8s%8s%8s%8s%8s%8s%16s\n", "view", "frames",
                                      "found %", "error", "p95", "hidden", "p95", "bias", "jitter", "swap %",
                                      "vis.", "hid.vis", "hid.p90", "depth p10-50-90");
  for (const auto& [view, n] : views_) {
    absl::StrAppendFormat(
        &table, "%-18s%8d%8.1f%8.3f%8.3f%8.3f%8.3f%8.3f%8.4f%8.2f%8.2f%8.2f%8.2f%6.2f%5.2f%5.2f\n", view,
        n.frames, 100.0 * static_cast<double>(n.found) / static_cast<double>(std::max<int64_t>(1, n.frames)),
        Quantile(n.error, 0.5), Quantile(n.error, 0.95), Quantile(n.hidden_error, 0.5),
        Quantile(n.hidden_error, 0.95), RootMeanSquare(n.bias), Quantile(n.jitter, 0.5),
        100.0 * static_cast<double>(n.swapped) / static_cast<double>(std::max<int64_t>(1, n.limbs)),
        Quantile(n.seen, 0.5), Quantile(n.hidden_seen, 0.5), Quantile(n.hidden_seen, 0.9),
        Quantile(n.depth, 0.1), Quantile(n.depth, 0.5), Quantile(n.depth, 0.9));
  }
  return table;
}

std::string BridgeMeasure::PartTable() const {
  std::string table = absl::StrFormat("%-12s%8s%8s%8s%8s%8s%8s%8s%8s\n", "joints", "error", "p95", "hidden",
                                      "p95", "bias", "jitter", "vis.", "hid.vis");
  for (const auto& [part, n] : parts_) {
    absl::StrAppendFormat(&table, "%-12s%8.3f%8.3f%8.3f%8.3f%8.3f%8.4f%8.2f%8.2f\n", kParts[part],
                          Quantile(n.error, 0.5), Quantile(n.error, 0.95), Quantile(n.hidden_error, 0.5),
                          Quantile(n.hidden_error, 0.95), RootMeanSquare(n.bias), Quantile(n.jitter, 0.5),
                          Quantile(n.seen, 0.5), Quantile(n.hidden_seen, 0.5));
  }
  return table;
}

absl::StatusOr<Bridge> MeasureBridge(const std::vector<MannequinPlan>& plans,
                                     const std::vector<dataset::Clip>& clips) {
  Bridge bridge;
  for (size_t i = 0; i < plans.size(); ++i) {
    const absl::StatusOr<MannequinScene> scene = MakeScene(plans[i]);
    if (!scene.ok()) return scene.status();
    const std::string view = ViewOf(*scene);
    bridge.blazepose.Add(view, *scene, clips[i].poses);
    bridge.noise.Add(view, *scene,
                     synthesis::AddLandmarkNoise(scene->TruePoses(), synthesis::LandmarkNoise{},
                                                 scene->motion.fps, plans[i].motion.seed));
  }
  return bridge;
}

}  // namespace trackfit::dataset_building
