// The whole of `trackfit evaluate --videos`.
#ifndef TRACKFIT_VIDEO_EVALUATION_VIDEO_EVALUATION_H_
#define TRACKFIT_VIDEO_EVALUATION_VIDEO_EVALUATION_H_

#include <functional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "video_evaluation/gateway_run.h"

namespace trackfit::video_evaluation {

struct VideoEvaluationOptions {
  VideoSources sources;
  GatewayRunOptions run;
  std::string verdicts;  // see VerdictFile
  std::string json;      // also write figures and verdicts to this file; "" = do not
};

// Plays the videos, shows its progress on stderr, and prints the figures to `text`, also those of a run that
// is interrupted. Names what is left out in `log`. Wrong usage when there is nothing to play, CANCELLED after
// an interruption, DATA_LOSS when videos were left out, and the errors of PlayVideos().
absl::Status EvaluateVideos(const VideoEvaluationOptions& options, const std::function<bool()>& interrupted,
                            std::ostream& text, std::ostream& log);

}  // namespace trackfit::video_evaluation

#endif  // TRACKFIT_VIDEO_EVALUATION_VIDEO_EVALUATION_H_
