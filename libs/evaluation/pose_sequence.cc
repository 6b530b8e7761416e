#include "evaluation/pose_sequence.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "dataset/motion_from_photos.h"
#include "skeleton/resample.h"
#include "synthesis/random.h"
#include "training/augmentation.h"

namespace trackfit::evaluation {
namespace {

using dataset::Clip;
using skeleton::Landmark;
using skeleton::Pose;

constexpr double kUnknownRateHz = 30;
constexpr int kPhotoPairPoses = 105;  // windows end after 60, 75, 90 and 105
constexpr int64_t kMaxGapUs = 500'000;

bool AnybodySeen(const Pose& pose) {
  return std::any_of(pose.landmarks.begin(), pose.landmarks.end(),
                     [](const Landmark& landmark) { return std::isfinite(landmark.x); });
}

}  // namespace

PoseSequence ToPoseSequence(const Clip& clip) {
  if (clip.kind == dataset::SourceKind::kPhotoPair) {
    const Pose& start = clip.poses.front();
    return dataset::ToAndFro(start, dataset::RepairSides(start, clip.poses.back()), {}, kPhotoPairPoses,
                             kUnknownRateHz);
  }
  const double rate = clip.fps > 0 ? clip.fps : kUnknownRateHz;
  PoseSequence poses;
  for (size_t i = 0; i < clip.poses.size(); ++i) {
    if (!AnybodySeen(clip.poses[i])) continue;
    Pose& pose = poses.emplace_back(clip.poses[i]);
    pose.sequence = i;
    pose.timestamp_us = std::llround(static_cast<double>(i) * 1e6 / rate);
  }
  return poses;
}

PoseSequence AtRate(const PoseSequence& poses, double rate_hz) {
  skeleton::Resampler resampler(rate_hz, kMaxGapUs);
  PoseSequence resampled;
  for (const Pose& pose : poses) {
    const skeleton::Resampler::Result result = resampler.Push(pose);
    resampled.insert(resampled.end(), result.poses.begin(), result.poses.end());
  }
  for (size_t i = 0; i < resampled.size(); ++i) resampled[i].sequence = i;
  return resampled;
}

PoseSequence Rolled(PoseSequence poses, double radians) {
  const auto cosine = static_cast<float>(std::cos(radians)), sine = static_cast<float>(std::sin(radians));
  for (Pose& pose : poses) {
    const bool known = pose.image_width > 0 && pose.image_height > 0;
    const float aspect =
        known ? static_cast<float>(pose.image_height) / static_cast<float>(pose.image_width) : 1.0F;
    training::MakeSquare({&pose, 1});
    for (Landmark& landmark : pose.landmarks) {
      const float x = landmark.x - 0.5F, y = landmark.y - 0.5F * aspect;
      landmark.x = 0.5F + x * cosine - y * sine;
      landmark.y = 0.5F * aspect + x * sine + y * cosine;
    }
  }
  return poses;
}

PoseSequence Mirrored(PoseSequence poses) {
  training::Mirror(poses);
  return poses;
}

PoseSequence WithoutLegs(PoseSequence poses) {
  using namespace skeleton;  // NOLINT(google-build-using-namespace): eight joints
  constexpr int kLegs[] = {kLeftKnee, kRightKnee, kLeftAnkle,     kRightAnkle,
                           kLeftHeel, kRightHeel, kLeftFootIndex, kRightFootIndex};
  training::DropJoints(poses, kLegs);
  return poses;
}

PoseSequence WithMissingPoses(PoseSequence poses, double share, uint64_t seed) {
  const synthesis::NamedRandom random(seed);
  std::erase_if(poses, [&](const Pose& pose) { return random.Uniform("missing", pose.sequence) < share; });
  return poses;
}

}  // namespace trackfit::evaluation
