#include "blazepose/person_memory.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "skeleton/joint.h"

namespace trackfit::blazepose {
namespace {

constexpr float kSameBody = 0.06f;             // of the region's side
constexpr float kAppearanceTolerance = 0.08f;  // distance between appearances
constexpr float kSizeTolerance = 1.18f;        // ratio of sides
constexpr float kUpdateRate = 0.03f;  // weight of the newest observation in the means of appearance and size
constexpr float kVelocityUpdateRate = 0.1f;  // likewise of speed
constexpr double kRestSeconds = 0.5;         // until a predicted motion comes to rest
constexpr double kMinSeconds = 1e-3;         // between observations that give a velocity

constexpr std::array<int, 4> kTrunk = {skeleton::kLeftShoulder, skeleton::kRightShoulder, skeleton::kLeftHip,
                                       skeleton::kRightHip};

// Mean colour of sampled points; points outside the image are clamped to its edge.
class ColourMean {
 public:
  explicit ColourMean(const cv::Mat& bgr) : bgr_(bgr) {}

  void Add(cv::Point2f point) {
    const auto clamp = [](float value, int size) {
      return static_cast<int>(std::clamp(value, 0.0f, static_cast<float>(size - 1)));  // NaN gives 0 or more
    };
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) return;
    const auto& pixel = bgr_.at<cv::Vec3b>(clamp(point.y, bgr_.rows), clamp(point.x, bgr_.cols));
    for (int channel = 0; channel < 3; ++channel) sum_[channel] += static_cast<float>(pixel[channel]) / 255;
    ++count_;
  }

  void Write(float* appearance) const {
    if (count_ == 0) return;
    const float blue = sum_[0] / count_, green = sum_[1] / count_, red = sum_[2] / count_;
    const float brightness = (blue + 2 * green + red) / 4;
    appearance[0] = brightness / 2;
    appearance[1] = blue - brightness;
    appearance[2] = red - brightness;
  }

 private:
  const cv::Mat& bgr_;
  std::array<float, 3> sum_{};
  float count_ = 0;
};

cv::Point2f At(const LandmarkDetection& body, int joint) {
  return {body.positions[joint].x, body.positions[joint].y};
}

Appearance AppearanceOf(const cv::Mat& bgr, const LandmarkDetection& body) {
  using namespace skeleton;  // NOLINT(google-build-using-namespace): joint names
  Appearance appearance{};
  ColourMean chest(bgr), waist(bgr), thighs(bgr);
  for (const float down : {0.15f, 0.3f, 0.45f, 0.6f, 0.75f, 0.9f}) {
    const cv::Point2f left = At(body, kLeftShoulder) * (1 - down) + At(body, kLeftHip) * down;
    const cv::Point2f right = At(body, kRightShoulder) * (1 - down) + At(body, kRightHip) * down;
    for (const float across : {0.25f, 0.4f, 0.6f, 0.75f}) {
      (down < 0.5f ? chest : waist).Add(left * (1 - across) + right * across);
    }
  }
  for (const float down : {0.2f, 0.35f, 0.5f, 0.65f}) {
    thighs.Add(At(body, kLeftHip) * (1 - down) + At(body, kLeftKnee) * down);
    thighs.Add(At(body, kRightHip) * (1 - down) + At(body, kRightKnee) * down);
  }
  chest.Write(appearance.data());
  waist.Write(appearance.data() + 3);
  thighs.Write(appearance.data() + 6);
  return appearance;
}

// Mean of the distances between the three body parts' colours.
float Distance(const Appearance& a, const Appearance& b) {
  float sum = 0;
  for (std::size_t part = 0; part < a.size(); part += 3) {
    sum += std::hypot(a[part] - b[part], a[part + 1] - b[part + 1], a[part + 2] - b[part + 2]);
  }
  return sum / 3;
}

}  // namespace

Observation MakeObservation(const cv::Mat& bgr, const LandmarkDetection& body) {
  return {body, RegionFromAlignment(At(body, kMidHip), At(body, kCircleTop)).Expanded(kRegionExpansion),
          AppearanceOf(bgr, body)};
}

bool IsSameBody(const Observation& a, const Observation& b) {
  float distance = 0;
  for (const int joint : kTrunk) {
    const cv::Point2f apart = At(a.body, joint) - At(b.body, joint);
    distance += std::hypot(apart.x, apart.y) / 4;
  }
  return distance < kSameBody * std::max(a.region.side, b.region.side);
}

bool AreSideBySide(const Observation& a, const Observation& b) {
  const auto outside = [](const Observation& one, const Observation& other) {
    cv::Point2f middle, low = At(other.body, 0), high = low;
    for (const int joint : kTrunk) middle += At(one.body, joint) / 4;
    for (int joint = 1; joint < skeleton::kJointCount; ++joint) {
      const cv::Point2f point = At(other.body, joint);
      low = {std::min(low.x, point.x), std::min(low.y, point.y)};
      high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
    return middle.x < low.x || middle.x > high.x || middle.y < low.y || middle.y > high.y;
  };
  return outside(a, b) && outside(b, a);
}

float Overlap(const RegionOfInterest& a, const RegionOfInterest& b) {
  const double p = a.side / 2, q = b.side / 2;
  const double apart = std::hypot(a.center.x - b.center.x, a.center.y - b.center.y);
  constexpr double kPi = std::numbers::pi;
  double both = 0;
  if (apart <= std::abs(p - q)) {
    both = kPi * std::min(p, q) * std::min(p, q);
  } else if (apart < p + q) {
    const double alpha = std::acos((apart * apart + p * p - q * q) / (2 * apart * p));
    const double beta = std::acos((apart * apart + q * q - p * p) / (2 * apart * q));
    both = p * p * (alpha - std::sin(2 * alpha) / 2) + q * q * (beta - std::sin(2 * beta) / 2);
  }
  return static_cast<float>(both / (kPi * (p * p + q * q) - both));
}

void PersonMemory::Update(const Observation& observation, int64_t timestamp_us) {
  const double seconds = static_cast<double>(timestamp_us - timestamp_us_) * 1e-6;
  // Plain means over the first observations, exponential ones afterwards.
  const float rate = std::max(kUpdateRate, 1 / static_cast<float>(observations_ + 1));
  if (observations_ > 0 && seconds >= kMinSeconds) {
    const cv::Point2f velocity = (observation.region.center - region_.center) / seconds;
    velocity_ += (velocity - velocity_) * std::max(kVelocityUpdateRate, rate);
  }
  side_ += (observation.region.side - side_) * rate;
  for (std::size_t i = 0; i < appearance_.size(); ++i)
    appearance_[i] += (observation.appearance[i] - appearance_[i]) * rate;
  region_ = observation.region;
  timestamp_us_ = timestamp_us;
  ++observations_;
}

float PersonMemory::Mismatch(const Observation& observation) const {
  const float appearance = Distance(observation.appearance, appearance_) / kAppearanceTolerance;
  const float size = std::abs(std::log(observation.region.side / side_)) / std::log(kSizeTolerance);
  return std::max(appearance, size);
}

RegionOfInterest PersonMemory::PredictRegion(int64_t timestamp_us) const {
  const double seconds =
      std::clamp(static_cast<double>(timestamp_us - timestamp_us_) * 1e-6, 0.0, kRestSeconds);
  RegionOfInterest region = region_;
  region.center += velocity_ * static_cast<float>(seconds * (1 - seconds / (2 * kRestSeconds)));
  return region;
}

}  // namespace trackfit::blazepose
