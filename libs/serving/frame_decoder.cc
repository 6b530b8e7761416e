#include "serving/frame_decoder.h"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "absl/strings/str_cat.h"
#include "serving/image_header.h"

namespace trackfit::serving {
namespace {

constexpr int64_t kMinSide = 16;
constexpr int64_t kMaxSide = 65535;

// libjpeg fills what is missing with grey; a client should rather hear that its picture was cut off.
bool HasEndOfImage(std::string_view jpeg) { return jpeg.rfind("\xFF\xD9") != std::string_view::npos; }

// OpenCV wants a mutable pointer, but only reads.
cv::Mat View(std::string_view bytes, int rows, int columns, int type) {
  return cv::Mat(rows, columns, type, const_cast<char*>(bytes.data()));
}

}  // namespace

absl::Status FrameDecoderConfig::Validate() const {
  if (max_pixels >= kMinSide * kMinSide) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("max-image-pixels is ", max_pixels, "; it must be at least ", kMinSide * kMinSide));
}

absl::StatusOr<cv::Mat> FrameDecoder::Decode(const Picture& picture) const {
  try {
    if (const auto* encoded = std::get_if<EncodedPicture>(&picture)) return DecodeFile(*encoded);
    if (const auto* raw = std::get_if<RawPicture>(&picture)) return ConvertRaw(*raw);
    return absl::InvalidArgumentError("frame.image is missing; encoded or raw is required");
  } catch (const std::exception& error) {  // OpenCV's, bad_alloc
    return absl::InvalidArgumentError(absl::StrCat("frame.image cannot be decoded: ", error.what()));
  }
}

absl::StatusOr<cv::Mat> FrameDecoder::DecodeFile(const EncodedPicture& picture) const {
  const absl::StatusOr<ImageHeader> header = ReadImageHeader(picture.bytes);
  if (!header.ok()) return header.status();
  if (absl::Status size = CheckSize(header->width, header->height); !size.ok()) return size;
  if (header->format == ImageFormat::kJpeg && !HasEndOfImage(picture.bytes)) {
    return absl::InvalidArgumentError("frame.encoded is a JPEG file that is cut off");
  }
  const cv::Mat file = View(picture.bytes, 1, static_cast<int>(picture.bytes.size()), CV_8UC1);
  cv::Mat bgr = cv::imdecode(file, cv::IMREAD_COLOR);
  if (bgr.empty()) return absl::InvalidArgumentError("frame.encoded is damaged and cannot be decoded");
  return bgr;
}

absl::StatusOr<cv::Mat> FrameDecoder::ConvertRaw(const RawPicture& picture) const {
  if (absl::Status size = CheckSize(picture.width, picture.height); !size.ok()) return size;
  const int64_t required = picture.width * picture.height * 3;
  if (static_cast<int64_t>(picture.bytes.size()) != required) {
    return absl::InvalidArgumentError(absl::StrCat("frame.raw.data has ", picture.bytes.size(), " bytes; ",
                                                   picture.width, " x ", picture.height, " x 3 = ", required,
                                                   " are required"));
  }
  if (picture.order == RawPicture::Order::kUnknown) {
    return absl::InvalidArgumentError("frame.raw.format is not set; RGB or BGR is required");
  }
  const cv::Mat pixels =
      View(picture.bytes, static_cast<int>(picture.height), static_cast<int>(picture.width), CV_8UC3);
  if (picture.order == RawPicture::Order::kBgr) return pixels;
  cv::Mat bgr;
  cv::cvtColor(pixels, bgr, cv::COLOR_RGB2BGR);
  return bgr;
}

absl::Status FrameDecoder::CheckSize(int64_t width, int64_t height) const {
  if (width < kMinSide || height < kMinSide) {
    return absl::InvalidArgumentError(absl::StrCat("frame.image is ", width, " x ", height,
                                                   " pixels; at least ", kMinSide, " x ", kMinSide,
                                                   " are required"));
  }
  if (width > kMaxSide || height > kMaxSide || width * height > config_.max_pixels) {
    return absl::InvalidArgumentError(absl::StrCat("frame.image is ", width, " x ", height,
                                                   " pixels; at most ", config_.max_pixels,
                                                   " in all are allowed"));
  }
  return absl::OkStatus();
}

}  // namespace trackfit::serving
