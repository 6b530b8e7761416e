// Writes a video with the results drawn on it.
#ifndef TRACKFIT_DRAWING_RENDER_H_
#define TRACKFIT_DRAWING_RENDER_H_

#include <cstdint>
#include <functional>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/session_record.h"
#include "media/frame_source.h"

namespace trackfit::drawing {

// Size of the rendered video for a source's: even, enlarged where its shorter side is under 480 pixels (at
// most three times), so that text on it is legible, and shrunk where its longer side is over 1920.
cv::Size RenderSize(cv::Size source);

// Reads `source` anew and writes as many frames as `times_us` has entries (their timestamps, by sequence),
// with what `record` (made with keep_results) says about them, as H.264 where OpenCV can, else MPEG-4, at the
// source's frame rate. `on_frame(done)` is called after each, and while the file is read again; false ends
// early and leaves a playable file. INTERNAL or DATA_LOSS, and no new file, when it cannot be written;
// DATA_LOSS also when `source` holds fewer frames.
absl::Status RenderVideo(media::FrameSource& source, const client::SessionRecord& record,
                         const std::vector<int64_t>& times_us, const std::string& path,
                         const std::function<bool(int64_t done)>& on_frame);

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_RENDER_H_
