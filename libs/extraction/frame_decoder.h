// Decodes a frame's image, as received from a client, to pixels.
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

// 8-bit pixels; layout, colours and padding as documented at RawImage in the contract.
struct RawImage {
  enum class Format { kUnknown, kRgb, kBgr, kGray, kNv12, kI420 };

  int64_t width = 0;
  int64_t height = 0;
  Format format = Format::kUnknown;
  std::string_view bytes;
  int64_t stride = 0;  // bytes from row to row; 0: rows have no padding
};

// Views into a message that must outlive them; monostate when the frame has no image.
using Image = std::variant<std::monostate, EncodedImage, RawImage>;

struct DecodedImage {
  cv::Mat bgr;          // 8-bit; may be a view into the bytes of the image
  std::string warning;  // for the client, about a defect that did not prevent decoding; usually empty
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

  // The EXIF orientation of JPEG and PNG files is applied, alpha is ignored, and 16-bit samples are reduced
  // to 8. Files that lack only their end are accepted with a warning. INVALID_ARGUMENT, with a message for
  // the client, when the image is missing, damaged, less than 16 pixels wide or high, over a limit, or
  // rejected by CheckImageStructure(). All limits are checked before decoding.
  absl::StatusOr<DecodedImage> Decode(const Image& image) const;

 private:
  absl::StatusOr<DecodedImage> DecodeFile(const EncodedImage& image) const;
  absl::StatusOr<cv::Mat> ConvertRaw(const RawImage& image) const;
  absl::Status CheckSize(const char* field, int64_t width, int64_t height) const;

  const FrameDecoderConfig config_;
};

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_FRAME_DECODER_H_
