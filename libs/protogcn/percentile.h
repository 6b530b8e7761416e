// The percentile of a value in a calibration table.
#ifndef TRACKFIT_PROTOGCN_PERCENTILE_H_
#define TRACKFIT_PROTOGCN_PERCENTILE_H_

#include <span>

namespace trackfit::protogcn {

// Percentile in (0, 100) of `value` in a table of ascending, evenly spaced quantiles (the first is the
// minimum, the last the maximum), linear in between. Half a step at each end is kept for values beyond the
// table: these approach 0 or 100 asymptotically, so that a more extreme value still ranks as more extreme. A
// flat stretch counts as its middle. An empty table gives 0.
float PercentileOf(float value, std::span<const float> quantiles);

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_PERCENTILE_H_
