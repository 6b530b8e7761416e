// Where a value lies among calibrated ones.
#ifndef TRACKFIT_PROTOGCN_PERCENTILE_H_
#define TRACKFIT_PROTOGCN_PERCENTILE_H_

#include <span>

namespace trackfit::protogcn {

// Percentile in (0, 100) of `value` in a table of ascending, evenly spaced quantiles (the first is the
// minimum, the last the maximum), linear in between. The extremes stand for half a step: what lies beyond
// them comes ever nearer to 0 or 100, so that what is further out still ranks further out. A flat stretch
// counts as its middle. An empty table gives 0.
float PercentileOf(float value, std::span<const float> quantiles);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_PERCENTILE_H_
