// The square part of the image in which BlazePose looks for a person.
// Source: Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", 2020; MediaPipe's pose
// graphs.
#ifndef TRACKFIT_BLAZEPOSE_REGION_OF_INTEREST_H_
#define TRACKFIT_BLAZEPOSE_REGION_OF_INTEREST_H_

#include <opencv2/core/types.hpp>

namespace trackfit::blazepose {

// Pixels; the upper left corner of the image is (0, 0), the middle of its first pixel (0.5, 0.5). May reach
// beyond it.
struct RegionOfInterest {
  cv::Point2f center;
  float side = 0;
  float rotation = 0;  // radians in [-pi, pi), clockwise as seen in the image (y points down)

  // Where a point of the region lies in the image; (0, 0) is the region's upper left corner, (1, 1) its lower
  // right.
  cv::Point2f ToImage(cv::Point2f fraction) const;

  // The same region with its side multiplied by `factor`.
  RegionOfInterest Expanded(float factor) const;

  // False when the numbers are no region: not finite, or without extent.
  bool IsValid() const;
};

// BlazePose marks a person by the mid-hip and a point on the circle around the body above it: the region is
// that circle's square, turned so that the second point lies straight above the first. Both points in pixels.
RegionOfInterest RegionFromAlignment(cv::Point2f mid_hip, cv::Point2f circle_top);

// The smallest square around the middle of the whole image, upright.
RegionOfInterest Letterbox(cv::Size image);

// How much larger than the alignment circle's square the landmark network's crop is.
inline constexpr float kRegionExpansion = 1.25f;

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_REGION_OF_INTEREST_H_
