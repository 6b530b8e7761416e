// Crops a rotated square from an image as the input of a network.
#ifndef TRACKFIT_BLAZEPOSE_IMAGE_SAMPLER_H_
#define TRACKFIT_BLAZEPOSE_IMAGE_SAMPLER_H_

#include <opencv2/core/mat.hpp>

#include "absl/types/span.h"
#include "blazepose/region_of_interest.h"
#include "tflite/kernels.h"

namespace trackfit::blazepose {

// How pixels outside the image are filled.
enum class Border { kBlack, kReplicate };

// Pixel values 0..255 are mapped to low..high.
struct ValueRange {
  float low = 0;
  float high = 1;
};

// Writes bilinear samples at the cell centres of a size x size grid over the region to `rgb` (size * size * 3
// floats), as RGB, row by row. `bgr` is 8-bit with three channels in OpenCV's order and not empty; no memory
// outside its pixels is read, whatever the region. A region that is not finite, or extends more than 10^7
// pixels from the origin, is black.
void SampleRegion(const cv::Mat& bgr, const RegionOfInterest& region, Border border, ValueRange range,
                  int size, absl::Span<float> rgb, const tflite::Kernels& kernels = tflite::BestKernels());

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_IMAGE_SAMPLER_H_
