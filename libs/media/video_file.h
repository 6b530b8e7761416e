// A video that is there whole or not at all.
#ifndef TRACKFIT_MEDIA_VIDEO_FILE_H_
#define TRACKFIT_MEDIA_VIDEO_FILE_H_

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <string>

#include "absl/status/status.h"
#include "files/partial_file.h"

namespace trackfit::media {

// Written beside its place, then read again, because the writer reports nothing, and put there. Errors name
// the file. Not thread-safe.
class VideoFile {
 public:
  explicit VideoFile(const std::string& path);

  // INVALID_ARGUMENT when no such video can be written there, as the ending of the path says; writes nothing
  // that stays.
  static absl::Status Check(const std::string& path);

  // The first of the codecs (FOURCC) that works is taken. INTERNAL when none does.
  absl::Status Open(double fps, cv::Size size, std::initializer_list<int> codecs);
  // `image`: BGR of Open()'s size.
  void Write(const cv::Mat& image);
  // Ends the video and counts its frames, as long as `go_on` says so (empty: always). DATA_LOSS, and no file,
  // when some are missing.
  absl::Status Finish(const std::function<bool()>& go_on = nullptr);

 private:
  absl::Status CountFrames(const std::function<bool()>& go_on) const;

  std::string path_;
  files::PartialFile partial_;
  cv::VideoWriter writer_;
  int64_t frames_ = 0;
};

}  // namespace trackfit::media

#endif  // TRACKFIT_MEDIA_VIDEO_FILE_H_
