// Checks whether a JPEG file contains all pixels of its image.
#ifndef TRACKFIT_EXTRACTION_JPEG_PIXELS_H_
#define TRACKFIT_EXTRACTION_JPEG_PIXELS_H_

#include <string_view>

namespace trackfit::extraction {

// For a file without an end marker (EOI): whether the coded data of every component are complete to the last
// block, and in progressive files at full precision. If not, decoders invent the rest. Also false when the
// file cannot be decoded at all. Takes about half as long as decoding.
bool HasAllJpegPixels(std::string_view file);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_JPEG_PIXELS_H_
