// Whether a window shows enough to name an exercise. A network names one for every window, also for a frozen
// picture of a person and for movements that are mostly interpolated.
#ifndef TRACKFIT_ASSESSMENT_EVIDENCE_H_
#define TRACKFIT_ASSESSMENT_EVIDENCE_H_

#include <cstdint>
#include <optional>
#include <span>

#include "assessment/assessment.h"
#include "skeleton/pose.h"

namespace trackfit::assessment {

// Torso lengths of skeleton::Movement. Of photos that were encoded again as films 96 windows of 100 move
// less; of the seven exercises every recorded clip moves more in its windows, pauses apart, the least (a
// drawn pushdown, push-ups of a few degrees) by 0.27: docs/adr/0021-no-movement-nothing-known.md.
inline constexpr float kLeastMovement = 0.22F;

// kNoMovement below kLeastMovement. `window` is uniform in time at `rate_hz` and not empty.
std::optional<Notice> LackOfMovement(std::span<const skeleton::Pose> window, double rate_hz);

// Longest time between two poses that still shows the movement between them: that of 3 poses per second and
// some jitter. Films of as many are recognised nearly as well as those of 30; with 2 the first exercises are
// taken for others (docs/adr/0021-no-movement-nothing-known.md), and joint errors mean nothing long before.
inline constexpr int64_t kLongestIntervalUs = 350'000;

// kFewPoses when more than half of the window is `bridged`: as many of its poses were interpolated between
// two that are more than kLongestIntervalUs apart. `window` comes from skeleton::Resampler at `rate_hz` and
// is not empty.
std::optional<Notice> LackOfPoses(std::span<const skeleton::Pose> window, int bridged, double rate_hz);

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_EVIDENCE_H_
