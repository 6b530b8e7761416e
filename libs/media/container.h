// Metadata of a video's container that OpenCV does not expose.
#ifndef TRACKFIT_MEDIA_CONTAINER_H_
#define TRACKFIT_MEDIA_CONTAINER_H_

#include <cstdint>
#include <string>

#include "media/orientation.h"

namespace trackfit::media {

// The URL of a file for ffmpeg, which would otherwise take "12:30.mp4" for a network address.
std::string FileUrl(const std::string& path);

struct Container {
  bool readable = false;  // whether ffmpeg recognises the file's format
  Orientation orientation;
  int64_t pixels = 0;           // of a frame, as the container says; 0 = it does not
  double duration_seconds = 0;  // by the frame index, without what was trimmed away; 0 = there is no index
  int64_t frame_count = 0;      // in the frame index, without those trimmed away; 0 = there is no index
  bool truncated = false;       // the frame index refers to data beyond the end of the file
};

// Metadata of the first video stream in the file, which is the one that OpenCV reads; defaults for whatever
// is missing, also when the file cannot be read. Ignores rotations stored in the stream (H.264 SEI messages).
// `formats`: ffmpeg's names, separated by commas, of those that may be read, from this file alone; empty:
// all, which may read what they name.
Container ReadContainer(const std::string& path, const std::string& formats = "");

// Reads the whole file; the duration of its longest stream, of whatever kind.
double MeasureDurationSeconds(const std::string& path);

// Silences ffmpeg's libraries on stderr during its lifetime, because our own errors say why a file cannot be
// opened. At most one at a time per process.
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
