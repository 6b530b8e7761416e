#include "media/frame_source.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "command_line/exit_code.h"
#include "extraction/frame_decoder.h"
#include "media/container.h"
#include "media/orientation.h"

namespace trackfit::media {
namespace {

namespace fs = std::filesystem;

constexpr double kMaxFps = 1000;
constexpr double kMaxTimeMs = 1e12;   // 30 years; larger timestamps are garbage
constexpr double kEarlyEnd = 0.9;     // fraction of the claimed duration below which the user is warned
constexpr double kTiltTolerance = 1;  // degrees, as in ffmpeg

absl::Status FpsError(const std::string& problem) {
  return command_line::UsageError(absl::StrCat("--fps", problem));
}

absl::Status CheckFps(std::optional<double> fps) {
  if (!fps.has_value() || (*fps > 0 && *fps <= kMaxFps)) return absl::OkStatus();
  return FpsError(absl::StrCat(" is ", *fps, "; it must be in (0, ", kMaxFps, "]"));
}

int64_t FrameTime(int64_t number, double fps) {
  return std::llround(static_cast<double>(number) * 1e6 / fps);
}

class VideoSource : public FrameSource {
 public:
  VideoSource(const cv::VideoCapture& capture, const Container& container, const std::string& path,
              std::optional<double> fps)
      : capture_(capture),
        container_(container),
        fps_(fps),
        own_fps_(ValidFpsOr(capture_.get(cv::CAP_PROP_FPS))),
        clock_(own_fps_),
        spacing_us_(1e6 / own_fps_) {
    info_.name = path;
    info_.fps = fps_.value_or(own_fps_);
    const double count = capture_.get(cv::CAP_PROP_FRAME_COUNT);
    info_.frame_count = std::isfinite(count) && count > 0 && count < 1e9 ? std::llround(count) : 0;
  }

  const SourceInfo& info() const override { return info_; }

  absl::StatusOr<std::optional<SourceFrame>> Next() override {
    SourceFrame frame;
    double claimed_ms = 0;
    int64_t own_us = 0;
    try {
      cv::Mat stored;
      if (!capture_.read(stored) || stored.empty()) {
        ended_ = true;
        return std::nullopt;
      }
      frame.image = Upright(stored, container_.orientation);
      claimed_ms = capture_.get(cv::CAP_PROP_POS_MSEC);
      own_us = clock_.Next(claimed_ms);
    } catch (const cv::Exception& error) {
      return absl::DataLossError(absl::StrCat(info_.name, ": ", error.what()));
    }
    if (frames_ == 0) first_us_ = own_us;
    if (frames_ > 0 && std::abs(claimed_ms * 1000 - static_cast<double>(own_us)) <= 1)
      spacing_us_ = static_cast<double>(own_us - first_us_) / static_cast<double>(frames_);
    frame.timestamp_us = fps_.has_value() ? FrameTime(frames_, *fps_) : own_us;
    ++frames_;
    return frame;
  }

  std::vector<std::string> warnings() const override {
    std::vector<std::string> warnings;
    if (container_.orientation.tilt_degrees > kTiltTolerance) {
      warnings.push_back(absl::StrFormat("is rotated by %.0f degrees off a quarter turn, which is ignored",
                                         container_.orientation.tilt_degrees));
    }
    const double read = static_cast<double>(frames_) * spacing_us_ / 1e6;
    const double claimed = container_.duration_seconds > 0
                               ? container_.duration_seconds
                               : static_cast<double>(info_.frame_count) / own_fps_;
    if (ended_ && (container_.truncated || (read < kEarlyEnd * claimed && IsPartMissing(claimed))))
      warnings.push_back(absl::StrFormat("ends early: %.1f of %.1f s can be read", read, claimed));
    return warnings;
  }

 private:
  // Whether a video that is shorter than `claimed` has lost a part. Its frame count alone does not tell,
  // because variable-rate and trimmed videos have fewer frames than claimed; neither does its duration,
  // because the last frame may be shown for long, or the audio may be longer.
  bool IsPartMissing(double claimed) const {
    if (container_.frame_count > 0)
      return static_cast<double>(frames_) < kEarlyEnd * static_cast<double>(container_.frame_count);
    return MeasureDurationSeconds(info_.name) < kEarlyEnd * claimed;
  }

  cv::VideoCapture capture_;
  Container container_;
  std::optional<double> fps_;
  double own_fps_;
  FrameClock clock_;  // the video's own timestamps, even when `fps_` is given
  SourceInfo info_;
  int64_t frames_ = 0;  // read so far
  int64_t first_us_ = 0;
  double spacing_us_;  // mean over the frames with a timestamp; frames flushed at the end have none
  bool ended_ = false;
};

// A camera's frames get their timestamp when they are read.
class CameraSource : public FrameSource {
 public:
  CameraSource(const cv::VideoCapture& capture, const std::string& name)
      : capture_(capture), clock_(ValidFpsOr(capture_.get(cv::CAP_PROP_FPS))) {
    info_ = {name, 0, ValidFpsOr(capture_.get(cv::CAP_PROP_FPS)), true};
  }

