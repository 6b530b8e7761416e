// JPEG files by libjpeg-turbo.
#ifndef TRACKFIT_EXTRACTION_JPEG_FILE_H_
#define TRACKFIT_EXTRACTION_JPEG_FILE_H_

#include <opencv2/core/mat.hpp>
#include <string_view>

namespace trackfit::extraction {

// For a file without an end marker (EOI): whether the coded data of every component are complete to the last
// block, and in progressive files at full precision. If not, decoders invent the rest. Also false when the
// file cannot be decoded at all. Takes about half as long as decoding.
bool HasAllJpegPixels(std::string_view file);

// Fills `bgr`, whose size is what the file's header says, with the pixels as they are stored: the EXIF
// orientation is not applied. CMYK is taken as Adobe writes it, inverted. The end marker may be missing.
// False, with any contents, when the file is damaged or of another size.
bool DecodeJpeg(std::string_view file, cv::Mat& bgr);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_JPEG_FILE_H_
