#include "extraction/frame_decoder.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "extraction/exif.h"
#include "extraction/image_header.h"
#include "extraction/image_structure.h"
#include "extraction/jpeg_file.h"
#include "extraction/png_file.h"
#include "extraction/webp_file.h"

namespace trackfit::extraction {
namespace {

using Format = RawImage::Format;

constexpr int64_t kMinSide = 16;
constexpr int64_t kMaxSide = 65535;
constexpr int64_t kMinFileBytes = 1024;

// cv::Mat takes a mutable pointer, but this one is only read.
cv::Mat View(std::string_view bytes, int64_t rows, int64_t columns, int type, int64_t stride) {
  return cv::Mat(static_cast<int>(rows), static_cast<int>(columns), type, const_cast<char*>(bytes.data()),
                 static_cast<std::size_t>(stride));
}

// By the format that the header was read as, so that no other decoder ever sees the file.
bool DecodeAs(ImageFormat format, std::string_view file, cv::Mat& bgr) {
  switch (format) {
    case ImageFormat::kJpeg:
      return DecodeJpeg(file, bgr);
    case ImageFormat::kPng:
      return DecodePng(file, bgr);
    case ImageFormat::kWebp:
      return DecodeWebp(file, bgr);
  }
  return false;
}

bool IsYuv(Format format) { return format == Format::kNv12 || format == Format::kI420; }

// Bytes of a row without padding; in planar formats, of the luma plane.
int64_t RowBytes(const RawImage& image) {
  return image.format == Format::kRgb || image.format == Format::kBgr ? 3 * image.width : image.width;
}

// Must be called after CheckSize(), which rules out overflows here.
absl::Status CheckStride(const RawImage& image, int64_t stride) {
  if (IsYuv(image.format) && (image.width % 2 != 0 || image.height % 2 != 0)) {
    return absl::InvalidArgumentError(absl::StrCat("frame.raw is ", image.width, " x ", image.height,
                                                   " pixels; NV12 and I420 require even numbers"));
  }
  if (stride < RowBytes(image)) {
    return absl::InvalidArgumentError(
        absl::StrCat("frame.raw.stride is ", stride, " bytes; a row has ", RowBytes(image), " bytes"));
  }
  if (image.format == Format::kI420 && stride % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("frame.raw.stride is ", stride, "; I420 requires an even number"));
  }
  return absl::OkStatus();
}

absl::Status CheckByteCount(const RawImage& image, int64_t stride) {
  const int64_t rows = IsYuv(image.format) ? image.height + image.height / 2 : image.height;
  const int64_t most = rows * stride;
  const int64_t padding = stride - RowBytes(image);
  const int64_t least = most - (image.format == Format::kI420 ? padding / 2 : padding);
  const auto bytes = static_cast<int64_t>(image.bytes.size());
  if (least <= bytes && bytes <= most) return absl::OkStatus();
  const std::string required = least == most
                                   ? absl::StrCat(most, " are required")
                                   : absl::StrCat("between ", least, " and ", most, " are required");
  return absl::InvalidArgumentError(
      absl::StrCat("frame.raw.data has ", bytes, " bytes; ", rows, " rows of ", stride, " = ", required));
}

// Removes the padding, because OpenCV accepts I420 only without.
cv::Mat PackI420(const RawImage& image, int64_t stride) {
  const int64_t width = image.width, height = image.height;
  if (stride == width) return View(image.bytes, height * 3 / 2, width, CV_8UC1, stride);
  cv::Mat packed(static_cast<int>(height * 3 / 2), static_cast<int>(width), CV_8UC1);
  char* to = packed.ptr<char>();
  const char* from = image.bytes.data();
  for (int64_t row = 0; row < 2 * height; ++row) {  // luma, then twice height / 2 rows of chroma
    const int64_t scale = row < height ? 1 : 2;
    to = std::copy_n(from, width / scale, to);
    from += stride / scale;
  }
  return packed;
}

}  // namespace

absl::Status FrameDecoderConfig::Validate() const {
  if (max_pixels < kMinSide * kMinSide) {
    return absl::InvalidArgumentError(
        absl::StrCat("max-image-pixels is ", max_pixels, "; it must be at least ", kMinSide * kMinSide));
  }
  if (max_file_bytes < kMinFileBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("max-frame-bytes is ", max_file_bytes, "; it must be at least ", kMinFileBytes));
  }
  return absl::OkStatus();
}

