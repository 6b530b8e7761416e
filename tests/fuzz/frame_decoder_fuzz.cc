// Images as a hostile client may send them. The first byte says how the rest is read: 0 an encoded file, 1 to
// 255 uncompressed pixels, of which the next 12 bytes are width, height and stride.
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <opencv2/core.hpp>
#include <string_view>

#include "extraction/file_bytes.h"
#include "extraction/frame_decoder.h"
#include "extraction/image_header.h"

namespace {

using trackfit::extraction::FrameDecoder;
using trackfit::extraction::FrameDecoderConfig;
using trackfit::extraction::RawImage;

// Small enough for a thousand images a second; what costs more than it should shows all the same.
constexpr FrameDecoderConfig kConfig{.max_pixels = 512 * 512, .max_file_bytes = 64 << 10};

void Require(bool condition) {
  if (!condition) std::abort();
}

// Reads every pixel, so that a view beyond its bytes is found.
void CheckImage(const cv::Mat& bgr) {
  Require(bgr.type() == CV_8UC3);
  Require(bgr.cols >= 16 && bgr.rows >= 16 && int64_t{bgr.cols} * bgr.rows <= kConfig.max_pixels);
  Require(cv::sum(bgr)[0] >= 0);
}

void DecodeFile(std::string_view bytes) {
  const auto decoded = FrameDecoder(kConfig).Decode(trackfit::extraction::EncodedImage{bytes});
  if (!decoded.ok()) return Require(!decoded.status().message().empty());
  CheckImage(decoded->bgr);
  const auto header = trackfit::extraction::ReadImageHeader(bytes);
  Require(header.ok() && header->width * header->height == int64_t{decoded->bgr.cols} * decoded->bgr.rows);
}

void DecodeRaw(int format, std::string_view bytes) {
  const trackfit::extraction::FileBytes numbers(bytes);
  RawImage raw{numbers.Little(0, 4), numbers.Little(4, 4), static_cast<RawImage::Format>(format % 6),
               bytes.substr(std::min<std::size_t>(12, bytes.size())), numbers.Little(8, 4)};
  const auto decoded = FrameDecoder(kConfig).Decode(raw);
  if (!decoded.ok()) return Require(!decoded.status().message().empty());
  CheckImage(decoded->bgr);
  Require(decoded->bgr.cols == raw.width && decoded->bgr.rows == raw.height);
}

void CorrectPngChecksums(uint8_t* data, size_t size) {
  const trackfit::extraction::FileBytes bytes({reinterpret_cast<const char*>(data), size});
  if (!bytes.Has(0, "\x89PNG")) return;
  for (size_t at = 8; at + 12 <= size;) {
    const auto length = static_cast<size_t>(bytes.Big(at, 4));
    if (length > size - at - 12) return;
    const auto checksum = static_cast<uint32_t>(crc32(0, data + at + 4, static_cast<uInt>(length + 4)));
    at += 8 + length;
    for (int shift = 24; shift >= 0; shift -= 8) data[at++] = static_cast<uint8_t>(checksum >> shift);
  }
}

}  // namespace

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size, unsigned /*seed*/) {
  const size_t mutated = LLVMFuzzerMutate(data, size, max_size);
  if (mutated > 1) CorrectPngChecksums(data + 1, mutated - 1);
  return mutated;
}

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  cv::setNumThreads(1);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 0) {
    DecodeFile(rest);
  } else {
    DecodeRaw(data[0], rest);
  }
  return 0;
}
