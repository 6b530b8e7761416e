#include "skeleton/resample.h"

#include <algorithm>
#include <cmath>

namespace trackfit::skeleton {
namespace {

float Mix(float a, float b, float t) {
  if (std::isnan(a)) return b;
  if (std::isnan(b)) return a;
  return a + (b - a) * t;
}

// The pose a fraction t in [0, 1] of the way from a to b.
Pose Blend(const Pose& a, const Pose& b, float t) {
  Pose pose = t < 0.5F ? a : b;
  for (int j = 0; j < kJointCount; ++j) {
    const Landmark &from = a.landmarks[j], &to = b.landmarks[j];
    pose.landmarks[j] = {Mix(from.x, to.x, t), Mix(from.y, to.y, t), Mix(from.z, to.z, t),
                         Mix(from.visibility, to.visibility, t), Mix(from.presence, to.presence, t)};
  }
  pose.has_world_landmarks = a.has_world_landmarks && b.has_world_landmarks;
  if (pose.has_world_landmarks) {
    for (int j = 0; j < kJointCount; ++j) {
      const WorldLandmark &from = a.world_landmarks[j], &to = b.world_landmarks[j];
      pose.world_landmarks[j] = {Mix(from.x, to.x, t), Mix(from.y, to.y, t), Mix(from.z, to.z, t),
                                 Mix(from.visibility, to.visibility, t)};
    }
  }
  pose.score = Mix(a.score, b.score, t);
  return pose;
}

}  // namespace

Pose Interpolate(const Pose& a, const Pose& b, int64_t timestamp_us) {
  const double span = static_cast<double>(b.timestamp_us - a.timestamp_us);
  const double t = span > 0 ? static_cast<double>(timestamp_us - a.timestamp_us) / span : 1.0;
  Pose pose = Blend(a, b, static_cast<float>(t));
  pose.timestamp_us = timestamp_us;
  return pose;
}

Resampler::Resampler(double rate_hz, int64_t max_gap_us) : rate_hz_(rate_hz), max_gap_us_(max_gap_us) {}

int64_t Resampler::GridTime() const {
  return start_us_ + static_cast<int64_t>(std::llround(static_cast<double>(next_) * 1e6 / rate_hz_));
}

Resampler::Result Resampler::Push(const Pose& pose) {
  Result result;
  if (last_ && pose.timestamp_us <= last_->timestamp_us) return result;
  if (!last_ || pose.timestamp_us - last_->timestamp_us > max_gap_us_) {
    result.gap = last_.has_value();
    start_us_ = pose.timestamp_us;
    next_ = 1;
    result.poses.push_back(pose);
  } else {
    for (int64_t time = GridTime(); time <= pose.timestamp_us; time = GridTime()) {
      result.poses.push_back(Interpolate(*last_, pose, time));
      ++next_;
    }
  }
  last_ = pose;
  return result;
}

std::vector<Pose> Stretch(std::span<const Pose> poses, int count) {
  std::vector<Pose> stretched;
  stretched.reserve(count);
  const double step = count > 1 ? static_cast<double>(poses.size() - 1) / (count - 1) : 0.0;
  for (int i = 0; i < count; ++i) {
    const double position = i * step;
    const size_t before = std::min(static_cast<size_t>(position), poses.size() - 1);
    const size_t after = std::min(before + 1, poses.size() - 1);
    const double t = position - static_cast<double>(before);
    Pose pose = Blend(poses[before], poses[after], static_cast<float>(t));
    pose.timestamp_us =
        poses[before].timestamp_us +
        std::llround(t * static_cast<double>(poses[after].timestamp_us - poses[before].timestamp_us));
    stretched.push_back(pose);
  }
  return stretched;
}

}  // namespace trackfit::skeleton
