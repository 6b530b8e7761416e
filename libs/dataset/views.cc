#include "dataset/views.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "skeleton/layout.h"
#include "synthesis/camera.h"
#include "synthesis/motion.h"
#include "synthesis/random.h"

namespace trackfit::dataset {
namespace {

using skeleton::kJointCount;
using skeleton::Landmark;
using skeleton::Pose;

constexpr double kDefaultRate = 30;  // of clips that state none

struct Point {
  float x = NAN, y = NAN;

  bool present() const { return std::isfinite(x) && std::isfinite(y); }
};

Point MiddleOf(const Pose& pose, std::pair<int, int> joints) {
  const Landmark &a = pose.landmarks[joints.first], &b = pose.landmarks[joints.second];
  return {(a.x + b.x) / 2, (a.y + b.y) / 2};
}

constexpr std::pair<int, int> kHips{skeleton::kLeftHip, skeleton::kRightHip};

constexpr std::pair<int, int> kHands{skeleton::kLeftWrist, skeleton::kRightWrist};
constexpr std::pair<int, int> kFeet{skeleton::kLeftAnkle, skeleton::kRightAnkle};

// Whether the hands are above the nose nearly all the time.
bool Hangs(std::span<const Pose> poses) {
  const auto above = std::count_if(poses.begin(), poses.end(), [](const Pose& pose) {
    return MiddleOf(pose, kHands).y < pose.landmarks[skeleton::kNose].y;
  });
  return static_cast<double>(above) > 0.9 * static_cast<double>(poses.size());
}

std::pair<int, int> RestingJoints(std::span<const Pose> poses, const std::string& exercise) {
  if (exercise == "bench_press" || exercise == "lat_pulldown") return kHips;
  return exercise == "pull_up" || Hangs(poses) ? kHands : kFeet;
}

int ParentOf(int joint) {
  for (const auto& [child, parent] : skeleton::Blazepose33().bones) {
    if (child == joint) return parent;
  }
  return joint;
}

// The clip's poses as joints in space (metres, y up, facing +z as in synthesis/motion.h), an absent joint
// where its neighbour towards the centre is.
std::vector<synthesis::Joints> InSpace(std::span<const Pose> poses) {
  constexpr double kTorso = 0.5;  // metres
  double torso = 0;
  int counted = 0;
  for (const Pose& pose : poses) {
    const Point shoulders = MiddleOf(pose, {skeleton::kLeftShoulder, skeleton::kRightShoulder});
    const Point hips = MiddleOf(pose, kHips);
    const auto& l = pose.landmarks;
    const float depth = (l[skeleton::kLeftShoulder].z + l[skeleton::kRightShoulder].z -
                         l[skeleton::kLeftHip].z - l[skeleton::kRightHip].z) /
                        2;
    const double length = std::hypot(shoulders.x - hips.x, shoulders.y - hips.y, depth);
    if (!std::isfinite(length)) continue;
    torso += length;
    ++counted;
  }
  const double scale = counted > 0 && torso > 0 ? kTorso * counted / torso : 1;
  std::vector<synthesis::Joints> frames;
  double floor = 0;
  for (const Pose& pose : poses) {
    synthesis::Joints joints{};
    for (int j = 0; j < kJointCount; ++j) {
      int source = j;
      while (!std::isfinite(pose.landmarks[source].x) && ParentOf(source) != source)
        source = ParentOf(source);
      const Landmark& landmark = pose.landmarks[source];
      if (!std::isfinite(landmark.x)) continue;
      joints[j] = {landmark.x * scale, -landmark.y * scale, -landmark.z * scale};
    }
    for (const synthesis::Vec3& joint : joints) floor = std::min(floor, joint.y);
    frames.push_back(joints);
  }
  for (synthesis::Joints& joints : frames) {
    for (synthesis::Vec3& joint : joints) joint.y -= floor;
  }
  return frames;
}

}  // namespace

bool HipsArePinned(std::span<const Pose> poses) {
  constexpr float kStill = 1e-3F;  // of the picture
  if (poses.size() < 2) return false;
  const auto there = std::find_if(poses.begin(), poses.end(),
                                  [](const Pose& pose) { return MiddleOf(pose, kHips).present(); });
  if (there == poses.end()) return false;
  const Point first = MiddleOf(*there, kHips);
  return std::all_of(there, poses.end(), [&](const Pose& pose) {
    const Point hips = MiddleOf(pose, kHips);
    return !hips.present() || std::hypot(hips.x - first.x, hips.y - first.y) < kStill;
  });
}

void RestoreTravel(std::span<Pose> poses, const std::string& exercise) {
  const std::pair<int, int> resting = RestingJoints(poses, exercise);
  Point rest;
  for (Pose& pose : poses) {
    const Point now = MiddleOf(pose, resting);
    if (!now.present()) continue;
    if (!rest.present()) rest = now;
    for (Landmark& landmark : pose.landmarks) {
      landmark.x += rest.x - now.x;
      landmark.y += rest.y - now.y;
    }
  }
}

Clip SeenByCamera(const Clip& clip, uint64_t seed) {
  Clip seen = clip;
  seen.metric = false;
  if (clip.poses.empty()) return seen;
  RestoreTravel(seen.poses, clip.exercise);
  synthesis::Motion motion;
  motion.exercise = clip.exercise;
  motion.fps = clip.fps > 0 ? clip.fps : kDefaultRate;
  motion.frames = InSpace(seen.poses);
  const auto path = synthesis::MakeCameraPath(synthesis::DrawCamera(motion, seed), motion);
  if (!path.ok()) return seen;
  std::vector<Pose> poses =
      synthesis::AddLandmarkNoise(synthesis::ProjectMotion(*path, motion), {}, motion.fps, seed);
  for (size_t t = 0; t < poses.size(); ++t) {
    poses[t].sequence = seen.poses[t].sequence;
    poses[t].timestamp_us = seen.poses[t].timestamp_us;
    for (int j = 0; j < kJointCount; ++j) {
      if (!std::isfinite(seen.poses[t].landmarks[j].x)) poses[t].landmarks[j] = seen.poses[t].landmarks[j];
    }
  }
  seen.poses = std::move(poses);
  return seen;
}

Clip SeenByItsCamera(Clip clip) {
  if (!clip.metric) return clip;
  return SeenByCamera(clip, synthesis::NamedRandom(0).Bits(clip.id));
}

std::vector<Clip> AsJudged(std::vector<Clip> clips) {
  std::vector<Clip> judged = Originals(std::move(clips));
  for (Clip& clip : judged) clip = SeenByItsCamera(std::move(clip));
  return judged;
}

}  // namespace trackfit::dataset
