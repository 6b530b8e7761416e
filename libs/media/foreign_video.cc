#include "media/foreign_video.h"

#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "media/container.h"

namespace trackfit::media {
namespace {

// Others name further files and addresses to read (playlists, scripts of other programs), or are rare.
constexpr char kFormats[] = "mov,matroska,webm,avi,mpegts,mpeg,mpegvideo,ogg,flv,asf,ivf,h264,hevc,m4v";

// What OpenCV 4.6 hands to ffmpeg when it opens a file, which it takes from the environment alone.
class CaptureOptions {
 public:
  explicit CaptureOptions(const std::string& options) {
    if (const char* before = std::getenv(kName); before != nullptr) before_ = before;
    setenv(kName, options.c_str(), 1);
  }
  CaptureOptions(const CaptureOptions&) = delete;
  CaptureOptions& operator=(const CaptureOptions&) = delete;
  ~CaptureOptions() { before_ ? setenv(kName, before_->c_str(), 1) : unsetenv(kName); }

 private:
  static constexpr char kName[] = "OPENCV_FFMPEG_CAPTURE_OPTIONS";
  std::optional<std::string> before_;
};

absl::Status NoVideo() {
  return absl::InvalidArgumentError(
      "this cannot be read as a video; it is something else, empty, or damaged: does a player play it?");
}

absl::Status TooLarge(int64_t pixels, const ForeignLimits& limits) {
  return absl::InvalidArgumentError(absl::StrCat("the video's frames have ", pixels, " pixels; at most ",
                                                 limits.max_pixels, " are accepted: send it smaller"));
}

class ForeignVideo : public FrameSource {
 public:
  ForeignVideo(std::unique_ptr<FrameSource> source, const ForeignLimits& limits)
      : source_(std::move(source)), limits_(limits) {}

  absl::Status ReadFirst() {
    auto first = Read();
    if (!first.ok()) return first.status();
    if (!first->has_value()) return absl::InvalidArgumentError("the video has no frames that can be read");
    first_ = *std::move(first);
    return absl::OkStatus();
  }

  const SourceInfo& info() const override { return source_->info(); }
  absl::StatusOr<std::optional<SourceFrame>> Next() override {
    return first_ ? std::exchange(first_, std::nullopt) : Read();
  }
  std::vector<std::string> warnings() const override { return source_->warnings(); }

 private:
  // Not every container says how large they are.
  absl::StatusOr<std::optional<SourceFrame>> Read() {
    absl::StatusOr<std::optional<SourceFrame>> frame = source_->Next();
    if (!frame.ok() || !frame->has_value()) return frame;
    const auto pixels = static_cast<int64_t>((*frame)->image.total());
    if (pixels > limits_.max_pixels) return TooLarge(pixels, limits_);
    return frame;
  }

  const std::unique_ptr<FrameSource> source_;
  const ForeignLimits limits_;
  std::optional<SourceFrame> first_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FrameSource>> OpenForeignVideo(const std::string& path,
                                                              std::optional<double> fps,
                                                              const ForeignLimits& limits) {
  {
    const QuietLibav quiet;
    const Container container = ReadContainer(path, kFormats);
    if (!container.readable) return NoVideo();
    if (container.pixels > limits.max_pixels) return TooLarge(container.pixels, limits);
  }
  const CaptureOptions options(absl::StrCat("format_whitelist;", kFormats, "|protocol_whitelist;file"));
  absl::StatusOr<std::unique_ptr<FrameSource>> source = OpenVideo(path, fps, kFormats);
  if (absl::IsInvalidArgument(source.status()) && !fps.has_value()) return NoVideo();
  if (!source.ok()) return source.status();
  auto video = std::make_unique<ForeignVideo>(*std::move(source), limits);
  if (absl::Status first = video->ReadFirst(); !first.ok()) return first;
  return video;
}

}  // namespace trackfit::media
