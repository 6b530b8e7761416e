// Checks, before decoding, that an image file is complete and does not cost more than its header promises.
#ifndef TRACKFIT_EXTRACTION_IMAGE_STRUCTURE_H_
#define TRACKFIT_EXTRACTION_IMAGE_STRUCTURE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "extraction/image_header.h"

namespace trackfit::extraction {

enum class ImageEnd { kPresent, kMissing };

// kMissing for a JPEG without its end marker or a PNG without its last chunk when all pixels are present
// (many cameras send such files); there is no such case for WebP, because libwebp rejects them.
// INVALID_ARGUMENT, with a message for the client, when pixels are missing, or the file is of a kind that
// cameras do not produce or that costs far more to decode than its pixels:
//   JPEG  more than 32 scans (each costs a pass over the whole image, however short it is),
//         arithmetic coding, samples of more than 8 bits;
//   PNG   pixel data that inflates to more than the pixels;
//   WebP  animations.
// Never reads outside `bytes` and needs almost no memory. Cost: inflating the pixels of a PNG,
// HasAllJpegPixels() for a JPEG without its end marker, otherwise one scan over the file. Sources: see
// ReadImageHeader().
absl::StatusOr<ImageEnd> CheckImageStructure(std::string_view bytes, const ImageHeader& header);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_IMAGE_STRUCTURE_H_
