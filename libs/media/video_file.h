// Writes a video file atomically.
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

// Written to a temporary file, which is verified by reading it back, because the writer reports no errors,
// and then moved into place. Errors name the file. Not thread-safe.
class VideoFile {
 public:
  explicit VideoFile(const std::string& path);

  // INVALID_ARGUMENT when no video can be written to `path`, usually because of its extension. Leaves no file
  // behind.
  static absl::Status Check(const std::string& path);

  // Uses the first of the codecs (FOURCC) that works. INTERNAL when none does.
  absl::Status Open(double fps, cv::Size size, std::initializer_list<int> codecs);
  // `image`: BGR of Open()'s size.
  void Write(const cv::Mat& image);
  // Finishes the video, verifies its frame count and moves it into place. `go_on` may return false to skip
  // the rest of the verification (empty: never). DATA_LOSS, and no file, when frames are missing.
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
