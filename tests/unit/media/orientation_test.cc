#include "media/orientation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <ostream>

#include "media/frame_source.h"
#include "support/image_files.h"
#include "support/scratch_folder.h"
#include "support/video_files.h"

namespace trackfit::media {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A display matrix that shows (p, q) at (ap + cq, bp + dq), with a descriptive name.
struct Case {
  const char* name;
  int a, b, c, d;
};
std::ostream& operator<<(std::ostream& out, const Case& turn) { return out << turn.name; }

constexpr Case kAllEight[] = {{"Stored", 1, 0, 0, 1},     {"QuarterClockwise", 0, 1, -1, 0},
                              {"Half", -1, 0, 0, -1},     {"QuarterCounterclockwise", 0, -1, 1, 0},
                              {"Mirrored", -1, 0, 0, 1},  {"TopToBottom", 1, 0, 0, -1},
                              {"Transposed", 0, 1, 1, 0}, {"AntiTransposed", 0, -1, -1, 0}};

Orientation Of(double a, double b, double c, double d) {
  std::array<int32_t, 9> matrix = {};
  matrix[0] = static_cast<int32_t>(a * 65536);
  matrix[1] = static_cast<int32_t>(b * 65536);
  matrix[3] = static_cast<int32_t>(c * 65536);
  matrix[4] = static_cast<int32_t>(d * 65536);
  return OrientationOf(matrix);
}

// All quarters and pixels differ, so that all eight orientations are different.
cv::Mat Pattern() {
  cv::Mat picture(48, 64, CV_8UC3);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      picture.at<cv::Vec3b>(y, x) = {static_cast<uchar>(x * 4), static_cast<uchar>(y * 5),
                                     static_cast<uchar>(x < 32 && y < 24 ? 250 : 10)};
    }
  }
  return picture;
}

void WritePattern(const std::string& path) {
  cv::VideoWriter writer(path, cv::VideoWriter::fourcc('m', 'p', '4', 'v'), 25, {64, 48});
  ASSERT_TRUE(writer.isOpened());
  for (int i = 0; i < 3; ++i) writer.write(Pattern());
}

cv::Mat FirstFrame(const std::string& path) {
  const auto source = OpenFrameSource({path});
  EXPECT_TRUE(source.ok()) << source.status();
  if (!source.ok()) return {};
  const auto frame = (*source)->Next();
  EXPECT_TRUE(frame.ok() && frame->has_value());
  return frame.ok() && frame->has_value() ? (*frame)->image : cv::Mat();
}

// The mean difference of two images; huge if their sizes differ.
double Difference(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size() || a.empty()) return 1e9;
  return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total() * 3);
}

// Sets the display matrix of an MP4 to show (p, q) at (ap + cq, bp + dq); values are 16.16 fixed-point.
void SetDisplayMatrix(const std::string& path, double a, double b, double c, double d) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const size_t header = bytes.find("tkhd");
  ASSERT_NE(header, std::string::npos) << path << " has no track header";
  std::string matrix;
  for (const double value : {a, b, 0.0, c, d, 0.0, 0.0, 0.0, 16384.0})
    matrix += testing::BigEndian(static_cast<uint32_t>(std::lround(value * 65536)));
  file.seekp(static_cast<std::streamoff>(header + 44));
  file << matrix;
}

class VideoOrientation : public ::testing::TestWithParam<Case> {};

TEST_P(VideoOrientation, IsWhatFfmpegShows) {
  const Case& turn = GetParam();
  const testing::ScratchFolder scratch;
  const std::string video = scratch.File("clip.mp4");
  WritePattern(video);
  SetDisplayMatrix(video, turn.a, turn.b, turn.c, turn.d);
  testing::RunFfmpeg("-i " + video + " -frames:v 1 " + scratch.File("shown.png"));
  const cv::Mat shown = cv::imread(scratch.File("shown.png"));
  EXPECT_LT(Difference(FirstFrame(video), shown), 3);
  EXPECT_EQ(shown.cols, turn.a != 0 ? 64 : 48);
}