  const SourceInfo& info() const override { return info_; }

  absl::StatusOr<std::optional<SourceFrame>> Next() override {
    SourceFrame frame;
    try {
      if (!capture_.read(frame.image) || frame.image.empty()) {
        return absl::UnavailableError(absl::StrCat(info_.name, " stopped giving pictures"));
      }
    } catch (const cv::Exception& error) {
      return absl::UnavailableError(absl::StrCat(info_.name, ": ", error.what()));
    }
    const std::chrono::duration<double, std::milli> now = std::chrono::steady_clock::now() - start_;
    frame.timestamp_us = clock_.Next(now.count());
    return frame;
  }

 private:
  cv::VideoCapture capture_;
  FrameClock clock_;
  SourceInfo info_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Larger than what a server takes: a picture of one's own is nobody's attack.
constexpr extraction::FrameDecoderConfig kPictureLimits = {.max_pixels = 100'000'000,
                                                           .max_file_bytes = 256 << 20};

// Servers do not take these, so only OpenCV knows them.
absl::StatusOr<extraction::DecodedImage> ReadByOpenCv(const std::string& path) {
  extraction::DecodedImage picture;
  try {
    picture.bgr = cv::imread(path, cv::IMREAD_COLOR);
  } catch (const cv::Exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
  if (picture.bgr.empty()) return absl::InvalidArgumentError("it is not an image, or damaged");
  return picture;
}

absl::StatusOr<extraction::DecodedImage> ReadPicture(const std::string& path) {
  const std::string extension = absl::AsciiStrToLower(fs::path(path).extension().string());
  if (extension == ".bmp" || extension == ".tif" || extension == ".tiff") return ReadByOpenCv(path);
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file && !file.eof()) return absl::NotFoundError("it cannot be opened");
  return extraction::FrameDecoder(kPictureLimits).Decode(extraction::EncodedImage{bytes});
}

// The decoder names the field of a message.
std::string InPlainWords(absl::string_view message) {
  return absl::StrReplaceAll(message, {{"frame.encoded", "it"}});
}

class ImageSequenceSource : public FrameSource {
 public:
  ImageSequenceSource(std::vector<fs::path> paths, std::string name, double fps) : paths_(std::move(paths)) {
    info_ = {std::move(name), static_cast<int64_t>(paths_.size()), fps, false};
  }

  const SourceInfo& info() const override { return info_; }

  absl::StatusOr<std::optional<SourceFrame>> Next() override {
    if (next_ == paths_.size()) return std::nullopt;
    const std::string path = paths_[next_].string();
    absl::StatusOr<extraction::DecodedImage> picture = ReadPicture(path);
    if (!picture.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("cannot read the picture ", path, ": ",
                                                     InPlainWords(picture.status().message()),
                                                     "; replace it, or leave it out"));
    }
    if (!picture->warning.empty() && warned_++ == 0) {
      first_warning_ = absl::StrCat(path, ": ", InPlainWords(picture->warning));
    }
    SourceFrame frame;
    frame.timestamp_us = FrameTime(static_cast<int64_t>(next_), info_.fps);
    frame.image = std::move(picture->bgr);
    ++next_;
    return frame;
  }

  std::vector<std::string> warnings() const override {
    if (warned_ == 0) return {};
    if (warned_ == 1) return {first_warning_};
    return {absl::StrCat(warned_, " pictures are damaged, the first: ", first_warning_)};
  }

 private:
  std::vector<fs::path> paths_;
  SourceInfo info_;
  size_t next_ = 0;
  int warned_ = 0;             // pictures that lack something
  std::string first_warning_;  // with the picture's path
};

// Natural order: compares runs of digits by value, so that "frame10" comes after "frame9".
bool NaturalLess(const fs::path& left, const fs::path& right) {
  const std::string a = left.string();
  const std::string b = right.string();
  const auto digits_end = [](const std::string& text, size_t from) {
    while (from < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[from]))) ++from;
    return from;
  };
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    const size_t i_end = digits_end(a, i);
    const size_t j_end = digits_end(b, j);
    if (i_end == i || j_end == j) {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
      continue;
    }
    const size_t i_value = std::min(a.find_first_not_of('0', i), i_end);
    const size_t j_value = std::min(b.find_first_not_of('0', j), j_end);
    if (i_end - i_value != j_end - j_value) return i_end - i_value < j_end - j_value;
    const int order = a.compare(i_value, i_end - i_value, b, j_value, j_end - j_value);
    if (order != 0) return order < 0;
    i = i_end;
    j = j_end;
  }
  return a.size() - i < b.size() - j;
}

absl::StatusOr<std::vector<fs::path>> ImagesIn(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (IsImageFile(it->path())) paths.push_back(it->path());
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder.string(), ": ", error.message()));
  if (paths.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the folder ", folder.string(),
        " holds no pictures (jpg, png, webp, bmp, tif); name a folder of pictures, or one video"));
  }
  std::sort(paths.begin(), paths.end(), NaturalLess);
  return paths;
}

