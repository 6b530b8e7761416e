// What tests ask of a picture.
#ifndef TRACKFIT_TESTS_UNIT_DRAWING_PICTURES_H_
#define TRACKFIT_TESTS_UNIT_DRAWING_PICTURES_H_

#include <cmath>
#include <opencv2/core.hpp>

#include "drawing/canvas.h"

namespace trackfit::drawing {

inline bool Shows(const cv::Vec3b& pixel, const Colour& colour, float tolerance = 24) {
  return std::abs(pixel[0] - colour.blue) < tolerance && std::abs(pixel[1] - colour.green) < tolerance &&
         std::abs(pixel[2] - colour.red) < tolerance;
}

// How many of the pixels in `area` have this colour.
inline int Count(const cv::Mat& image, const Colour& colour, cv::Rect area) {
  area &= cv::Rect({0, 0}, image.size());
  int count = 0;
  for (int y = area.y; y < area.y + area.height; ++y) {
    for (int x = area.x; x < area.x + area.width; ++x) count += Shows(image.at<cv::Vec3b>(y, x), colour);
  }
  return count;
}
inline int Count(const cv::Mat& image, const Colour& colour) {
  return Count(image, colour, {0, 0, image.cols, image.rows});
}

inline cv::Mat PictureOf(const Canvas& canvas) {
  cv::Mat picture;
  canvas.Store(picture);
  return picture;
}

}  // namespace trackfit::drawing

#endif  // TRACKFIT_TESTS_UNIT_DRAWING_PICTURES_H_
