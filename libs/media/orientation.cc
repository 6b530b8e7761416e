#include "media/orientation.h"

#include <algorithm>
#include <cmath>

namespace trackfit::media {

Orientation OrientationOf(std::span<const int32_t, 9> matrix) {
  const double a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
  Orientation orientation;
  orientation.transposed = std::abs(b) + std::abs(c) > std::abs(a) + std::abs(d);
  const double x = orientation.transposed ? c : a;  // horizontal and vertical scale on the screen
  const double y = orientation.transposed ? b : d;
  orientation.flipped_x = x < 0;
  orientation.flipped_y = y < 0;
  orientation.tilt_degrees =
      std::atan2(std::min(std::abs(a), std::abs(b)), std::max(std::abs(a), std::abs(b))) * 180 / M_PI;
  return orientation;
}

cv::Mat Upright(const cv::Mat& stored, const Orientation& orientation) {
  cv::Mat upright = stored;
  if (orientation.transposed) cv::transpose(stored, upright);
  if (!orientation.flipped_x && !orientation.flipped_y) return upright;
  cv::Mat flipped;
  cv::flip(upright, flipped, !orientation.flipped_y ? 1 : !orientation.flipped_x ? 0 : -1);
  return flipped;
}

}  // namespace trackfit::media
