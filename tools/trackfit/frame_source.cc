#include "frame_source.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace trackfit::tools {
namespace {

namespace fs = std::filesystem;

constexpr double kMaxFps = 1000;
constexpr double kMaxTimeMs = 1e12;  // 30 years; beyond it a timestamp is garbage

class VideoSource : public FrameSource {
 public:
  VideoSource(cv::VideoCapture capture, const std::string& path)
      : capture_(std::move(capture)), clock_(SaneFps(capture_.get(cv::CAP_PROP_FPS))) {
    info_.name = path;
    info_.fps = SaneFps(capture_.get(cv::CAP_PROP_FPS));
    const double count = capture_.get(cv::CAP_PROP_FRAME_COUNT);
    info_.frame_count = std::isfinite(count) && count > 0 && count < 1e9 ? std::llround(count) : 0;
  }

  const SourceInfo& info() const override { return info_; }

  absl::StatusOr<std::optional<SourceFrame>> Next() override {
    SourceFrame frame;
    try {
      if (!capture_.read(frame.image) || frame.image.empty()) return std::nullopt;
      frame.timestamp_us = clock_.Next(capture_.get(cv::CAP_PROP_POS_MSEC));
    } catch (const cv::Exception& error) {
      return absl::DataLossError(absl::StrCat(info_.name, ": ", error.what()));
    }
    return frame;
  }

 private:
  cv::VideoCapture capture_;
  FrameClock clock_;
  SourceInfo info_;
};

// A camera's frames are stamped when they are handed over.
class CameraSource : public FrameSource {
 public:
  CameraSource(cv::VideoCapture capture, const std::string& name)
      : capture_(std::move(capture)), clock_(SaneFps(capture_.get(cv::CAP_PROP_FPS))) {
    info_ = {name, 0, SaneFps(capture_.get(cv::CAP_PROP_FPS)), true};
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

class PictureSource : public FrameSource {
 public:
  PictureSource(std::vector<fs::path> paths, std::string name, double fps) : paths_(std::move(paths)) {
    info_ = {std::move(name), static_cast<int64_t>(paths_.size()), fps, false};
  }

  const SourceInfo& info() const override { return info_; }

  absl::StatusOr<std::optional<SourceFrame>> Next() override {
    if (next_ == paths_.size()) return std::nullopt;
    const std::string path = paths_[next_].string();
    SourceFrame frame;
    frame.timestamp_us = std::llround(static_cast<double>(next_) * 1e6 / info_.fps);
    try {
      frame.image = cv::imread(path, cv::IMREAD_COLOR);  // turns it upright by its EXIF orientation
    } catch (const cv::Exception& error) {
      return absl::InvalidArgumentError(absl::StrCat("cannot read the picture ", path, ": ", error.what()));
    }
    if (frame.image.empty())
      return absl::InvalidArgumentError(absl::StrCat("cannot read the picture ", path));
    ++next_;
    return frame;
  }

 private:
  std::vector<fs::path> paths_;
  SourceInfo info_;
  size_t next_ = 0;
};

// Compares runs of digits by their value, so that "frame10" comes after "frame9".
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

absl::StatusOr<std::vector<fs::path>> PicturesIn(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (IsPicture(it->path())) paths.push_back(it->path());
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder.string(), ": ", error.message()));
  if (paths.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(folder.string(), " holds no pictures (jpg, png, webp, bmp, tif)"));
  }
  std::sort(paths.begin(), paths.end(), NaturalLess);
  return paths;
}

// The camera's number, if `input` names one.
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
        absl::StrCat("cannot open ", name, "; is a camera connected, and may you use it?"));
  }
  return std::make_unique<CameraSource>(std::move(capture), name);
}

absl::StatusOr<std::unique_ptr<FrameSource>> OpenVideo(const std::string& path) {
  cv::VideoCapture capture;
  try {
    capture.open(path, cv::CAP_FFMPEG);
  } catch (const cv::Exception&) {
    // Reported as not opened.
  }
  if (!capture.isOpened())
    return absl::InvalidArgumentError(absl::StrCat("cannot read ", path, " as a video"));
  return std::make_unique<VideoSource>(std::move(capture), path);
}

absl::StatusOr<std::unique_ptr<FrameSource>> OpenPictures(const std::vector<std::string>& inputs,
                                                          double fps) {
  std::vector<fs::path> paths(inputs.begin(), inputs.end());
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) return absl::NotFoundError(absl::StrCat(path.string(), ": no such file"));
    if (!IsPicture(path)) {
      return absl::InvalidArgumentError(absl::StrCat(
          path.string(), " is not a picture; give one video, one camera, one folder, or pictures"));
    }
  }
  const std::string name = paths.size() == 1 ? inputs.front() : absl::StrCat(paths.size(), " pictures");
  return std::make_unique<PictureSource>(std::move(paths), name, fps);
}

}  // namespace

bool IsPicture(const fs::path& path) {
  const std::string extension = absl::AsciiStrToLower(path.extension().string());
  constexpr const char* kExtensions[] = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"};
  return std::find(std::begin(kExtensions), std::end(kExtensions), extension) != std::end(kExtensions);
}

double SaneFps(double fps, double otherwise) {
  return std::isfinite(fps) && fps > 0 && fps <= kMaxFps ? fps : otherwise;
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

absl::StatusOr<std::unique_ptr<FrameSource>> OpenFrameSource(const std::vector<std::string>& inputs,
                                                             double picture_fps) {
  if (inputs.empty()) return absl::InvalidArgumentError("no input given");
  if (!std::isfinite(picture_fps) || picture_fps <= 0 || picture_fps > kMaxFps) {
    return absl::InvalidArgumentError(
        absl::StrCat("--fps is ", picture_fps, "; it must be in (0, ", kMaxFps, "]"));
  }
  const std::string& first = inputs.front();
  if (inputs.size() > 1) return OpenPictures(inputs, picture_fps);
  if (const std::optional<int> camera = CameraNumber(first); camera.has_value())
    return OpenCamera(first, *camera);

  std::error_code error;
  if (!fs::exists(first, error)) return absl::NotFoundError(absl::StrCat(first, ": no such file"));
  if (fs::is_directory(first, error)) {
    absl::StatusOr<std::vector<fs::path>> paths = PicturesIn(first);
    if (!paths.ok()) return paths.status();
    return std::make_unique<PictureSource>(*std::move(paths), first, picture_fps);
  }
  if (IsPicture(first)) return OpenPictures(inputs, picture_fps);
  return OpenVideo(first);
}

}  // namespace trackfit::tools