TEST_P(VideoOrientation, MovesPointsAccordingToTheMatrix) {
  const Case& turn = GetParam();
  const cv::Mat shown = Upright(Pattern(), Of(turn.a, turn.b, turn.c, turn.d));
  const auto moved = [&](int p, int q) {
    const int x = turn.a * p + turn.c * q, y = turn.b * p + turn.d * q;
    return cv::Point(turn.a + turn.c < 0 ? shown.cols - 1 + x : x,
                     turn.b + turn.d < 0 ? shown.rows - 1 + y : y);
  };
  for (const cv::Point stored : {cv::Point(0, 0), cv::Point(63, 0), cv::Point(0, 47), cv::Point(20, 30)})
    EXPECT_EQ(shown.at<cv::Vec3b>(moved(stored.x, stored.y)), Pattern().at<cv::Vec3b>(stored));
}

INSTANTIATE_TEST_SUITE_P(AllEight, VideoOrientation, ::testing::ValuesIn(kAllEight),
                         [](const auto& turn) { return std::string(turn.param.name); });

TEST(VideoOrientation, OfAPhoneHeldUprightIsUpright) {
  const testing::ScratchFolder scratch;
  WritePattern(scratch.File("upright.mp4"));
  testing::RunFfmpeg("-i " + scratch.File("upright.mp4") + " -vf transpose=2 -q:v 1 " +
                     scratch.File("turned.mp4"));
  testing::RunFfmpeg("-i " + scratch.File("turned.mp4") + " -metadata:s:v:0 rotate=270 -c copy " +
                     scratch.File("phone.mp4"));
  EXPECT_LT(Difference(FirstFrame(scratch.File("phone.mp4")), Pattern()), 8);
}

TEST(VideoOrientation, IsTheNearestQuarterTurn) {
  const testing::ScratchFolder scratch;
  const std::string video = scratch.File("clip.mp4");
  WritePattern(video);
  SetDisplayMatrix(video, std::cos(M_PI / 3), std::sin(M_PI / 3), -std::sin(M_PI / 3), std::cos(M_PI / 3));
  const auto source = OpenFrameSource({video});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_THAT((*source)->warnings(), ElementsAre(HasSubstr("30 degrees off a quarter turn")));
  const auto frame = (*source)->Next();
  ASSERT_TRUE(frame.ok() && frame->has_value());
  EXPECT_EQ((*frame)->image.size(), cv::Size(48, 64));
}

TEST(VideoOrientation, HasNoWarningsAboutIntactVideos) {
  const testing::ScratchFolder scratch;
  WritePattern(scratch.File("clip.mp4"));
  SetDisplayMatrix(scratch.File("clip.mp4"), 0, 1, -1, 0);
  const auto source = OpenFrameSource({scratch.File("clip.mp4")});
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_THAT((*source)->warnings(), IsEmpty());
}

TEST(OrientationOf, IsUprightForAnEmptyMatrix) { EXPECT_EQ(Of(0, 0, 0, 0), Orientation{}); }

TEST(OrientationOf, IgnoresScale) {
  EXPECT_EQ(Of(0, 2, -0.5, 0), Of(0, 1, -1, 0));
  EXPECT_NEAR(Of(0.99, 0.1411, -0.1411, 0.99).tilt_degrees, 8.1, 0.1);
}

// EXIF orientations, 1 to 8.
TEST(ImageOrientation, OfAJpegComesFromItsExif) {
  const testing::ScratchFolder scratch;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const cv::Mat stored = testing::StoredWithOrientation(Pattern(), orientation);
    std::ofstream(scratch.File("photo.jpg"), std::ios::binary)
        << testing::WithExifOrientation(testing::EncodeImage(".jpg", stored), orientation);
    EXPECT_LT(Difference(FirstFrame(scratch.File("photo.jpg")), Pattern()), 12) << orientation;
  }
}

}  // namespace
}  // namespace trackfit::media
