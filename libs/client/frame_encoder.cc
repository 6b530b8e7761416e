#include "client/frame_encoder.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "absl/strings/str_cat.h"

namespace trackfit::client {
namespace {

cv::Mat Downscale(const cv::Mat& image, int max_side) {
  const int side = std::max(image.cols, image.rows);
  if (side <= max_side) return image;
  const double scale = static_cast<double>(max_side) / side;
  const cv::Size size(std::max(1, static_cast<int>(std::lround(image.cols * scale))),
                      std::max(1, static_cast<int>(std::lround(image.rows * scale))));
  cv::Mat small;
  cv::resize(image, small, size, 0, 0, cv::INTER_AREA);
  return small;
}

void SetRaw(const cv::Mat& image, v1::RawImage& raw) {
  const cv::Mat packed = image.isContinuous() ? image : image.clone();
  raw.set_width(static_cast<uint32_t>(packed.cols));
  raw.set_height(static_cast<uint32_t>(packed.rows));
  raw.set_format(v1::RawImage::PIXEL_FORMAT_BGR);
  raw.set_data(packed.data, packed.total() * packed.elemSize());
}

}  // namespace

absl::Status EncodeOptions::Validate() const {
  if (max_side < 16 || max_side > 8192) {
    return absl::InvalidArgumentError(absl::StrCat("--max-side is ", max_side, "; it must be in [16, 8192]"));
  }
  if (jpeg_quality < 1 || jpeg_quality > 100) {
    return absl::InvalidArgumentError(
        absl::StrCat("--jpeg-quality is ", jpeg_quality, "; it must be in [1, 100]"));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Frame> EncodeFrame(const media::SourceFrame& frame, uint64_t sequence,
                                      const EncodeOptions& options) {
  v1::Frame message;
  message.set_sequence(sequence);
  message.set_timestamp_us(frame.timestamp_us);
  try {
    const cv::Mat image = Downscale(frame.image, options.max_side);
    if (options.raw) {
      SetRaw(image, *message.mutable_raw());
      return message;
    }
    std::vector<uchar> jpeg;
    if (!cv::imencode(".jpg", image, jpeg, {cv::IMWRITE_JPEG_QUALITY, options.jpeg_quality})) {
      return absl::InternalError(absl::StrCat("cannot encode frame ", sequence, " as a JPEG"));
    }
    message.set_encoded(jpeg.data(), jpeg.size());
  } catch (const cv::Exception& error) {
    return absl::InternalError(absl::StrCat("cannot encode frame ", sequence, ": ", error.what()));
  }
  return message;
}

}  // namespace trackfit::client
