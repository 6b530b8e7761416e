// How stored pictures of a video are to be turned and mirrored. Phones store how they were held beside the
// pictures; OpenCV 4.6 turns quarter turns the wrong way and does not see mirrors at all.
#ifndef TRACKFIT_MEDIA_ORIENTATION_H_
#define TRACKFIT_MEDIA_ORIENTATION_H_

#include <cstdint>
#include <opencv2/core.hpp>
#include <span>

namespace trackfit::media {

// One of the eight ways to lay a picture on a screen: rows and columns exchanged first, then mirrored.
struct Orientation {
  bool transposed = false;
  bool flipped_x = false;   // left and right
  bool flipped_y = false;   // top and bottom
  double tilt_degrees = 0;  // how far the rotation is from a multiple of 90, up to 45

  bool operator==(const Orientation&) const = default;
};

// Of a display matrix as containers hold it (ISO/IEC 14496-12): rows (a b u), (c d v), (x y w), where the
// stored point (p, q) is shown at (ap + cq, bp + dq), y down. The nearest orientation where it is between
// two; none for a matrix of zeros.
Orientation OrientationOf(std::span<const int32_t, 9> matrix);

// A stored picture as it is to be shown.
cv::Mat Upright(const cv::Mat& stored, const Orientation& orientation);

}  // namespace trackfit::media

#endif  // TRACKFIT_MEDIA_ORIENTATION_H_
