// Percentiles of what was measured.
#ifndef TRACKFIT_SKELETON_PERCENTILE_H_
#define TRACKFIT_SKELETON_PERCENTILE_H_

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>

namespace trackfit::skeleton {

// The value below which `share`, in [0, 1], of the values lie, linear between two neighbours; `ascending` is
// not empty.
template <std::floating_point T>
T Percentile(std::span<const T> ascending, T share) {
  const T at = share * static_cast<T>(ascending.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, ascending.size() - 1);
  return std::lerp(ascending[below], ascending[above], at - static_cast<T>(below));
}

}  // namespace trackfit::skeleton

#endif  // TRACKFIT_SKELETON_PERCENTILE_H_
