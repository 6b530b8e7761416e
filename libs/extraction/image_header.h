// Reads the format and size from the header of an image file, without decoding it.
#ifndef TRACKFIT_EXTRACTION_IMAGE_HEADER_H_
#define TRACKFIT_EXTRACTION_IMAGE_HEADER_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace trackfit::extraction {

enum class ImageFormat { kJpeg, kPng, kWebp };

struct ImageHeader {
  ImageFormat format = ImageFormat::kJpeg;
  int64_t width = 0;  // pixels, as stored: before any EXIF rotation
  int64_t height = 0;
};

// INVALID_ARGUMENT when the bytes are none of the three formats or their header is damaged. Never reads
// outside `bytes`. Sources: ITU-T T.81 annex B; PNG specification, section 11; RFC 9649 (WebP).
absl::StatusOr<ImageHeader> ReadImageHeader(std::string_view bytes);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_IMAGE_HEADER_H_
