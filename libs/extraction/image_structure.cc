#include "extraction/image_structure.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "extraction/file_bytes.h"
#include "extraction/jpeg_file.h"

namespace trackfit::extraction {
namespace {

constexpr int kMaxJpegScans = 32;  // encoders write 1 to 20

absl::Status CutOff(const char* format) {
  return absl::InvalidArgumentError(absl::StrCat("frame.encoded is a ", format, " file that is cut off"));
}

// Walks the file as libjpeg does: skips whatever is not a marker, including the coded data of scans, in which
// FF 00 encodes a byte FF and restart markers have no segment.
absl::StatusOr<ImageEnd> CheckJpeg(const FileBytes& bytes) {
  constexpr int64_t kStartOfScan = 0xDA, kEndOfImage = 0xD9, kHuffmanTables = 0xC4;
  int scans = 0;
  std::size_t offset = 2;
  while (true) {
    offset = bytes.Find('\xFF', offset);
    while (bytes.At(offset + 1) == 0xFF) ++offset;  // fill bytes
    if (offset + 2 > bytes.size()) {
      const bool whole = scans > 0 && HasAllJpegPixels(bytes.Part(0, bytes.size()));
      if (whole) return ImageEnd::kMissing;
      return CutOff("JPEG");
    }
    const int64_t marker = bytes.At(offset + 1);
    offset += 2;
    if (marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD7)) continue;
    if (marker == kEndOfImage) return ImageEnd::kPresent;
    if (marker == kStartOfScan && ++scans > kMaxJpegScans) {
      return absl::InvalidArgumentError(
          absl::StrCat("frame.encoded is a JPEG file of more than ", kMaxJpegScans, " scans"));
    }
    if (marker >= 0xC0 && marker <= 0xCF && marker != kHuffmanTables &&
        (marker > 0xC2 || bytes.At(offset + 2) != 8)) {
      return absl::InvalidArgumentError(
          "frame.encoded is a JPEG file of a rare kind; 8-bit baseline or progressive is required");
    }
    offset += static_cast<std::size_t>(std::max<int64_t>(2, bytes.Big(offset, 2)));
  }
}

// Counts the bytes that a PNG's compressed image data inflates to, without storing them.
class InflatedSize {
 public:
  explicit InflatedSize(int64_t limit) : limit_(limit) { can_continue_ = inflateInit(&stream_) == Z_OK; }
  ~InflatedSize() { inflateEnd(&stream_); }
  InflatedSize(const InflatedSize&) = delete;
  InflatedSize& operator=(const InflatedSize&) = delete;

  // False once the total exceeds the limit. Data that cannot be inflated does not count, because the decoder
  // stops there.
  bool Add(std::string_view deflated) {
    std::array<unsigned char, 32768> scratch;
    stream_.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(deflated.data()));
    stream_.avail_in = static_cast<unsigned>(deflated.size());
    do {
      stream_.next_out = scratch.data();
      stream_.avail_out = scratch.size();
      if (!can_continue_) return true;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      complete_ = result == Z_STREAM_END;
      can_continue_ = result == Z_OK || result == Z_BUF_ERROR;  // the latter means: needs more input
      inflated_ += static_cast<int64_t>(scratch.size() - stream_.avail_out);
    } while (stream_.avail_out == 0 && inflated_ <= limit_);
    return inflated_ <= limit_;
  }

  // Whether the end of the compressed stream was reached.
  bool complete() const { return complete_; }

 private:
  const int64_t limit_;
  int64_t inflated_ = 0;
  bool complete_ = false;
  bool can_continue_ = false;  // neither damaged nor at the end
  z_stream stream_ = {};
};

// Twice the bytes of all rows with their filter types, because interlacing adds rows.
int64_t LargestPngData(const FileBytes& bytes, const ImageHeader& header) {
  const int64_t depth = bytes.At(24), colour_type = bytes.At(25);
  const int64_t channels = colour_type == 6 ? 4 : colour_type == 2 ? 3 : colour_type == 4 ? 2 : 1;
  return 2 * header.height * (1 + (header.width * channels * depth + 7) / 8);
}

absl::StatusOr<ImageEnd> CheckPng(const FileBytes& bytes, const ImageHeader& header) {
  InflatedSize inflated(LargestPngData(bytes, header));
  std::size_t offset = 8;
  while (offset + 12 <= bytes.size()) {  // length, type, data, checksum
    const auto length = static_cast<std::size_t>(bytes.Big(offset, 4));
    if (length > bytes.size() - offset - 12) break;
    const std::string_view type = bytes.Part(offset + 4, 4);
    if (type == "IEND") return ImageEnd::kPresent;
    if (type == "IDAT" && !inflated.Add(bytes.Part(offset + 8, length))) {
      return absl::InvalidArgumentError(
          "frame.encoded is a PNG file with far more data than the pixels that its header promises");
    }
    offset += 12 + length;
  }
  if (inflated.complete()) return ImageEnd::kMissing;
  return CutOff("PNG");
}

absl::StatusOr<ImageEnd> CheckWebp(const FileBytes& bytes) {
  constexpr int64_t kAnimation = 0x02;
  if (static_cast<int64_t>(bytes.size()) < 8 + bytes.Little(4, 4)) return CutOff("WebP");
  if (bytes.Has(12, "VP8X") && (bytes.At(20) & kAnimation) != 0) {
    return absl::InvalidArgumentError("frame.encoded is an animated WebP file; a still picture is required");
  }
  return ImageEnd::kPresent;
}

}  // namespace

absl::StatusOr<ImageEnd> CheckImageStructure(std::string_view text, const ImageHeader& header) {
  const FileBytes bytes(text);
  switch (header.format) {
    case ImageFormat::kJpeg:
      return CheckJpeg(bytes);
    case ImageFormat::kPng:
      return CheckPng(bytes, header);
    case ImageFormat::kWebp:
      return CheckWebp(bytes);
  }
  return absl::InternalError("unknown picture format");
}

}  // namespace trackfit::extraction
