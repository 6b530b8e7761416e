// Whether a window shows enough to name an exercise. A network names one for every window, also for a frozen
// picture of a person and for movements that are mostly interpolated.
#ifndef TRACKFIT_ASSESSMENT_EVIDENCE_H_
#define TRACKFIT_ASSESSMENT_EVIDENCE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "assessment/assessment.h"
#include "skeleton/pose.h"

namespace trackfit::assessment {

// In torso lengths, of skeleton::Movement. 96 of 100 windows of still photos encoded as videos move less;
// every recorded clip of the seven exercises moves more in its windows, pauses apart, the least of them (a
// drawn pushdown, push-ups of a few degrees) by 0.27: docs/adr/0021-no-movement-nothing-known.md.
inline constexpr float kLeastMovement = 0.22F;

// kNoMovement below kLeastMovement. `window` is uniform in time at `rate_hz` and not empty.
std::optional<Notice> LackOfMovement(std::span<const skeleton::Pose> window, double rate_hz);

// Longest interval between two poses across which interpolation still shows the movement: that of 3 poses per
// second, with some jitter. Clips at 3 poses per second are recognised nearly as well as those at 30; at 2
// the first exercises are taken for others (docs/adr/0021-no-movement-nothing-known.md), and joint errors
// lose their meaning long before.
inline constexpr int64_t kLongestIntervalUs = 350'000;

// kFewPoses when more than half of the window is bridged, `bridged` being the number of its poses that were
// interpolated between two that are more than kLongestIntervalUs apart. `window` comes from
// skeleton::Resampler at `rate_hz` and is not empty.
std::optional<Notice> LackOfPoses(std::span<const skeleton::Pose> window, int bridged, double rate_hz);

// For how much movement a repetition accounts, with the pauses around it: most take a third of it. An
// exercise of which none was counted for longer is not known, whatever windows look like.
inline constexpr double kSecondsOfRepetition = 12;

// kNoRepetition: for this long it has looked like the exercise, and the coach has counted no more
// repetitions.
Notice LackOfRepetitions(const std::string& exercise, int repetitions, double seconds, uint64_t sequence);

}  // namespace trackfit::assessment

#endif  // TRACKFIT_ASSESSMENT_EVIDENCE_H_
