// Checks, before decoding, that an image file is complete and does not cost more than its header promises.
#ifndef TRACKFIT_EXTRACTION_IMAGE_STRUCTURE_H_
#define TRACKFIT_EXTRACTION_IMAGE_STRUCTURE_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "extraction/image_header.h"

namespace trackfit::extraction {

// A file that only lacks its end marker: its first `kept` bytes followed by `missing` are a complete file.
struct MissingEnd {
  std::size_t kept = 0;
  std::string_view missing;  // refers to a constant
};

// Returns how to complete a JPEG without its end marker or a PNG without its last chunk if all pixels are
// present (many cameras send such files, and decoders accept them); otherwise nullopt. There is no such case
// for WebP, because libwebp rejects them. INVALID_ARGUMENT, with a message for the client, when pixels are
// missing, or the file is of a kind that cameras do not produce or that costs far more to decode than its
// pixels:
//   JPEG  more than 32 scans (each costs a pass over the whole image, however short it is),
//         arithmetic coding, samples of more than 8 bits;
//   PNG   pixel data that inflates to more than the pixels, more than 8 compressed texts and profiles (libpng
//         inflates each);
//   WebP  animations.
// Never reads outside `bytes` and needs almost no memory. Cost: inflating the pixels of a PNG,
// HasAllJpegPixels() for a JPEG without its end marker, otherwise one scan over the file. Sources: see
// ReadImageHeader().
absl::StatusOr<std::optional<MissingEnd>> CheckImageStructure(std::string_view bytes,
                                                              const ImageHeader& header);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_IMAGE_STRUCTURE_H_
