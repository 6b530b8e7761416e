// What the container of a video says and OpenCV does not pass on.
#ifndef TRACKFIT_MEDIA_CONTAINER_H_
#define TRACKFIT_MEDIA_CONTAINER_H_

#include <cstdint>
#include <string>

#include "media/orientation.h"

namespace trackfit::media {

// The file at `path` for ffmpeg, which takes "12:30.mp4" for an address.
std::string FileUrl(const std::string& path);

struct Container {
  bool readable = false;  // ffmpeg knows the file's format
  Orientation orientation;
  double duration_seconds = 0;  // by the frame index, without what was trimmed away; 0 = there is no index
  int64_t frame_count = 0;      // in the frame index, without those trimmed away; 0 = there is no index
  bool truncated = false;       // the frame index refers to data beyond the end of the file
};

// Of the first video in the file at `path`, the one that OpenCV reads. Where nothing is said, the defaults:
// also for a file that cannot be read. Rotations within the stream (H.264's SEI messages) are not seen.
Container ReadContainer(const std::string& path);

// Reads the file at `path` through and says for how many seconds its video, sound or whatever else goes on.
double MeasureDurationSeconds(const std::string& path);

// While it lives, ffmpeg's libraries say nothing on stderr: what keeps a file from being opened is said in
// our words. What they say of a damaged picture later on stays. One at a time in a process.
class QuietLibav {
 public:
  QuietLibav();
  ~QuietLibav();
  QuietLibav(const QuietLibav&) = delete;
  QuietLibav& operator=(const QuietLibav&) = delete;

 private:
  const int level_;
};

}  // namespace trackfit::media

#endif  // TRACKFIT_MEDIA_CONTAINER_H_