// The camera's index, if `input` names a camera.
std::optional<int> CameraNumber(const std::string& input) {
  absl::string_view rest = input;
  int number = 0;
  const bool is_camera = absl::ConsumePrefix(&rest, "camera:") || absl::ConsumePrefix(&rest, "/dev/video");
  if (!is_camera || !absl::SimpleAtoi(rest, &number) || number < 0) return std::nullopt;
  return number;
}

absl::StatusOr<std::unique_ptr<FrameSource>> OpenCamera(const std::string& name, int number) {
  cv::VideoCapture capture;
  try {
    capture.open(number);
  } catch (const cv::Exception&) {
    // Reported as not opened.
  }
  if (!capture.isOpened()) {
    return absl::NotFoundError(
        absl::StrCat("there is no camera ", name, ", or you may not use it; camera:0 is the first one"));
  }
  return std::make_unique<CameraSource>(std::move(capture), name);
}

absl::StatusOr<std::unique_ptr<FrameSource>> OpenImages(const std::vector<std::string>& inputs, double fps) {
  std::vector<fs::path> paths(inputs.begin(), inputs.end());
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) return absl::NotFoundError(absl::StrCat(path.string(), ": no such file"));
    if (!IsImageFile(path)) {
      return command_line::UsageError(
          absl::StrCat("several inputs must all be pictures, and ", path.string(),
                       " is none; name one video, one camera or one folder at a time"));
    }
  }
  const std::string name = paths.size() == 1 ? inputs.front() : absl::StrCat(paths.size(), " pictures");
  return std::make_unique<ImageSequenceSource>(std::move(paths), name, fps);
}

}  // namespace

bool IsImageFile(const fs::path& path) {
  const std::string extension = absl::AsciiStrToLower(path.extension().string());
  constexpr const char* kExtensions[] = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"};
  return std::find(std::begin(kExtensions), std::end(kExtensions), extension) != std::end(kExtensions);
}

double ValidFpsOr(double fps, double fallback) {
  return std::isfinite(fps) && fps > 0 && fps <= kMaxFps ? fps : fallback;
}

int64_t FrameClock::Next(double claimed_ms) {
  const double claimed_us = claimed_ms * 1000;
  const bool usable = std::isfinite(claimed_ms) && claimed_ms >= 0 && claimed_ms < kMaxTimeMs;
  if (!last_us_.has_value()) {
    last_us_ = usable ? claimed_us : 0;
  } else if (usable && claimed_us >= *last_us_ + 1) {
    last_us_ = claimed_us;
  } else {
    last_us_ = *last_us_ + step_us_;
  }
  return std::llround(*last_us_);
}

absl::StatusOr<std::unique_ptr<FrameSource>> OpenVideo(const std::string& path, std::optional<double> fps,
                                                       const std::string& formats) {
  if (absl::Status valid = CheckFps(fps); !valid.ok()) return valid;
  const QuietLibav quiet;
  const Container container = ReadContainer(path, formats);
  cv::VideoCapture capture;
  try {
    // Opening an unreadable file would print errors, because OpenCV resets ffmpeg's log level.
    if (container.readable) capture.open(FileUrl(path), cv::CAP_FFMPEG);
    capture.set(cv::CAP_PROP_ORIENTATION_AUTO, 0);
  } catch (const cv::Exception&) {
    // Reported as not opened.
  }
  if (!capture.isOpened())
    return absl::InvalidArgumentError(
        absl::StrCat("cannot read ", path,
                     " as a video; it is something else, empty, or damaged: does a player play it?"));
  return std::make_unique<VideoSource>(std::move(capture), container, path, fps);
}

absl::StatusOr<std::unique_ptr<FrameSource>> OpenFrameSource(const std::vector<std::string>& inputs,
                                                             std::optional<double> fps) {
  if (inputs.empty()) return absl::InvalidArgumentError("no input given");
  if (absl::Status valid = CheckFps(fps); !valid.ok()) return valid;
  const double image_fps = fps.value_or(kDefaultFps);
  const std::string& first = inputs.front();
  if (inputs.size() > 1) return OpenImages(inputs, image_fps);
  if (const std::optional<int> camera = CameraNumber(first); camera.has_value()) {
    if (fps.has_value()) {
      return FpsError(absl::StrCat(": the frames of ", first, " are timed as they come; leave it out"));
    }
    return OpenCamera(first, *camera);
  }

  std::error_code error;
  if (!fs::exists(first, error)) return absl::NotFoundError(absl::StrCat(first, ": no such file"));
  if (fs::is_directory(first, error)) {
    absl::StatusOr<std::vector<fs::path>> paths = ImagesIn(first);
    if (!paths.ok()) return paths.status();
    return std::make_unique<ImageSequenceSource>(*std::move(paths), first, image_fps);
  }
  if (IsImageFile(first)) return OpenImages(inputs, image_fps);
  return OpenVideo(first, fps);
}

}  // namespace trackfit::media
