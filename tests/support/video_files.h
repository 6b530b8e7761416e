// Small videos for tests, made by OpenCV or ffmpeg.
#ifndef TRACKFIT_TESTS_SUPPORT_VIDEO_FILES_H_
#define TRACKFIT_TESTS_SUPPORT_VIDEO_FILES_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <string>

namespace trackfit::testing {

// A video of `frames` grey frames that get brighter.
inline void WriteVideo(const std::string& path, int frames, double fps, cv::Size size) {
  cv::VideoWriter writer(path, cv::VideoWriter::fourcc('m', 'p', '4', 'v'), fps, size);
  ASSERT_TRUE(writer.isOpened());
  for (int i = 0; i < frames; ++i) writer.write(cv::Mat(size, CV_8UC3, cv::Scalar::all(60 + 2 * i)));
}

// `arguments` are parsed by a shell.
inline void RunFfmpeg(const std::string& arguments) {
  ASSERT_EQ(std::system(("ffmpeg -nostdin -v error -y " + arguments).c_str()), 0) << arguments;
}

// Two seconds of a moving test pattern, 64x48 at 25 frames per second. The extension determines the
// container; `options` are passed to ffmpeg.
inline void WriteTestPattern(const std::string& path, const std::string& options = "") {
  RunFfmpeg("-f lavfi -i testsrc2=size=64x48:rate=25:duration=2 " + options + " " + path);
}

// Truncates a file to its first 60 %.
inline void CutOff(const std::string& path) {
  std::filesystem::resize_file(path, std::filesystem::file_size(path) * 6 / 10);
}

}  // namespace trackfit::testing

#endif  // TRACKFIT_TESTS_SUPPORT_VIDEO_FILES_H_
