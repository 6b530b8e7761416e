// The square region of the image in which BlazePose looks for a person. Source: Bazarevsky et al.,
// "BlazePose: On-device Real-time Body Pose tracking", 2020; MediaPipe's pose graphs.
#ifndef TRACKFIT_BLAZEPOSE_REGION_OF_INTEREST_H_
#define TRACKFIT_BLAZEPOSE_REGION_OF_INTEREST_H_

#include <opencv2/core/types.hpp>

namespace trackfit::blazepose {

// In pixels: the upper left corner of the image is (0, 0), the centre of its first pixel (0.5, 0.5). May
// extend beyond the image.
struct RegionOfInterest {
  cv::Point2f center;
  float side = 0;
  float rotation = 0;  // radians in [-pi, pi), clockwise as seen in the image (y points down)

  // Maps a point of the region to the image; (0, 0) is the region's upper left corner, (1, 1) its lower
  // right.
  cv::Point2f ToImage(cv::Point2f fraction) const;

  // The same region with its side multiplied by `factor`.
  RegionOfInterest Expanded(float factor) const;

  // False when a value is not finite or the side is not positive.
  bool IsValid() const;
};

// BlazePose describes a person by the mid-hip and the top of the circle around the body: the region is the
// square around that circle, rotated so that the second point lies straight above the first. Both in pixels.
RegionOfInterest RegionFromAlignment(cv::Point2f mid_hip, cv::Point2f circle_top);

// The smallest upright square around the whole image, centred on it.
RegionOfInterest Letterbox(cv::Size image);

// How much larger the landmark network's crop is than the square around the alignment circle.
inline constexpr float kRegionExpansion = 1.25f;

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_REGION_OF_INTEREST_H_
