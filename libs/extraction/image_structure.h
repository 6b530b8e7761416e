// Whether an image file is what its header promises, found out before it is decoded.
#ifndef TRACKFIT_EXTRACTION_IMAGE_STRUCTURE_H_
#define TRACKFIT_EXTRACTION_IMAGE_STRUCTURE_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "extraction/image_header.h"

namespace trackfit::extraction {

// The file without what says that it ends: its first `kept` bytes, and then `missing`, make it whole.
struct MissingEnd {
  std::size_t kept = 0;
  std::string_view missing;  // of the program's own memory
};

// What has to be put right at the file's end, or nullopt: a JPEG without its end marker and a PNG without its
// last chunk whose pixels are all there, as many cameras send them and decoders take them. libwebp takes no
// such WebP. INVALID_ARGUMENT, fit for a client, when pixels are cut off, or the file is of a kind that no
// camera makes, or would cost far more to decode than its pixels:
//   JPEG  more than 32 scans (each walks over the whole image, however short it is), arithmetic coding,
//         samples of more than 8 bits;
//   PNG   pixel data that inflates to more than the pixels, more than 8 compressed texts and profiles (libpng
//         inflates each);
//   WebP  an animation.
// Reads nothing outside `bytes`; takes as long as inflating a PNG's pixels, for a JPEG without an end as
// HasAllJpegPixels(), for all others the time to look through the file and next to no memory. Sources as of
// ReadImageHeader().
absl::StatusOr<std::optional<MissingEnd>> CheckImageStructure(std::string_view bytes,
                                                              const ImageHeader& header);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_IMAGE_STRUCTURE_H_
