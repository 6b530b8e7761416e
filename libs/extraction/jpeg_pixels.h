// Whether a JPEG file holds all of its image.
#ifndef TRACKFIT_EXTRACTION_JPEG_PIXELS_H_
#define TRACKFIT_EXTRACTION_JPEG_PIXELS_H_

#include <string_view>

namespace trackfit::extraction {

// Whether the coded data of a file without an end marker (EOI) are there to the last block, of every
// component, and of progressive files at full precision; where they are not, decoders make up the rest.
// False, too, for what cannot be decoded at all. Takes about half of the time that decoding takes.
bool HasAllJpegPixels(std::string_view file);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_JPEG_PIXELS_H_
