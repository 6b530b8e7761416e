#include "media/video_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <opencv2/videoio.hpp>

#include "support/scratch_folder.h"

namespace trackfit::media {
namespace {

using ::testing::HasSubstr;

const int kCodec = cv::VideoWriter::fourcc('m', 'p', '4', 'v');
const cv::Size kSize(64, 48);

// Limits the size of all files to `bytes`, which looks like a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

size_t Entries(const std::string& folder) {
  const std::filesystem::directory_iterator first(folder);
  return static_cast<size_t>(std::distance(begin(first), end(first)));
}

absl::Status WriteFrames(const std::string& path, int frames) {
  VideoFile video(path);
  if (absl::Status status = video.Open(30, kSize, {kCodec}); !status.ok()) return status;
  for (int i = 0; i < frames; ++i) {
    cv::Mat noise(kSize, CV_8UC3);
    cv::randu(noise, 0, 255);
    video.Write(noise);
  }
  return video.Finish();
}

TEST(VideoFile, HasAllFramesWhenItSucceeds) {
  const testing::ScratchFolder scratch;
  const absl::Status status = WriteFrames(scratch.File("out.mp4"), 25);
  ASSERT_TRUE(status.ok()) << status;
  cv::VideoCapture written(scratch.File("out.mp4"));
  int count = 0;
  while (written.grab()) ++count;
  EXPECT_EQ(count, 25);
  EXPECT_EQ(Entries(scratch.File("")), 1U);
}

TEST(VideoFile, ReportsMissingFramesAndLeavesNoBrokenFile) {
  const testing::ScratchFolder scratch;
  const FileSizeLimit limit(8192);
  const absl::Status status = WriteFrames(scratch.File("out.mp4"), 100);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("out.mp4 cannot be written: of 100 frames"));
  EXPECT_EQ(Entries(scratch.File("")), 0U);
}

TEST(VideoFile, KeepsAnOlderFileUntilTheNewOneIsComplete) {
  const testing::ScratchFolder scratch;
  std::ofstream(scratch.File("out.mp4")) << "older";
  {
    const FileSizeLimit limit(8192);
    EXPECT_FALSE(WriteFrames(scratch.File("out.mp4"), 100).ok());
  }
  std::ifstream file(scratch.File("out.mp4"));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(text, "older");
}

TEST(VideoFile, ChecksTheExtensionInAdvance) {
  const testing::ScratchFolder scratch;
  EXPECT_TRUE(VideoFile::Check(scratch.File("out.mp4")).ok());
  for (const char* name : {"out", "out.txt"}) {
    const absl::Status status = VideoFile::Check(scratch.File(name));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(status.message()), HasSubstr("out.mp4")) << name;
  }
  EXPECT_EQ(Entries(scratch.File("")), 0U);
}

}  // namespace
}  // namespace trackfit::media
