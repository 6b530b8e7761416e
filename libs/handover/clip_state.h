// The summary of a clip so far, as a message.
#ifndef TRACKFIT_HANDOVER_CLIP_STATE_H_
#define TRACKFIT_HANDOVER_CLIP_STATE_H_

#include <handover/session_state.pb.h>

#include "assessment/clip_summary.h"

namespace trackfit::handover {

ClipState ToProto(const assessment::ClipSummary::State& state);
// Of joints that are not in the message nothing is known.
assessment::ClipSummary::State FromProto(const ClipState& state);

}  // namespace trackfit::handover

#endif  // TRACKFIT_HANDOVER_CLIP_STATE_H_
