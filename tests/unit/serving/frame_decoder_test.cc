#include "serving/frame_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

namespace trackfit::serving {
namespace {

using ::testing::HasSubstr;

// Blue left, red right.
cv::Mat TwoColours(int width = 64, int height = 48) {
  cv::Mat image(height, width, CV_8UC3, cv::Scalar(255, 0, 0));
  image.colRange(width / 2, width).setTo(cv::Scalar(0, 0, 255));
  return image;
}

std::string Encode(const std::string& extension, const cv::Mat& image) {
  std::vector<unsigned char> bytes;
  cv::imencode(extension, image, bytes);
  return {bytes.begin(), bytes.end()};
}

std::string ErrorOf(const Picture& picture, FrameDecoderConfig config = {}) {
  const auto decoded = FrameDecoder(config).Decode(picture);
  EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(decoded.status().message());
}

TEST(FrameDecoder, DecodesFilesToBgr) {
  for (const char* extension : {".jpg", ".png", ".webp"}) {
    const std::string file = Encode(extension, TwoColours());
    const auto bgr = FrameDecoder({}).Decode(EncodedPicture{file});
    ASSERT_TRUE(bgr.ok()) << extension << bgr.status();
    ASSERT_EQ(bgr->size(), cv::Size(64, 48)) << extension;
    EXPECT_GT(bgr->at<cv::Vec3b>(24, 8)[0], 200) << extension << ": blue on the left";
    EXPECT_GT(bgr->at<cv::Vec3b>(24, 56)[2], 200) << extension << ": red on the right";
  }
}

TEST(FrameDecoder, RawPixelsInBothOrdersGiveTheSamePicture) {
  const cv::Mat bgr = TwoColours();
  std::string bgr_bytes(bgr.datastart, bgr.dataend);
  std::string rgb_bytes = bgr_bytes;
  for (std::size_t i = 0; i < rgb_bytes.size(); i += 3) std::swap(rgb_bytes[i], rgb_bytes[i + 2]);
  const FrameDecoder decoder({});
  const auto from_bgr = decoder.Decode(RawPicture{64, 48, RawPicture::Order::kBgr, bgr_bytes});
  const auto from_rgb = decoder.Decode(RawPicture{64, 48, RawPicture::Order::kRgb, rgb_bytes});
  ASSERT_TRUE(from_bgr.ok() && from_rgb.ok());
  EXPECT_EQ(cv::norm(*from_bgr, bgr, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(*from_rgb, bgr, cv::NORM_INF), 0);
}

TEST(FrameDecoder, SaysWhatIsWrongWithARawPicture) {
  EXPECT_THAT(ErrorOf(RawPicture{64, 48, RawPicture::Order::kRgb, "short"}),
              HasSubstr("frame.raw.data has 5 bytes; 64 x 48 x 3 = 9216 are required"));
  EXPECT_THAT(ErrorOf(RawPicture{64, 48, RawPicture::Order::kUnknown, std::string(9216, 'x')}),
              HasSubstr("frame.raw.format"));
  EXPECT_THAT(ErrorOf(RawPicture{8, 48, RawPicture::Order::kRgb, ""}), HasSubstr("at least 16 x 16"));
  // 4294967295 * 4294967295 * 3 overflows.
  EXPECT_THAT(ErrorOf(RawPicture{4294967295, 4294967295, RawPicture::Order::kRgb, ""}), HasSubstr("at most"));
}

TEST(FrameDecoder, RefusesOversizeFilesBeforeDecodingThem) {
  const std::string file = Encode(".png", TwoColours(100, 50));
  EXPECT_THAT(ErrorOf(EncodedPicture{file}, {.max_pixels = 4999}),
              HasSubstr("100 x 50 pixels; at most 4999"));
  EXPECT_TRUE(FrameDecoder({.max_pixels = 5000}).Decode(EncodedPicture{file}).ok());
}

TEST(FrameDecoder, RefusesCorruptFilesWithAReason) {
  const std::string jpeg = Encode(".jpg", TwoColours());
  EXPECT_THAT(ErrorOf(EncodedPicture{jpeg.substr(0, jpeg.size() / 2)}), HasSubstr("cut off"));
  EXPECT_THAT(ErrorOf(EncodedPicture{jpeg.substr(0, 20)}), HasSubstr("damaged header"));
  EXPECT_THAT(ErrorOf(EncodedPicture{"no picture at all"}), HasSubstr("neither a JPEG nor a PNG nor a WebP"));
  EXPECT_THAT(ErrorOf(EncodedPicture{""}), HasSubstr("neither"));
  const std::string png = Encode(".png", TwoColours());
  EXPECT_THAT(ErrorOf(EncodedPicture{png.substr(0, 60)}), HasSubstr("damaged"));
}

TEST(FrameDecoder, RefusesAFrameWithoutAPicture) {
  EXPECT_THAT(ErrorOf(std::monostate()), HasSubstr("frame.image is missing"));
}

}  // namespace
}  // namespace trackfit::serving
