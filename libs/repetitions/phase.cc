#include "repetitions/phase.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trackfit::repetitions {
namespace {

// A driver that flickers keeps its value for half a second: were it left out at once, the mean would jump.
constexpr int kKept = 15;
// One driver that goes astray must not outweigh the others.
constexpr float kLeastPhase = -0.7F;
constexpr float kMostPhase = 2.2F;
// Share of the newest median in the smoothed phase.
constexpr float kFollow = 0.5F;

}  // namespace

PhaseFilter::PhaseFilter(const Exercise& exercise) : exercise_(&exercise) { Clear(); }

void PhaseFilter::Clear() {
  drivers_.assign(exercise_->drivers.size(), {0, kKept + 1});
  filled_ = next_ = 0;
  has_smooth_ = false;
}

float PhaseFilter::Raw(const Body& body) {
  float sum = 0;
  float weight = 0;
  for (size_t i = 0; i < drivers_.size(); ++i) {
    const Driver& driver = exercise_->drivers[i];
    const float value = exercise_->measures[static_cast<size_t>(driver.measure)].Of(body);
    Seen& seen = drivers_[i];
    if (std::isfinite(value)) {
      seen = {std::clamp((value - driver.rest) / (driver.turn - driver.rest), kLeastPhase, kMostPhase), 0};
    } else if (seen.age <= kKept) {
      ++seen.age;
    }
    if (seen.age > kKept) continue;
    sum += driver.weight * seen.value;
    weight += driver.weight;
  }
  return weight > 0 ? sum / weight : std::numeric_limits<float>::quiet_NaN();
}

float PhaseFilter::Push(const Body& body) {
  const float raw = Raw(body);
  if (!std::isfinite(raw)) {
    filled_ = next_ = 0;
    has_smooth_ = false;
    return raw;
  }
  recent_[static_cast<size_t>(next_)] = raw;
  next_ = (next_ + 1) % static_cast<int>(recent_.size());
  filled_ = std::min(filled_ + 1, static_cast<int>(recent_.size()));
  std::array<float, 5> sorted = recent_;
  const auto end = sorted.begin() + filled_;
  std::nth_element(sorted.begin(), sorted.begin() + filled_ / 2, end);
  const float median = sorted[static_cast<size_t>(filled_ / 2)];
  smooth_ = has_smooth_ ? smooth_ + kFollow * (median - smooth_) : median;
  has_smooth_ = true;
  return smooth_;
}

}  // namespace trackfit::repetitions
