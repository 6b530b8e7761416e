// PNG files by libpng.
#ifndef TRACKFIT_EXTRACTION_PNG_FILE_H_
#define TRACKFIT_EXTRACTION_PNG_FILE_H_

#include <opencv2/core/mat.hpp>
#include <string_view>

namespace trackfit::extraction {

// Fills `bgr`, whose size is what the file's header says. Alpha and transparent colours are ignored, samples
// of 16 bits lose the lower half, and no chunk but the pixels and the palette is looked at (so neither colour
// profiles nor the EXIF orientation). What follows the pixels may be missing. False, with any contents, when
// the file is damaged or of another size.
bool DecodePng(std::string_view file, cv::Mat& bgr);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_PNG_FILE_H_
