// Sources of frames: video files, cameras, and sequences of images.
#ifndef TRACKFIT_MEDIA_FRAME_SOURCE_H_
#define TRACKFIT_MEDIA_FRAME_SOURCE_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trackfit::media {

struct SourceFrame {
  int64_t timestamp_us = 0;  // strictly increasing within a source
  cv::Mat image;             // BGR, 8 bits a channel, upright
};

struct SourceInfo {
  std::string name;         // for messages
  int64_t frame_count = 0;  // 0 = unknown
  double fps = 0;           // nominal frames per second, > 0
  bool is_live = false;     // a camera, which cannot be read twice
};

inline constexpr double kDefaultFps = 30;  // when the source has no frame rate

// `fps` if it is a plausible frame rate, else `fallback`.
double ValidFpsOr(double fps, double fallback = kDefaultFps);

// Whether the file's extension is that of an image.
bool IsImageFile(const std::filesystem::path& path);

// Turns a video's own timestamps into strictly increasing ones.
class FrameClock {
 public:
  // `fps` > 0 spaces frames without a usable timestamp.
  explicit FrameClock(double fps) : step_us_(1e6 / fps) {}

  // The timestamp of the next frame in microseconds: `claimed_ms` if it is finite and later than the previous
  // frame, otherwise one step after it.
  int64_t Next(double claimed_ms);

 private:
  double step_us_;
  std::optional<double> last_us_;
};

// Reads frames in order. Not thread-safe.
class FrameSource {
 public:
  virtual ~FrameSource() = default;

  virtual const SourceInfo& info() const = 0;

  // The next frame, nullopt at the end, or an error that names what cannot be read.
  virtual absl::StatusOr<std::optional<SourceFrame>> Next() = 0;

  // Warnings for the user about what has been read so far, such as "ends early: ...".
  virtual std::vector<std::string> warnings() const { return {}; }
};

// Opens the user's input: one video file, one camera ("camera:0" or "/dev/video0"), one folder of images, or
// several images. With `fps`, frame k gets the timestamp k / fps, overriding a video's own; without it,
// images are kDefaultFps apart. NOT_FOUND when a file is missing; INVALID_ARGUMENT when it cannot be read as
// what it should be, when `fps` is out of range, and for a camera with `fps`.
absl::StatusOr<std::unique_ptr<FrameSource>> OpenFrameSource(const std::vector<std::string>& inputs,
                                                             std::optional<double> fps = std::nullopt);

// The same for a video file of any name. `formats`: see ReadContainer(); what OpenCV reads is not restricted
// by it.
absl::StatusOr<std::unique_ptr<FrameSource>> OpenVideo(const std::string& path, std::optional<double> fps,
                                                       const std::string& formats = "");

}  // namespace trackfit::media

#endif  // TRACKFIT_MEDIA_FRAME_SOURCE_H_
