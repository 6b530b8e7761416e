#include "blazepose/person_track.h"

#include <utility>

#include "absl/types/span.h"
#include "skeleton/joint.h"

namespace trackfit::blazepose {
namespace {

using skeleton::kJointCount;

constexpr OneEuroConfig kImageSmoothing = {.min_cutoff = 0.05, .beta = 80};
constexpr OneEuroConfig kWorldSmoothing = {.min_cutoff = 0.1, .beta = 40};
// Stronger than the landmarks' smoothing, so that the crop does not move while the person stands still.
constexpr OneEuroConfig kAlignmentSmoothing = {.min_cutoff = 0.01, .beta = 10};
constexpr float kVisibilityAlpha = 0.1f;
constexpr float kMinObjectScale = 1e-6f;  // pixels

cv::Point2f ToPoint2f(const cv::Point3f& point) { return {point.x, point.y}; }

RegionOfInterest AlignmentRegion(const LandmarkDetection& detection) {
  return RegionFromAlignment(ToPoint2f(detection.positions[kMidHip]),
                             ToPoint2f(detection.positions[kCircleTop]));
}

}  // namespace

PersonTrack::Smoothers::Smoothers()
    : image(kImageSmoothing, kJointCount),
      world(kWorldSmoothing, kJointCount),
      alignment(kAlignmentSmoothing, 2),
      visibility(kJointCount) {}

void PersonTrack::MarkLost() {
  region_.reset();
  smoothers_ = Smoothers();
}

void PersonTrack::SwapIdentities(PersonTrack& other) {
  std::swap(id_, other.id_);
  std::swap(memory_, other.memory_);
  doubtful_since_us_.reset();
  other.doubtful_since_us_.reset();
}

void PersonTrack::Update(int64_t timestamp_us, bool smooth, const Observation& observation,
                         LandmarkDetection& body) {
  UpdateMemory(timestamp_us, observation);
  const float object_scale = AlignmentRegion(body).side;
  if (object_scale >= kMinObjectScale) {
    smoothers_.alignment.Apply(timestamp_us, 1 / object_scale,
                               absl::MakeSpan(body.positions).subspan(kMidHip, 2));
  }
  const RegionOfInterest next = AlignmentRegion(body).Expanded(kRegionExpansion);
  region_ = next.IsValid() ? std::optional(next) : std::nullopt;
  if (!smooth) return;
  if (object_scale >= kMinObjectScale) {
    smoothers_.image.Apply(timestamp_us, 1 / object_scale, absl::MakeSpan(body.positions).first(kJointCount));
  }
  smoothers_.world.Apply(timestamp_us, 1, absl::MakeSpan(body.world).first(kJointCount));
  for (int i = 0; i < kJointCount; ++i) {
    body.visibility[i] = smoothers_.visibility[i].Apply(body.visibility[i], kVisibilityAlpha);
  }
}

void PersonTrack::UpdateMemory(int64_t timestamp_us, const Observation& observation) {
  if (!observation.region.IsValid()) return;
  if (!memory_.is_mature() || memory_.Mismatch(observation) <= 1) {
    doubtful_since_us_.reset();
    return memory_.Update(observation, timestamp_us);
  }
  if (!doubtful_since_us_) doubtful_since_us_ = timestamp_us;
  if (timestamp_us - *doubtful_since_us_ <= kMaxLostUs) return;
  memory_ = PersonMemory();
  memory_.Update(observation, timestamp_us);
  doubtful_since_us_.reset();
}

}  // namespace trackfit::blazepose
