// How a camera was held when it took a picture.
#ifndef TRACKFIT_EXTRACTION_EXIF_H_
#define TRACKFIT_EXTRACTION_EXIF_H_

#include <opencv2/core/mat.hpp>
#include <string_view>

#include "extraction/image_header.h"

namespace trackfit::extraction {

// The EXIF orientation of a JPEG or PNG file, 1 to 8; 1, which is upright, when there is none or it is
// damaged, and for WebP. Never reads outside `file`. Sources: Exif 2.32, 4.6.4 and 4.7.2; PNG, 11.3.3.6
// (eXIf).
int ReadExifOrientation(std::string_view file, ImageFormat format);

// Turns the picture, stored in `orientation` (1 to 8), upright.
void TurnUpright(cv::Mat& picture, int orientation);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_EXIF_H_
