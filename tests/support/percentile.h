#ifndef TRACKFIT_TESTS_SUPPORT_PERCENTILE_H_
#define TRACKFIT_TESTS_SUPPORT_PERCENTILE_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace trackfit::testing {

// The value that `fraction`, in [0, 1], of the values do not exceed; NaN if there are none.
inline double Percentile(std::vector<double> values, double fraction) {
  if (values.empty()) return NAN;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))];
}

inline double Median(std::vector<double> values) { return Percentile(std::move(values), 0.5); }

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_PERCENTILE_H_
