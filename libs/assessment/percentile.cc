#include "assessment/percentile.h"

#include <algorithm>

namespace trackfit::assessment {

float PercentileOf(float value, std::span<const float> quantiles) {
  if (quantiles.empty()) return 0;
  const auto [first, last] = std::equal_range(quantiles.begin(), quantiles.end(), value);
  const float steps = static_cast<float>(std::max<size_t>(quantiles.size() - 1, 1));
  if (first != last) {
    const auto middle = static_cast<float>((first - quantiles.begin()) + (last - 1 - quantiles.begin())) / 2;
    return 100 * middle / steps;
  }
  if (first == quantiles.begin()) return 0;
  if (first == quantiles.end()) return 100;
  const float below = *(first - 1);
  const float position =
      static_cast<float>(first - 1 - quantiles.begin()) + (value - below) / (*first - below);
  return 100 * position / steps;
}

}  // namespace trackfit::assessment
