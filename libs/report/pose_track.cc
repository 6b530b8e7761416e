#include "report/pose_track.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "skeleton/joint.h"

namespace trackfit::report {
namespace {

constexpr uint64_t kNearFrames = 5;
constexpr float kSeen = 0.4F;

// The joints of the left side; each right one follows its left one.
struct Corner {
  const char* name;
  int from, at, to;
};

Corner CornerOf(BodyAngle angle) {
  switch (angle) {
    case BodyAngle::kKnees:
      return {"Knees", skeleton::kLeftHip, skeleton::kLeftKnee, skeleton::kLeftAnkle};
    case BodyAngle::kHips:
      return {"Hips", skeleton::kLeftShoulder, skeleton::kLeftHip, skeleton::kLeftKnee};
    case BodyAngle::kElbows:
      return {"Elbows", skeleton::kLeftShoulder, skeleton::kLeftElbow, skeleton::kLeftWrist};
    case BodyAngle::kShoulders:
      break;
  }
  return {"Shoulders", skeleton::kLeftElbow, skeleton::kLeftShoulder, skeleton::kLeftHip};
}

// Degrees; NaN when a joint is not seen.
float AngleOf(const v1::Pose& pose, const Corner& corner, int side) {
  constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
  const float width = pose.image_width() > 0 ? static_cast<float>(pose.image_width()) : 1;
  const float height = pose.image_height() > 0 ? static_cast<float>(pose.image_height()) : 1;
  const v1::Landmark& at = pose.landmarks(corner.at + side);
  const auto towards = [&](int joint) {
    const v1::Landmark& other = pose.landmarks(joint + side);
    if (std::min(other.visibility(), at.visibility()) < kSeen) return kUnknown;
    return std::atan2((other.y() - at.y()) * height, (other.x() - at.x()) * width);
  };
  const float turn = std::abs(towards(corner.from) - towards(corner.to)) * 180 / std::numbers::pi_v<float>;
  return turn > 180 ? 360 - turn : turn;
}

bool IsWhole(const v1::Pose& pose) { return pose.landmarks_size() == skeleton::kJointCount; }

}  // namespace

std::string NameOf(BodyAngle angle) { return CornerOf(angle).name; }

float AngleIn(const v1::Pose& pose, BodyAngle angle) {
  const Corner corner = CornerOf(angle);
  const float left = AngleOf(pose, corner, 0), right = AngleOf(pose, corner, 1);
  if (std::isnan(left)) return right;
  return std::isnan(right) ? left : (left + right) / 2;
}

PoseTrack::PoseTrack(const client::SessionRecord& record) {
  const auto [first, last] = record.KeptSequences();
  for (uint64_t sequence = first; record.Result(sequence) != nullptr || sequence < last; ++sequence) {
    const v1::FrameResult* result = record.Result(sequence);
    if (result != nullptr && result->has_pose() && IsWhole(result->pose())) poses_.push_back(&result->pose());
  }
}

const v1::Pose* PoseTrack::Near(uint64_t sequence) const {
  const v1::Pose* nearest = nullptr;
  uint64_t away = kNearFrames + 1;
  const auto after =
      std::lower_bound(poses_.begin(), poses_.end(), sequence,
                       [](const v1::Pose* pose, uint64_t at) { return pose->sequence() < at; });
  for (auto i = after == poses_.begin() ? after : after - 1; i != poses_.end() && i <= after; ++i) {
    const uint64_t distance =
        (*i)->sequence() > sequence ? (*i)->sequence() - sequence : sequence - (*i)->sequence();
    if (distance >= away) continue;
    nearest = *i;
    away = distance;
  }
  return nearest;
}

std::span<const v1::Pose* const> PoseTrack::Between(int64_t start_us, int64_t end_us) const {
  const auto first =
      std::lower_bound(poses_.begin(), poses_.end(), start_us,
                       [](const v1::Pose* pose, int64_t at) { return pose->timestamp_us() < at; });
  const auto last = std::upper_bound(first, poses_.end(), end_us, [](int64_t at, const v1::Pose* pose) {
    return at < pose->timestamp_us();
  });
  return {first, last};
}

const v1::Pose* PoseTrack::NearTime(int64_t time_us) const {
  if (poses_.empty()) return nullptr;
  return *std::min_element(poses_.begin(), poses_.end(), [&](const v1::Pose* a, const v1::Pose* b) {
    return std::abs(a->timestamp_us() - time_us) < std::abs(b->timestamp_us() - time_us);
  });
}

int64_t PoseTrack::TimeOf(uint64_t sequence) const {
  if (poses_.empty()) return 0;
  const auto after =
      std::lower_bound(poses_.begin(), poses_.end(), sequence,
                       [](const v1::Pose* pose, uint64_t at) { return pose->sequence() < at; });
  if (after == poses_.end()) return poses_.back()->timestamp_us();
  if ((*after)->sequence() == sequence || after == poses_.begin()) return (*after)->timestamp_us();
  const v1::Pose &a = **(after - 1), &b = **after;
  const double way =
      static_cast<double>(sequence - a.sequence()) / static_cast<double>(b.sequence() - a.sequence());
  return a.timestamp_us() + std::llround(way * static_cast<double>(b.timestamp_us() - a.timestamp_us()));
}

}  // namespace trackfit::report
