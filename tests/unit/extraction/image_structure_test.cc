#include "extraction/image_structure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "support/image_files.h"

namespace trackfit::extraction {
namespace {

using ::testing::HasSubstr;
using trackfit::testing::CmykJpeg;
using trackfit::testing::Deflated;
using trackfit::testing::EncodeImage;
using trackfit::testing::ExtendedWebp;
using trackfit::testing::InterlacedPng;
using trackfit::testing::JpegSegment;
using trackfit::testing::PngChunk;
using trackfit::testing::PngFile;
using trackfit::testing::RiffChunk;
using trackfit::testing::WithRepeatedScan;

cv::Mat Noise(int width = 64, int height = 48) {
  cv::Mat image(height, width, CV_8UC3);
  cv::RNG(1).fill(image, cv::RNG::UNIFORM, 0, 256);
  return image;
}

// The error message; empty when the file is valid, "end" when it only lacks its end.
std::string Check(const std::string& file) {
  const auto header = ReadImageHeader(file);
  if (!header.ok()) return "header: " + std::string(header.status().message());
  const auto end = CheckImageStructure(file, *header);
  EXPECT_TRUE(end.ok() || absl::IsInvalidArgument(end.status())) << end.status();
  return end.ok() && *end == ImageEnd::kMissing ? "end" : std::string(end.status().message());
}

TEST(ImageStructure, AcceptsWhatEncodersWrite) {
  EXPECT_EQ(Check(EncodeImage(".jpg", Noise())), "");
  EXPECT_EQ(Check(EncodeImage(".jpg", Noise(), {cv::IMWRITE_JPEG_PROGRESSIVE, 1})), "");
  EXPECT_EQ(Check(EncodeImage(".jpg", Noise(), {cv::IMWRITE_JPEG_RST_INTERVAL, 1})), "");
  EXPECT_EQ(Check(CmykJpeg()), "");
  EXPECT_EQ(Check(EncodeImage(".png", Noise())), "");
  EXPECT_EQ(Check(EncodeImage(".png", Noise(), {cv::IMWRITE_PNG_COMPRESSION, 0})), "");
  EXPECT_EQ(Check(InterlacedPng(Noise(17, 31))), "");
  EXPECT_EQ(Check(EncodeImage(".webp", Noise())), "");
  EXPECT_EQ(Check(EncodeImage(".webp", Noise(), {cv::IMWRITE_WEBP_QUALITY, 101})), "");
}

TEST(ImageStructure, DetectsTruncationAnywhere) {
  for (const auto& [extension, end] : {std::pair{".jpg", 2}, {".png", 12}, {".webp", 0}}) {
    const std::string file = EncodeImage(extension, Noise());
    for (std::size_t size = 700; size < file.size() - end; size += 7) {
      EXPECT_THAT(Check(file.substr(0, size)), HasSubstr("cut off")) << extension << " at " << size;
    }
  }
}

TEST(ImageStructure, DistinguishesAMissingEndFromMissingPixels) {
  const std::string jpeg = EncodeImage(".jpg", Noise()), png = EncodeImage(".png", Noise());
  EXPECT_EQ(Check(jpeg.substr(0, jpeg.size() - 2)), "end");
  EXPECT_THAT(Check(jpeg.substr(0, jpeg.size() - 3)), HasSubstr("cut off"));
  EXPECT_EQ(Check(png.substr(0, png.size() - 12)), "end");
  EXPECT_THAT(Check(png.substr(0, png.size() - 13)), HasSubstr("cut off"));
  EXPECT_THAT(Check(jpeg.substr(0, jpeg.find("\xFF\xDA"))), HasSubstr("cut off")) << "no scan at all";
}

// Cameras store a small JPEG in the EXIF data, which has an end marker of its own.
TEST(ImageStructure, IgnoresTheEndOfAThumbnail) {
  const std::string jpeg = EncodeImage(".jpg", Noise());
  const std::string with_thumbnail =
      jpeg.substr(0, 2) + JpegSegment(0xE1, EncodeImage(".jpg", Noise(16, 16))) + jpeg.substr(2);
  EXPECT_EQ(Check(with_thumbnail), "");
  EXPECT_THAT(Check(with_thumbnail.substr(0, with_thumbnail.size() - 100)), HasSubstr("cut off"));
}

// Each of these scans has at most 33 bytes and costs a pass over all pixels.
TEST(ImageStructure, RefusesAJpegOfManyScans) {
  const std::string jpeg =
      EncodeImage(".jpg", cv::Mat(64, 64, CV_8UC3, cv::Scalar(1, 2, 3)), {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  EXPECT_EQ(Check(WithRepeatedScan(jpeg, 22)), "");  // 10 that were there
  EXPECT_THAT(Check(WithRepeatedScan(jpeg, 23)), HasSubstr("more than 32 scans"));
  EXPECT_THAT(Check(WithRepeatedScan(EncodeImage(".jpg", Noise(16, 16)), 100'000)),
              HasSubstr("more than 32 scans"));
}

TEST(ImageStructure, FindsScanMarkersAfterFillBytesRestartsAndGarbage) {
  const std::string jpeg = EncodeImage(".jpg", Noise(16, 16));
  const std::string scan = jpeg.substr(jpeg.find("\xFF\xDA"), jpeg.size() - 2 - jpeg.find("\xFF\xDA"));
  for (const std::string& disguise :
       {std::string("\xFF\xFF"), std::string("\xFF\xD0"), std::string("\xFF\0", 2), std::string("rubbish"),
        JpegSegment(0xFE, "\xFF\xD9")}) {
    std::string many = jpeg.substr(0, jpeg.size() - 2);
    for (int i = 0; i < 40; ++i) many += disguise + scan;
    EXPECT_THAT(Check(many + "\xFF\xD9"), HasSubstr("more than 32 scans"));
  }
}

TEST(ImageStructure, RefusesJpegsOfRareKinds) {
  std::string jpeg = EncodeImage(".jpg", Noise());
  const std::size_t frame = jpeg.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  for (const char marker :
       {'\xC3', '\xC9', '\xCA', '\xCF'}) {  // lossless, arithmetic, arithmetic progressive
    std::string rare = jpeg;
    rare[frame + 1] = marker;
    EXPECT_THAT(Check(rare), HasSubstr("rare kind"));
  }
  jpeg[frame + 4] = 12;
  EXPECT_THAT(Check(jpeg), HasSubstr("rare kind")) << "12-bit samples";
}

TEST(ImageStructure, RefusesAPngThatInflatesToMoreThanItsPixels) {
  const auto png = [](const std::string& data) { return PngFile(64, 64, 8, 2, false, data); };
  const std::string pixels(64 * (1 + 64 * 3), '\0');
  EXPECT_EQ(Check(png(PngChunk("IDAT", Deflated(pixels)))), "");
  const std::string bomb = Deflated(std::string(50'000'000, '\0'));
  EXPECT_LT(bomb.size(), 50'000U);
  EXPECT_THAT(Check(png(PngChunk("IDAT", bomb))), HasSubstr("far more data than the pixels"));
  // In several chunks, and after an empty one.
  EXPECT_THAT(Check(png(PngChunk("IDAT", "") + PngChunk("IDAT", bomb.substr(0, 100)) +
                        PngChunk("IDAT", bomb.substr(100)))),
              HasSubstr("far more data than the pixels"));
}

TEST(ImageStructure, RefusesAnimations) {
  const std::string still = EncodeImage(".webp", Noise());
  EXPECT_EQ(Check(ExtendedWebp(0, 64, 48, still.substr(12))), "");
  EXPECT_THAT(Check(ExtendedWebp(0x02, 64, 48, RiffChunk("ANIM", std::string(6, '\0')))),
              HasSubstr("animated"));
}

TEST(ImageStructure, SurvivesAnyChangedByte) {
  for (const char* extension : {".jpg", ".png", ".webp"}) {
    const std::string file = EncodeImage(extension, Noise(16, 16));
    for (std::size_t i = 0; i < file.size(); ++i) {
      std::string changed = file;
      changed[i] = static_cast<char>(~changed[i]);
      Check(changed);
    }
  }
}

}  // namespace
}  // namespace trackfit::extraction
