#include "extraction/image_header.h"

#include <string>

#include "extraction/file_bytes.h"

namespace trackfit::extraction {
namespace {

// Markers that carry the size: SOF0 to SOF15, except DHT, JPG and DAC.
bool IsStartOfFrame(int64_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// Markers with a segment that may come before the frame: DHT, DAC, DQT, DNL, DRI, APP0 to APP15, COM.
bool HasSegment(int64_t marker) {
  return marker == 0xC4 || marker == 0xCC || (marker >= 0xDB && marker <= 0xDD) ||
         (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE;
}

// Markers without a segment: TEM, RST0 to RST7.
bool StandsAlone(int64_t marker) { return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7); }

// Must find the same frame header as the decoder, or an image could hide its real size. Markers that the
// decoder would treat differently count as damage; bytes between segments are skipped, as the decoder does.
ImageHeader ReadJpeg(const FileBytes& bytes) {
  for (std::size_t offset = bytes.Find('\xFF', 2); offset + 4 <= bytes.size();
       offset = bytes.Find('\xFF', offset)) {
    const int64_t marker = bytes.At(offset + 1);
    if (IsStartOfFrame(marker))
      return {ImageFormat::kJpeg, bytes.Big(offset + 7, 2), bytes.Big(offset + 5, 2)};
    if (marker == 0xFF) {
      offset += 1;  // a fill byte
    } else if (marker == 0 || StandsAlone(marker)) {
      offset += 2;
    } else if (HasSegment(marker)) {
      offset += 2 + static_cast<std::size_t>(bytes.Big(offset + 2, 2));
    } else {
      break;
    }
  }
  return {ImageFormat::kJpeg, 0, 0};
}

ImageHeader ReadPng(const FileBytes& bytes) {
  if (!bytes.Has(12, "IHDR")) return {ImageFormat::kPng, 0, 0};
  return {ImageFormat::kPng, bytes.Big(16, 4), bytes.Big(20, 4)};
}

ImageHeader ReadWebp(const FileBytes& bytes) {
  if (bytes.Has(12, "VP8 ")) {
    return {ImageFormat::kWebp, bytes.Little(26, 2) & 0x3FFF, bytes.Little(28, 2) & 0x3FFF};
  }
  if (bytes.Has(12, "VP8L")) {
    const int64_t bits = bytes.Little(21, 4);
    return {ImageFormat::kWebp, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
  }
  if (bytes.Has(12, "VP8X")) return {ImageFormat::kWebp, bytes.Little(24, 3) + 1, bytes.Little(27, 3) + 1};
  return {ImageFormat::kWebp, 0, 0};
}

}  // namespace

absl::StatusOr<ImageHeader> ReadImageHeader(std::string_view text) {
  const FileBytes bytes(text);
  ImageHeader header;
  if (bytes.Has(0, "\xFF\xD8\xFF")) {
    header = ReadJpeg(bytes);
  } else if (bytes.Has(0, "\x89PNG\r\n\x1A\n")) {
    header = ReadPng(bytes);
  } else if (bytes.Has(0, "RIFF") && bytes.Has(8, "WEBP")) {
    header = ReadWebp(bytes);
  } else {
    return absl::InvalidArgumentError("frame.encoded is neither a JPEG nor a PNG nor a WebP file");
  }
  if (header.width <= 0 || header.height <= 0) {
    return absl::InvalidArgumentError("frame.encoded has a damaged header");
  }
  return header;
}

}  // namespace trackfit::extraction
