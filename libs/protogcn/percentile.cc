#include "protogcn/percentile.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trackfit::protogcn {

namespace {

// The share of half a step that remains for a value at distance `beyond` from the end of the table, whose
// last tenth is `spread` wide.
float Tail(float beyond, float spread) {
  return 0.5F * std::exp(-beyond / std::max(spread, std::numeric_limits<float>::min()));
}

}  // namespace

float PercentileOf(float value, std::span<const float> quantiles) {
  if (quantiles.empty()) return 0;
  if (quantiles.size() == 1) return value < quantiles[0] ? 0.0F : value > quantiles[0] ? 100.0F : 50.0F;
  const size_t last_index = quantiles.size() - 1, tenth = last_index / 10 + 1;
  const auto steps = static_cast<float>(last_index);
  const float low = quantiles.front(), high = quantiles.back();
  if (value < low) return 100 * Tail(low - value, quantiles[tenth] - low) / steps;
  if (value > high) return 100 - 100 * Tail(value - high, high - quantiles[last_index - tenth]) / steps;
  const auto [first, last] = std::equal_range(quantiles.begin(), quantiles.end(), value);
  float position = 0;  // in steps
  if (first != last) {
    position = static_cast<float>((first - quantiles.begin()) + (last - 1 - quantiles.begin())) / 2;
  } else {
    const float below = *(first - 1);
    position = static_cast<float>(first - 1 - quantiles.begin()) + (value - below) / (*first - below);
  }
  // The outermost steps leave half of their height to values beyond the table.
  if (position > steps - 1) position = steps - 1 + (position - (steps - 1)) / 2;
  if (position < 1) position = 1 - (1 - position) / 2;
  return 100 * position / steps;
}

}  // namespace trackfit::protogcn
