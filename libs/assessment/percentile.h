// Where a value lies among calibrated ones.
#ifndef TRACKFIT_ASSESSMENT_PERCENTILE_H_
#define TRACKFIT_ASSESSMENT_PERCENTILE_H_

#include <span>

namespace trackfit::assessment {

// Percentile in [0, 100] of `value` in a table of ascending, evenly spaced quantiles (the first is the
// minimum, the last the maximum), linear in between and clamped outside. A flat stretch counts as its middle.
// An empty table gives 0.
float PercentileOf(float value, std::span<const float> quantiles);

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_PERCENTILE_H_
