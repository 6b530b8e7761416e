// Where frames come from: a video file, a camera, or pictures.
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
  std::string name;         // for people
  int64_t frame_count = 0;  // 0 = unknown
  double fps = 0;           // nominal frames per second, > 0
  bool is_live = false;     // a camera: it cannot be read twice
};

inline constexpr double kDefaultFps = 30;  // where nothing states a rate

// `fps` where it can be a rate of frames, else `fallback`.
double ValidFpsOr(double fps, double fallback = kDefaultFps);

// Whether a file is a picture by the ending of its name.
bool IsImageFile(const std::filesystem::path& path);

// Turns the times that a video claims into strictly increasing ones.
class FrameClock {
 public:
  // `fps` > 0 spaces the frames whose own time is of no use.
  explicit FrameClock(double fps) : step_us_(1e6 / fps) {}

  // Microseconds of the next frame. `claimed_ms` is taken when it is finite and later than the frame before;
  // otherwise the frame comes one step after it.
  int64_t Next(double claimed_ms);

 private:
  double step_us_;
  std::optional<double> last_us_;
};

// Reads one frame after the other. Not thread-safe.
class FrameSource {
 public:
  virtual ~FrameSource() = default;

  virtual const SourceInfo& info() const = 0;

  // The next frame, nullopt at the end, or an error that names what cannot be read.
  virtual absl::StatusOr<std::optional<SourceFrame>> Next() = 0;

  // What people should know of what was read so far, as "ends early: ..."; empty where all is well.
  virtual std::vector<std::string> warnings() const { return {}; }
};

// Opens what the user named: one video file, one camera ("camera:0" or "/dev/video0"), one folder of
// pictures, or pictures. `fps` times the frames: frame k comes at k / fps whatever a video says; without it
// pictures come at kDefaultFps. NOT_FOUND when a file is missing, INVALID_ARGUMENT when it is not what it
// should be, when `fps` is no rate, and for a camera with `fps`.
absl::StatusOr<std::unique_ptr<FrameSource>> OpenFrameSource(const std::vector<std::string>& inputs,
                                                             std::optional<double> fps = std::nullopt);

}  // namespace trackfit::media

#endif  // TRACKFIT_MEDIA_FRAME_SOURCE_H_
