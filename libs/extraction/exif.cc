#include "extraction/exif.h"

#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>

#include "extraction/file_bytes.h"

namespace trackfit::extraction {
namespace {

// The TIFF structure in the first segment APP1 that has one; empty when the scan begins before.
std::string_view TiffOfJpeg(const FileBytes& bytes) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  constexpr int64_t kApp1 = 0xE1, kStartOfScan = 0xDA;
  for (std::size_t offset = bytes.Find('\xFF', 2); offset + 4 <= bytes.size();
       offset = bytes.Find('\xFF', offset)) {
    const int64_t marker = bytes.At(offset + 1);
    if (marker == kStartOfScan) break;
    if (marker <= 0x01 || marker == 0xFF || (marker >= 0xD0 && marker <= 0xD9)) {  // no segment follows
      offset += marker == 0xFF ? 1 : 2;
      continue;
    }
    const auto length = static_cast<std::size_t>(bytes.Big(offset + 2, 2));
    if (marker == kApp1 && length >= 2 + kExif.size() && bytes.Has(offset + 4, kExif)) {
      return bytes.Part(offset + 4 + kExif.size(), length - 2 - kExif.size());
    }
    offset += 2 + length;
  }
  return {};
}

std::string_view TiffOfPng(const FileBytes& bytes) {
  for (std::size_t offset = 8; offset + 12 <= bytes.size();) {  // length, type, data, checksum
    const auto length = static_cast<std::size_t>(bytes.Big(offset, 4));
    if (bytes.Has(offset + 4, "eXIf")) return bytes.Part(offset + 8, length);
    offset += 12 + length;
  }
  return {};
}

// The value of the tag in the first directory; 1 when it is not there.
int OrientationIn(std::string_view tiff) {
  constexpr int64_t kOrientation = 0x0112, kShort = 3;
  const FileBytes bytes(tiff);
  const bool big = bytes.Has(0, std::string_view("MM\0\x2A", 4));
  if (!big && !bytes.Has(0, std::string_view("II\x2A\0", 4))) return 1;
  const auto number = [&](std::size_t offset, int count) {
    return big ? bytes.Big(offset, count) : bytes.Little(offset, count);
  };
  const auto directory = static_cast<std::size_t>(number(4, 4));
  const int64_t entries = number(directory, 2);
  for (int64_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * static_cast<std::size_t>(i);
    if (entry + 12 > bytes.size()) break;
    if (number(entry, 2) != kOrientation || number(entry + 2, 2) != kShort) continue;
    const int64_t orientation = number(entry + 8, 2);
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
  }
  return 1;
}

}  // namespace

int ReadExifOrientation(std::string_view file, ImageFormat format) {
  const FileBytes bytes(file);
  switch (format) {
    case ImageFormat::kJpeg:
      return OrientationIn(TiffOfJpeg(bytes));
    case ImageFormat::kPng:
      return OrientationIn(TiffOfPng(bytes));
    case ImageFormat::kWebp:
      break;
  }
  return 1;
}

void TurnUpright(cv::Mat& picture, int orientation) {
  // As cv::flip takes it: 0 upside down, 1 left and right, -1 both; after the transposition of 5 to 8.
  constexpr int kNone = 2, kFlips[] = {kNone, 1, -1, 0, kNone, 1, -1, 0};
  cv::Mat turned = picture;
  if (orientation >= 5) cv::transpose(picture, turned);
  const int flip = kFlips[orientation - 1];
  if (flip != kNone) cv::flip(turned, turned, flip);
  picture = turned;
}

}  // namespace trackfit::extraction
