// One repetition on the page.
#ifndef TRACKFIT_REPORT_REPETITION_CARD_H_
#define TRACKFIT_REPORT_REPETITION_CARD_H_

#include <span>
#include <string>

#include "client/labels.h"
#include "report/pose_track.h"
#include "trackfit/v1/coaching.pb.h"

namespace trackfit::report {

// HTML: verdict and measures, the skeleton at its worst moment, or at its turning point if nothing is off,
// and for each condition that is off its sentence beside the good range. Of `others`, the best repetition
// that meets the same condition is the outline behind the skeleton.
std::string RepetitionCard(const v1::Repetition& repetition, std::span<const v1::Repetition> others,
                           const PoseTrack& poses, const client::Labels& labels);

}  // namespace trackfit::report

#endif  // TRACKFIT_REPORT_REPETITION_CARD_H_
