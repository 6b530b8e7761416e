// From a frame's picture as it came over the wire to pixels.
#ifndef TRACKFIT_SERVING_FRAME_DECODER_H_
#define TRACKFIT_SERVING_FRAME_DECODER_H_

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trackfit::serving {

// A JPEG, PNG or WebP file.
struct EncodedPicture {
  std::string_view bytes;
};

// Rows without padding, three 8-bit channels.
struct RawPicture {
  enum class Order { kUnknown, kRgb, kBgr };

  int64_t width = 0;
  int64_t height = 0;
  Order order = Order::kUnknown;
  std::string_view bytes;
};

// Views into a message that outlives them; monostate: the frame has no picture.
using Picture = std::variant<std::monostate, EncodedPicture, RawPicture>;

struct FrameDecoderConfig {
  int64_t max_pixels = int64_t{4096} * 4096;  // width * height; at least 256

  // INVALID_ARGUMENT naming the field.
  absl::Status Validate() const;
};

// Thread-safe.
class FrameDecoder {
 public:
  // `config` must be valid.
  explicit FrameDecoder(const FrameDecoderConfig& config) : config_(config) {}

  // 8-bit BGR; JPEGs are turned upright as their EXIF orientation says. INVALID_ARGUMENT, fit for a client,
  // when the picture is missing, damaged, under 16 pixels in a direction or over the limit; size is checked
  // before decoding.
  absl::StatusOr<cv::Mat> Decode(const Picture& picture) const;

 private:
  absl::StatusOr<cv::Mat> DecodeFile(const EncodedPicture& picture) const;
  absl::StatusOr<cv::Mat> ConvertRaw(const RawPicture& picture) const;
  absl::Status CheckSize(int64_t width, int64_t height) const;

  const FrameDecoderConfig config_;
};

}  // namespace trackfit::serving

#endif  // TRACKFIT_SERVING_FRAME_DECODER_H_
