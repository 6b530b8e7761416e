// Plays labelled videos to a running gateway, as any client would, and collects its summaries.
#ifndef TRACKFIT_VIDEO_EVALUATION_GATEWAY_RUN_H_
#define TRACKFIT_VIDEO_EVALUATION_GATEWAY_RUN_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/gateway_client.h"
#include "dataset_building/clip_list.h"
#include "evaluation/video_figures.h"
#include "video_evaluation/verdict_file.h"

namespace trackfit::video_evaluation {

struct VideoSources {
  std::string folder;
  std::string list;    // CSV as of `trackfit extract`, its files relative to `folder`; "": all in the folder
  std::string split;   // "": all videos
  std::string subset;  // of the split: "train" or "val"
};

// The videos to play, in the list's order. Errors: those of reading list and split; INVALID_ARGUMENT when two
// have the same id, or when none is left.
absl::StatusOr<std::vector<dataset_building::SourceClip>> ChooseVideos(const VideoSources& sources);

struct GatewayRunOptions {
  client::ClientOptions client;
  int sessions = 1;  // at a time
};

// All may be empty. Called one at a time, but for the first.
struct GatewayRunEvents {
  std::function<bool()> interrupted{};  // asked before every frame, by any thread, also several at a time
  std::function<void(int done)> on_video{};
  std::function<void(const dataset_building::SourceClip& video, const absl::Status& reason)> on_left_out{};
};

// Plays the videos of which `verdicts` holds none yet, and adds theirs. One that cannot be read is left out.
// An error ends the run: those of client::GatewaySession::Run, and FAILED_PRECONDITION when the servers run
// another model than before. OK, and videos missing, when it is interrupted.
absl::Status PlayVideos(const std::vector<dataset_building::SourceClip>& videos,
                        const GatewayRunOptions& options, const GatewayRunEvents& events,
                        VerdictFile& verdicts);

// The verdicts on those of the videos that have one.
std::vector<evaluation::VideoVerdict> VerdictsOn(const std::vector<dataset_building::SourceClip>& videos,
                                                 const VerdictFile& verdicts);

}  // namespace trackfit::video_evaluation

#endif  // TRACKFIT_VIDEO_EVALUATION_GATEWAY_RUN_H_
