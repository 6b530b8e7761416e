// From a frame's image as it came over the wire to pixels.
#ifndef TRACKFIT_EXTRACTION_FRAME_DECODER_H_
#define TRACKFIT_EXTRACTION_FRAME_DECODER_H_

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trackfit::extraction {

// A JPEG, PNG or WebP file.
struct EncodedImage {
  std::string_view bytes;
};

// 8-bit pixels; layout, colours and padding as RawImage in the contract says.
struct RawImage {
  enum class Format { kUnknown, kRgb, kBgr, kGray, kNv12, kI420 };

  int64_t width = 0;
  int64_t height = 0;
  Format format = Format::kUnknown;
  std::string_view bytes;
  int64_t stride = 0;  // bytes from row to row; 0: without padding
};

// Views into a message that outlives them; monostate: the frame has no image.
using Image = std::variant<std::monostate, EncodedImage, RawImage>;

struct DecodedImage {
  cv::Mat bgr;          // 8-bit; may be a view into the bytes of the image
  std::string warning;  // what a client should know of an image that is used all the same; mostly empty
};

struct FrameDecoderConfig {
  int64_t max_pixels = int64_t{4096} * 4096;  // width * height; at least 256
  int64_t max_file_bytes = 4 << 20;           // of an encoded image; at least 1024

  // INVALID_ARGUMENT naming the field.
  absl::Status Validate() const;
};

// Thread-safe.
class FrameDecoder {
 public:
  // `config` must be valid.
  explicit FrameDecoder(const FrameDecoderConfig& config) : config_(config) {}

  // Files are turned upright as the EXIF orientation of a JPEG or PNG says, alpha is ignored, 16-bit samples
  // are cut to 8; those that lack nothing but their end are taken, with a warning. INVALID_ARGUMENT, fit
  // for a client, when the image is missing, damaged, under 16 pixels in a direction, over a limit, or of a
  // kind that CheckImageStructure() refuses; all limits are checked before decoding.
  absl::StatusOr<DecodedImage> Decode(const Image& image) const;

 private:
  absl::StatusOr<DecodedImage> DecodeFile(const EncodedImage& image) const;
  absl::StatusOr<cv::Mat> ConvertRaw(const RawImage& image) const;
  absl::Status CheckSize(const char* field, int64_t width, int64_t height) const;

  const FrameDecoderConfig config_;
};

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_FRAME_DECODER_H_
