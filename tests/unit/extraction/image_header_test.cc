#include "extraction/image_header.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

namespace trackfit::extraction {
namespace {

std::string Encode(const std::string& extension, int width, int height,
                   const std::vector<int>& parameters = {}) {
  std::vector<unsigned char> bytes;
  cv::imencode(extension, cv::Mat(height, width, CV_8UC3, cv::Scalar(10, 20, 30)), bytes, parameters);
  return {bytes.begin(), bytes.end()};
}

void ExpectHeader(const std::string& bytes, ImageFormat format, int width, int height) {
  const auto header = ReadImageHeader(bytes);
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->format, format);
  EXPECT_EQ(header->width, width);
  EXPECT_EQ(header->height, height);
}

TEST(ImageHeader, ReadsTheSizeOfEveryFormatWithoutDecoding) {
  ExpectHeader(Encode(".jpg", 321, 123), ImageFormat::kJpeg, 321, 123);
  ExpectHeader(Encode(".jpg", 321, 123, {cv::IMWRITE_JPEG_PROGRESSIVE, 1}), ImageFormat::kJpeg, 321, 123);
  ExpectHeader(Encode(".png", 640, 33), ImageFormat::kPng, 640, 33);
  ExpectHeader(Encode(".webp", 99, 47, {cv::IMWRITE_WEBP_QUALITY, 80}), ImageFormat::kWebp, 99, 47);
  ExpectHeader(Encode(".webp", 99, 47, {cv::IMWRITE_WEBP_QUALITY, 101}), ImageFormat::kWebp, 99,
               47);  // lossless
}

TEST(ImageHeader, RefusesOtherFormats) {
  EXPECT_FALSE(ReadImageHeader("").ok());
  EXPECT_FALSE(ReadImageHeader("GIF89a").ok());
  EXPECT_FALSE(ReadImageHeader(Encode(".bmp", 32, 32)).ok());
}

TEST(ImageHeader, SurvivesFilesThatEndAnywhere) {
  for (const std::string& file : {Encode(".jpg", 64, 64), Encode(".png", 64, 64), Encode(".webp", 64, 64)}) {
    for (std::size_t size = 0; size < std::min<std::size_t>(file.size(), 700); ++size) {
      const auto header = ReadImageHeader(file.substr(0, size));
      EXPECT_TRUE(!header.ok() || header->width > 0);
    }
  }
}

// A frame header of 64x64 after one that the decoder would use.
TEST(ImageHeader, ReadsTheFrameHeaderThatTheDecoderReads) {
  const std::string large("\xFF\xC0\x00\x11\x08\x7D\x00\x7D\x00\x03", 10);
  const std::string small("\xFF\xC0\x00\x11\x08\x00\x40\x00\x40\x03", 10);
  // These markers have no length; FF 00 is not a marker.
  for (const std::string& marker :
       {std::string(1, '\0'), std::string("\x01"), std::string("\xD0"), std::string("\xD7")}) {
    const std::string hidden = "\xFF\xD8\xFF" + marker + large + std::string(0xFFC0 - 10, '\0') + small;
    ExpectHeader(hidden, ImageFormat::kJpeg, 32000, 32000);
  }
  for (const std::string marker : {"\x02", "\xDA"}) {
    const std::string hidden = "\xFF\xD8\xFF" + marker + large + std::string(0xFFC0 - 10, '\0') + small;
    EXPECT_FALSE(ReadImageHeader(hidden).ok()) << "not allowed before the frame header";
  }
}

TEST(ImageHeader, SurvivesSegmentsOfLengthZero) {
  EXPECT_FALSE(ReadImageHeader(std::string("\xFF\xD8\xFF\xE0\x00\x00\xFF\xE0\x00\x00", 10)).ok());
}

}  // namespace
}  // namespace trackfit::extraction
