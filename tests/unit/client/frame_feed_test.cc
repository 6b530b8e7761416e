#include "client/frame_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <opencv2/imgcodecs.hpp>
#include <thread>

namespace trackfit::client {
namespace {

using ::testing::HasSubstr;

// An endless source of grey frames, `step_us` apart.
class GreySource : public media::FrameSource {
 public:
  GreySource(cv::Size size, int64_t step_us) : size_(size), step_us_(step_us) {}
  const media::SourceInfo& info() const override { return info_; }
  absl::StatusOr<std::optional<media::SourceFrame>> Next() override {
    return media::SourceFrame{step_us_ * count_++, cv::Mat(size_, CV_8UC3, cv::Scalar(10, 120, 200))};
  }

 private:
  cv::Size size_;
  int64_t step_us_;
  int64_t count_ = 0;
  media::SourceInfo info_{"grey", 0, 30, false};
};

v1::Frame FirstFrame(cv::Size size, const EncodeOptions& encode) {
  GreySource source(size, 33'333);
  FeedOptions options;
  options.encode = encode;
  auto frame = FrameFeed(source, options).Next();
  EXPECT_TRUE(frame.ok() && frame->has_value());
  return **frame;
}

cv::Mat Decoded(const v1::Frame& frame) {
  return cv::imdecode(std::vector<uchar>(frame.encoded().begin(), frame.encoded().end()), cv::IMREAD_COLOR);
}

TEST(FrameFeed, NumbersFramesAndRecordsTheirTimestamps) {
  GreySource source({64, 48}, 40'000);
  FrameFeed feed(source, {});
  for (uint64_t i = 0; i < 3; ++i) {
    const auto frame = feed.Next();
    ASSERT_TRUE(frame.ok() && frame->has_value());
    EXPECT_EQ((*frame)->sequence(), i);
    EXPECT_EQ((*frame)->timestamp_us(), static_cast<int64_t>(i) * 40'000);
  }
  EXPECT_EQ(feed.times_us(), (std::vector<int64_t>{0, 40'000, 80'000}));
  EXPECT_EQ(feed.time_us(2), 80'000);
  EXPECT_EQ(feed.time_us(3), 0);
}

TEST(FrameFeed, EndsAtTheLimit) {
  GreySource source({64, 48}, 40'000);
  FeedOptions options;
  options.limit_frames = 2;
  FrameFeed feed(source, options);
  EXPECT_TRUE((*feed.Next()).has_value());
  EXPECT_TRUE((*feed.Next()).has_value());
  EXPECT_FALSE((*feed.Next()).has_value());
}

TEST(FrameFeed, PlaysInRealTimeWhenAsked) {
  GreySource source({64, 48}, 30'000);
  FeedOptions options;
  options.real_time = true;
  FrameFeed feed(source, options);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(feed.Next().ok());
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(90));
}

TEST(FrameFeed, DoesNotWaitOnceInterrupted) {
  GreySource source({64, 48}, 20'000'000);
  FeedOptions options;
  options.real_time = true;
  std::atomic<bool> interrupted{false};
  options.interrupted = [&] { return interrupted.load(); };
  FrameFeed feed(source, options);
  ASSERT_TRUE(feed.Next().ok());
  const auto start = std::chrono::steady_clock::now();
  const std::jthread ctrl_c([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    interrupted = true;
  });
  ASSERT_TRUE(feed.Next().ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(FrameEncoder, SendsAJpegThatLooksLikeTheImage) {
  const cv::Mat decoded = Decoded(FirstFrame({64, 48}, {}));
  ASSERT_EQ(decoded.size(), cv::Size(64, 48));
  EXPECT_NEAR(decoded.at<cv::Vec3b>(20, 20)[2], 200, 3);
}

TEST(FrameEncoder, DownscalesLargeImagesOnly) {
  EncodeOptions encode;
  encode.max_side = 100;
  EXPECT_EQ(Decoded(FirstFrame({200, 400}, encode)).size(), cv::Size(50, 100));
  EXPECT_EQ(Decoded(FirstFrame({80, 60}, encode)).size(), cv::Size(80, 60));
}

TEST(FrameEncoder, SendsRawPixelsWhenAsked) {
  EncodeOptions encode;
  encode.raw = true;
  const v1::Frame frame = FirstFrame({20, 10}, encode);
  ASSERT_TRUE(frame.has_raw());
  EXPECT_EQ(frame.raw().width(), 20U);
  EXPECT_EQ(frame.raw().height(), 10U);
  EXPECT_EQ(frame.raw().format(), v1::RawImage::PIXEL_FORMAT_BGR);
  ASSERT_EQ(frame.raw().data().size(), 20U * 10 * 3);
  EXPECT_EQ(static_cast<uchar>(frame.raw().data()[2]), 200);
}

TEST(FrameEncoder, RefusesOptionsOutOfRangeByName) {
  EncodeOptions encode;
  encode.jpeg_quality = 0;
  EXPECT_THAT(std::string(encode.Validate().message()), HasSubstr("--jpeg-quality is 0"));
  encode = {};
  encode.max_side = 8;
  EXPECT_THAT(std::string(encode.Validate().message()), HasSubstr("--max-side is 8"));
}

}  // namespace
}  // namespace trackfit::client
