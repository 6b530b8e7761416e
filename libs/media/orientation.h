// Applies the display orientation of a video. Phones store it as metadata; OpenCV 4.6 applies quarter turns
// in the wrong direction and ignores mirroring.
#ifndef TRACKFIT_MEDIA_ORIENTATION_H_
#define TRACKFIT_MEDIA_ORIENTATION_H_

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>

namespace trackfit::media {

// One of the eight orientations of an image: first transposed, then mirrored.
struct Orientation {
  bool transposed = false;
  bool flipped_x = false;   // left and right
  bool flipped_y = false;   // top and bottom
  double tilt_degrees = 0;  // deviation of the rotation from a multiple of 90 degrees, up to 45

  bool operator==(const Orientation&) const = default;
};

// The orientation that is nearest to a display matrix (ISO/IEC 14496-12): rows (a b u), (c d v), (x y w),
// which show the stored point (p, q) at (ap + cq, bp + dq), y down. Upright for a matrix of zeros.
Orientation OrientationOf(std::span<const int32_t, 9> matrix);

// The stored image with the orientation applied.
cv::Mat Upright(const cv::Mat& stored, const Orientation& orientation);

}  // namespace trackfit::media

#endif  // TRACKFIT_MEDIA_ORIENTATION_H_
