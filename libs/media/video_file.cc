#include "media/video_file.h"

#include <filesystem>
#include <opencv2/core/utils/logger.hpp>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "media/container.h"

namespace trackfit::media {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kFullBelow = 1 << 20;  // bytes of free space that count as a full disk

bool DiskIsFull(const fs::path& file) {
  std::error_code error;
  const fs::path folder = fs::absolute(file, error).parent_path();
  const fs::space_info space = fs::space(folder, error);
  return !error && space.available < kFullBelow;
}

}  // namespace

VideoFile::VideoFile(const std::string& path)
    : path_(path), partial_(path, files::PartialFile::Name::kKeepExtension) {}

absl::Status VideoFile::Check(const std::string& path) {
  const auto level = cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  const cv::Size small(64, 64);
  const bool possible = VideoFile(path).Open(30, small, {cv::VideoWriter::fourcc('m', 'p', '4', 'v')}).ok();
  cv::utils::logging::setLogLevel(level);
  if (possible) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, " cannot be written as a video; its name must end as one, as in ",
                   fs::path(path).replace_extension(".mp4").string()));
}

absl::Status VideoFile::Open(double fps, cv::Size size, std::initializer_list<int> codecs) {
  try {
    for (const int codec : codecs) {
      if (writer_.open(partial_.path().string(), cv::CAP_FFMPEG, codec, fps, size)) return absl::OkStatus();
    }
  } catch (const cv::Exception&) {
    // Reported as not opened.
  }
  return absl::InternalError(absl::StrCat("cannot write a video to ", path_));
}

void VideoFile::Write(const cv::Mat& image) {
  writer_.write(image);
  ++frames_;
}

absl::Status VideoFile::Finish(const std::function<bool()>& go_on) {
  writer_.release();
  if (absl::Status status = CountFrames(go_on); !status.ok()) return status;
  return partial_.Commit();
}

absl::Status VideoFile::CountFrames(const std::function<bool()>& go_on) const {
  const QuietLibav quiet;  // the error below says what is wrong
  cv::VideoCapture written;
  int64_t count = 0;
  if (written.open(partial_.path().string(), cv::CAP_FFMPEG)) {
    while (count < frames_ && written.grab()) {
      ++count;
      if (go_on && !go_on()) return absl::OkStatus();
    }
  }
  if (count == frames_) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(path_, " cannot be written: of ", frames_, " frames ", count,
                                          " are in the file",
                                          DiskIsFull(partial_.path()) ? "; the disk is full" : ""));
}

}  // namespace trackfit::media
