#include "extraction/exif.h"

#include <gtest/gtest.h>

#include <string>

#include "support/image_files.h"

namespace trackfit::extraction {
namespace {

using trackfit::testing::BigEndian;
using trackfit::testing::EncodeImage;
using trackfit::testing::ExifOrientation;
using trackfit::testing::JpegSegment;
using trackfit::testing::LittleEndian;
using trackfit::testing::PngChunk;
using trackfit::testing::WithExifOrientation;
using trackfit::testing::WithPngChunks;

std::string Jpeg() { return EncodeImage(".jpg", cv::Mat(16, 16, CV_8UC3, cv::Scalar::all(9))); }

int OfJpeg(const std::string& tiff) {
  const std::string exif = std::string("Exif\0\0", 6) + tiff;
  return ReadExifOrientation("\xFF\xD8" + JpegSegment(0xE1, exif) + Jpeg().substr(2), ImageFormat::kJpeg);
}

TEST(Exif, ReadsBothByteOrders) {
  EXPECT_EQ(OfJpeg(ExifOrientation(6)), 6);
  const std::string entries =
      LittleEndian(0x010F, 2) + LittleEndian(2, 2) + LittleEndian(4) + "Acme" +  // the maker
      LittleEndian(0x0112, 2) + LittleEndian(3, 2) + LittleEndian(1) + LittleEndian(8);
  EXPECT_EQ(OfJpeg(std::string("II\x2A\0", 4) + LittleEndian(10) + "xx" + LittleEndian(2, 2) + entries), 8);
}

TEST(Exif, FindsItAfterOtherSegmentsAndChunks) {
  const std::string turned = WithExifOrientation(Jpeg(), 3);
  const std::string later = turned.substr(0, 2) + JpegSegment(0xE1, "http://ns.adobe.com/xap/1.0/") +
                            JpegSegment(0xFE, "a comment") + "\xFF\xFF" + turned.substr(3);
  EXPECT_EQ(ReadExifOrientation(later, ImageFormat::kJpeg), 3);
  const std::string png = EncodeImage(".png", cv::Mat(16, 16, CV_8UC3, cv::Scalar::all(9)));
  const std::string last =
      png.substr(0, png.size() - 12) + PngChunk("eXIf", ExifOrientation(5)) + PngChunk("IEND", "");
  EXPECT_EQ(ReadExifOrientation(last, ImageFormat::kPng), 5);
}

TEST(Exif, TakesDamageForUpright) {
  EXPECT_EQ(ReadExifOrientation(Jpeg(), ImageFormat::kJpeg), 1);
  EXPECT_EQ(ReadExifOrientation("", ImageFormat::kJpeg), 1);
  EXPECT_EQ(ReadExifOrientation("", ImageFormat::kPng), 1);
  EXPECT_EQ(ReadExifOrientation("", ImageFormat::kWebp), 1);
  EXPECT_EQ(OfJpeg(ExifOrientation(0)), 1);
  EXPECT_EQ(OfJpeg(ExifOrientation(9)), 1);
  EXPECT_EQ(OfJpeg("XX" + ExifOrientation(6).substr(2)), 1);
  EXPECT_EQ(OfJpeg(std::string("MM\0\x2A\xFF\xFF\xFF\xF0", 8)), 1) << "the directory lies outside";
  EXPECT_EQ(OfJpeg(std::string("MM\0\x2A\0\0\0\x08\xFF\xFF", 10)), 1) << "65,535 entries, none there";
  const std::string whole = WithExifOrientation(Jpeg(), 6);
  for (std::size_t size = 0; size < 40; ++size) {
    const int orientation = ReadExifOrientation(whole.substr(0, size), ImageFormat::kJpeg);
    EXPECT_TRUE(orientation == 1 || orientation == 6) << size;
  }
  const std::string png = EncodeImage(".png", cv::Mat(16, 16, CV_8UC3, cv::Scalar::all(9)));
  const std::string endless = WithPngChunks(png, BigEndian(0xFFFFFFFF) + "tEXt");
  EXPECT_EQ(ReadExifOrientation(endless, ImageFormat::kPng), 1);
}

}  // namespace
}  // namespace trackfit::extraction
