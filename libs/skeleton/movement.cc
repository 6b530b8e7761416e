#include "skeleton/movement.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "skeleton/layout.h"
#include "skeleton/normalize.h"

namespace trackfit::skeleton {
namespace {

constexpr double kSmoothingSeconds = 0.3;
// Below it BlazePose guesses, and guesses drift: a still person's hidden foot by 0.3 torso lengths.
constexpr float kSeenVisibility = 0.7F;
// Lower, because bars, cables and the other arm partly hide the hands in exercises that move nothing else.
constexpr float kSeenHandVisibility = 0.4F;

struct Part {
  std::vector<int> joints;  // the part's position is their mean
  float min_visibility;     // mean over joints and frames
};

// The joints of a hand or a foot form one part: their mean is less noisy, and every limb gets the same
// weight.
const std::vector<Part>& Parts() {
  static const std::vector<Part> kParts = {
      {{kLeftShoulder}, kSeenVisibility},
      {{kRightShoulder}, kSeenVisibility},
      {{kLeftHip}, kSeenVisibility},
      {{kRightHip}, kSeenVisibility},
      {{kNose, kLeftEar, kRightEar}, kSeenVisibility},
      {{kLeftElbow}, kSeenVisibility},
      {{kRightElbow}, kSeenVisibility},
      {{kLeftWrist, kLeftPinky, kLeftIndex, kLeftThumb}, kSeenHandVisibility},
      {{kRightWrist, kRightPinky, kRightIndex, kRightThumb}, kSeenHandVisibility},
      {{kLeftKnee}, kSeenVisibility},
      {{kRightKnee}, kSeenVisibility},
      {{kLeftAnkle, kLeftHeel, kLeftFootIndex}, kSeenVisibility},
      {{kRightAnkle, kRightHeel, kRightFootIndex}, kSeenVisibility}};
  return kParts;
}
constexpr int kTrunkParts = 4;  // the first four: shoulders and hips

// Joints that are absent throughout do not count: skeletons of other sources have no fingers, for example.
float MeanVisibility(std::span<const Pose> window, const std::vector<int>& joints) {
  float sum = 0;
  int present = 0;
  for (const int joint : joints) {
    bool there = false;
    for (const Pose& pose : window) {
      const Landmark& landmark = pose.landmarks[joint];
      if (!std::isfinite(landmark.x)) continue;
      there = true;
      sum += landmark.visibility;
    }
    present += there ? 1 : 0;
  }
  return present > 0 ? sum / static_cast<float>(static_cast<int>(window.size()) * present) : 0.0F;
}

// One coordinate over the window.
using TimeSeries = std::vector<float>;

float Travel(const TimeSeries& series, int half_width) {
  const int count = static_cast<int>(series.size());
  TimeSeries means;
  for (int i = 0; i < count; ++i) {
    const int first = std::max(i - half_width, 0), last = std::min(i + half_width, count - 1);
    float sum = 0;
    for (int k = first; k <= last; ++k) sum += series[k];
    means.push_back(sum / static_cast<float>(last - first + 1));
  }
  std::sort(means.begin(), means.end());
  const int tenth = count / 10;
  return means[count - 1 - tenth] - means[tenth];
}

}  // namespace

float Movement(std::span<const Pose> window, double rate_hz) {
  std::vector<float> visibility;
  for (const Part& part : Parts()) visibility.push_back(MeanVisibility(window, part.joints));
  const float best = *std::max_element(visibility.begin(), visibility.end());
  Layout seen{.name = "seen parts", .centre = 0, .bones = {}, .sources = {}};
  int trunk = 0;
  for (int i = 0; i < static_cast<int>(Parts().size()); ++i) {
    const Part& part = Parts()[i];
    if (visibility[i] < std::min(part.min_visibility, best)) continue;
    seen.sources.push_back(part.joints);
    if (i < kTrunkParts) ++trunk;
  }
  const auto frames = static_cast<int>(window.size());
  const std::vector<float> tensor = WindowTensor(window, seen, frames, Normalization::kFlat);
  const int half_width = static_cast<int>(kSmoothingSeconds / 2 * rate_hz);
  float squares = 0;
  for (const int axis : {0, 1}) {
    const auto at = [&](int frame, int part) { return tensor[(frame * seen.nodes() + part) * 3 + axis]; };
    TimeSeries centre(frames);
    for (int i = 0; i < frames; ++i) {
      for (int part = 0; part < trunk; ++part) centre[i] += at(i, part) / static_cast<float>(trunk);
    }
    const float travel = Travel(centre, half_width);
    squares += travel * travel;
    for (int part = 0; part < seen.nodes(); ++part) {
      TimeSeries relative(frames);
      for (int i = 0; i < frames; ++i) relative[i] = at(i, part) - centre[i];
      const float part_travel = Travel(relative, half_width);
      squares += part_travel * part_travel;
    }
  }
  return std::sqrt(squares);
}

}  // namespace trackfit::skeleton
