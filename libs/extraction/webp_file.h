// WebP files by libwebp.
#ifndef TRACKFIT_EXTRACTION_WEBP_FILE_H_
#define TRACKFIT_EXTRACTION_WEBP_FILE_H_

#include <opencv2/core/mat.hpp>
#include <string_view>

namespace trackfit::extraction {

// Fills `bgr`, whose size is what the file's header says. Alpha is ignored. False, with any contents, when
// the file is damaged or of another size.
bool DecodeWebp(std::string_view file, cv::Mat& bgr);

}  // namespace trackfit::extraction

#endif  // TRACKFIT_EXTRACTION_WEBP_FILE_H_
