// One set on the page.
#ifndef TRACKFIT_REPORT_SET_SECTION_H_
#define TRACKFIT_REPORT_SET_SECTION_H_

#include <span>
#include <string>

#include "client/labels.h"
#include "report/pose_track.h"
#include "trackfit/v1/coaching.pb.h"

namespace trackfit::report {

// HTML: what came of the set, angle curves, trends, conditions by repetition, a card for each repetition, and
// a table of all measures. `repetitions` are the set's, in order.
std::string SetSection(const v1::SetSummary& set, std::span<const v1::Repetition> repetitions,
                       const PoseTrack& poses, const client::Labels& labels);

}  // namespace trackfit::report

#endif  // TRACKFIT_REPORT_SET_SECTION_H_
