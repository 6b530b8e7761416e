// Whether a picture file is what its header promises, found out before it is decoded.
#ifndef TRACKFIT_SERVING_IMAGE_STRUCTURE_H_
#define TRACKFIT_SERVING_IMAGE_STRUCTURE_H_

#include <string_view>

#include "absl/status/status.h"
#include "serving/image_header.h"

namespace trackfit::serving {

// INVALID_ARGUMENT, fit for a client, when the file is cut off, of a kind that no camera makes, or would cost
// far more to decode than its pixels:
//   JPEG  more than 32 scans (each walks over the whole picture, however short it is), arithmetic coding,
//         samples of more than 8 bits;
//   PNG   pixel data that inflates to more than the pixels, more than 8 compressed texts and profiles (libpng
//         inflates each);
//   WebP  an animation.
// Reads nothing outside `bytes`, allocates next to nothing; takes as long as inflating a PNG's pixels, for
// other formats the time to look through the file. Sources as of ReadImageHeader().
absl::Status CheckImageStructure(std::string_view bytes, const ImageHeader& header);

}  // namespace trackfit::serving

#endif  // TRACKFIT_SERVING_IMAGE_STRUCTURE_H_