absl::StatusOr<DecodedImage> FrameDecoder::Decode(const Image& image) const {
  try {
    if (const auto* encoded = std::get_if<EncodedImage>(&image)) return DecodeFile(*encoded);
    if (const auto* raw = std::get_if<RawImage>(&image)) {
      absl::StatusOr<cv::Mat> bgr = ConvertRaw(*raw);
      if (!bgr.ok()) return bgr.status();
      return DecodedImage{*std::move(bgr), ""};
    }
    return absl::InvalidArgumentError("frame.image is missing; encoded or raw is required");
  } catch (const cv::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("frame.image cannot be decoded: ", error.err));
  } catch (const std::exception& error) {  // bad_alloc
    return absl::InvalidArgumentError(absl::StrCat("frame.image cannot be decoded: ", error.what()));
  }
}

absl::StatusOr<DecodedImage> FrameDecoder::DecodeFile(const EncodedImage& image) const {
  const auto size = static_cast<int64_t>(image.bytes.size());
  if (size > config_.max_file_bytes) {
    return absl::InvalidArgumentError(absl::StrCat("frame.encoded has ", size, " bytes; at most ",
                                                   config_.max_file_bytes, " are accepted"));
  }
  const absl::StatusOr<ImageHeader> header = ReadImageHeader(image.bytes);
  if (!header.ok()) return header.status();
  if (absl::Status valid = CheckSize("frame.encoded", header->width, header->height); !valid.ok()) {
    return valid;
  }
  const absl::StatusOr<ImageEnd> end = CheckImageStructure(image.bytes, *header);
  if (!end.ok()) return end.status();
  DecodedImage decoded;
  decoded.bgr.create(static_cast<int>(header->height), static_cast<int>(header->width), CV_8UC3);
  if (!DecodeAs(header->format, image.bytes, decoded.bgr)) {
    return absl::InvalidArgumentError("frame.encoded is damaged and cannot be decoded");
  }
  TurnUpright(decoded.bgr, ReadExifOrientation(image.bytes, header->format));
  if (*end == ImageEnd::kMissing) {
    decoded.warning = "frame.encoded is a file without its last bytes; all pixels are present";
  }
  return decoded;
}

absl::StatusOr<cv::Mat> FrameDecoder::ConvertRaw(const RawImage& image) const {
  if (image.format == Format::kUnknown) {
    return absl::InvalidArgumentError(
        "frame.raw.format is not set; RGB, BGR, GRAY, NV12 or I420 is required");
  }
  if (absl::Status valid = CheckSize("frame.raw", image.width, image.height); !valid.ok()) return valid;
  const int64_t stride = image.stride == 0 ? RowBytes(image) : image.stride;
  if (absl::Status valid = CheckStride(image, stride); !valid.ok()) return valid;
  if (absl::Status valid = CheckByteCount(image, stride); !valid.ok()) return valid;

  const auto view = [&](int64_t rows, int type) {
    return View(image.bytes, rows, image.width, type, stride);
  };
  cv::Mat bgr;
  switch (image.format) {
    case Format::kBgr:
      return view(image.height, CV_8UC3);
    case Format::kRgb:
      cv::cvtColor(view(image.height, CV_8UC3), bgr, cv::COLOR_RGB2BGR);
      return bgr;
    case Format::kGray:
      cv::cvtColor(view(image.height, CV_8UC1), bgr, cv::COLOR_GRAY2BGR);
      return bgr;
    case Format::kNv12:
      cv::cvtColor(view(image.height * 3 / 2, CV_8UC1), bgr, cv::COLOR_YUV2BGR_NV12);
      return bgr;
    case Format::kI420:
      cv::cvtColor(PackI420(image, stride), bgr, cv::COLOR_YUV2BGR_I420);
      return bgr;
    case Format::kUnknown:
      break;
  }
  return absl::InternalError("unknown pixel format");
}

absl::Status FrameDecoder::CheckSize(const char* field, int64_t width, int64_t height) const {
  if (width < kMinSide || height < kMinSide) {
    return absl::InvalidArgumentError(absl::StrCat(field, " is ", width, " x ", height, " pixels; at least ",
                                                   kMinSide, " x ", kMinSide, " are required"));
  }
  if (width > kMaxSide || height > kMaxSide || width * height > config_.max_pixels) {
    return absl::InvalidArgumentError(absl::StrCat(field, " is ", width, " x ", height, " pixels; at most ",
                                                   config_.max_pixels, " in all and ", kMaxSide,
                                                   " in a direction are allowed"));
  }
  return absl::OkStatus();
}

}  // namespace trackfit::extraction
