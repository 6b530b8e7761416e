#include "blazepose/pose_tracker.h"

#include "absl/strings/str_cat.h"

namespace trackfit::blazepose {
namespace {

using skeleton::kJointCount;

constexpr OneEuroConfig kImageSmoothing = {.min_cutoff = 0.05, .beta = 80};
constexpr OneEuroConfig kWorldSmoothing = {.min_cutoff = 0.1, .beta = 40};
// Heavier than the landmarks': the crop should stand still while the person does.
constexpr OneEuroConfig kAlignmentSmoothing = {.min_cutoff = 0.01, .beta = 10};
constexpr float kVisibilityAlpha = 0.1f;
constexpr float kMinObjectScale = 1e-6f;  // pixels

absl::Status CheckProbability(const char* field, float value) {
  if (value >= 0 && value <= 1) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(field, " must be between 0 and 1, not ", value));
}

cv::Point2f Flat(const cv::Point3f& point) { return {point.x, point.y}; }

RegionOfInterest AlignmentRegion(const LandmarkDetection& detection) {
  return RegionFromAlignment(Flat(detection.positions[kMidHip]), Flat(detection.positions[kCircleTop]));
}

skeleton::Pose MakePose(const LandmarkDetection& detection, cv::Size image, uint64_t sequence,
                        int64_t timestamp_us) {
  skeleton::Pose pose;
  pose.sequence = sequence;
  pose.timestamp_us = timestamp_us;
  pose.image_width = image.width;
  pose.image_height = image.height;
  pose.has_world_landmarks = true;
  pose.score = detection.score;
  const auto width = static_cast<float>(image.width), height = static_cast<float>(image.height);
  for (int i = 0; i < kJointCount; ++i) {
    const cv::Point3f& position = detection.positions[i];
    pose.landmarks[i] = {position.x / width, position.y / height, position.z / width, detection.visibility[i],
                         detection.presence[i]};
    const cv::Point3f& world = detection.world[i];
    pose.world_landmarks[i] = {world.x, world.y, world.z, detection.visibility[i]};
  }
  return pose;
}

}  // namespace

absl::Status PoseTrackerConfig::Validate() const {
  if (absl::Status status = CheckProbability("min_detection_score", min_detection_score); !status.ok())
    return status;
  return CheckProbability("min_presence_score", min_presence_score);
}

PoseTracker::Smoothers::Smoothers()
    : image(kImageSmoothing, kJointCount),
      world(kWorldSmoothing, kJointCount),
      alignment(kAlignmentSmoothing, 2),
      visibility(kJointCount) {}

PoseTracker::PoseTracker(const PoseTrackerConfig& config) : config_(config) {}

void PoseTracker::Reset() {
  region_.reset();
  smoothers_ = Smoothers();
}

absl::StatusOr<std::optional<skeleton::Pose>> PoseTracker::Track(PoseEngine& engine, const cv::Mat& bgr,
                                                                 uint64_t sequence, int64_t timestamp_us) {
  if (bgr.empty() || bgr.dims != 2 || bgr.type() != CV_8UC3) {
    return absl::InvalidArgumentError("image must be 8-bit with three channels (BGR) and not empty");
  }
  if (bgr.size() != image_size_) Reset();
  image_size_ = bgr.size();

  const absl::StatusOr<std::optional<RegionOfInterest>> region = FindRegion(engine, bgr);
  if (!region.ok()) return region.status();
  if (!region->has_value()) return std::nullopt;
  absl::StatusOr<LandmarkDetection> detection = engine.landmarks().Detect(bgr, **region);
  if (!detection.ok()) return detection.status();
  if (!(detection->score > config_.min_presence_score)) {
    Reset();
    return std::nullopt;
  }
  if (!config_.static_mode) Follow(timestamp_us, *detection);
  return MakePose(*detection, image_size_, sequence, timestamp_us);
}

absl::StatusOr<std::optional<RegionOfInterest>> PoseTracker::FindRegion(PoseEngine& engine,
                                                                        const cv::Mat& bgr) const {
  if (region_) return region_;
  const absl::StatusOr<std::optional<PersonDetection>> person =
      engine.detector().Detect(bgr, config_.min_detection_score);
  if (!person.ok()) return person.status();
  if (!person->has_value()) return std::nullopt;
  const RegionOfInterest region =
      RegionFromAlignment((*person)->keypoints[0], (*person)->keypoints[1]).Expanded(kRegionExpansion);
  if (!region.IsValid()) return std::nullopt;
  return region;
}

// Smooths the landmarks and predicts the next region.
void PoseTracker::Follow(int64_t timestamp_us, LandmarkDetection& detection) {
  const float object_scale = AlignmentRegion(detection).side;
  if (object_scale >= kMinObjectScale) {
    smoothers_.alignment.Apply(timestamp_us, 1 / object_scale,
                               absl::MakeSpan(detection.positions).subspan(kMidHip, 2));
  }
  const RegionOfInterest next = AlignmentRegion(detection).Expanded(kRegionExpansion);
  region_ = next.IsValid() ? std::optional(next) : std::nullopt;
  if (!config_.smooth) return;
  if (object_scale >= kMinObjectScale) {
    smoothers_.image.Apply(timestamp_us, 1 / object_scale,
                           absl::MakeSpan(detection.positions).first(kJointCount));
  }
  smoothers_.world.Apply(timestamp_us, 1, absl::MakeSpan(detection.world).first(kJointCount));
  for (int i = 0; i < kJointCount; ++i) {
    detection.visibility[i] = smoothers_.visibility[i].Apply(detection.visibility[i], kVisibilityAlpha);
  }
}

}  // namespace trackfit::blazepose
