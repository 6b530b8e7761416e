// Any region of any picture: four floats, then a byte each for width, height, padding of the rows, size of
// the crop and what is wanted; then pixels. Floats of any value are regions, also those that are not finite.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "blazepose/image_sampler.h"

namespace {

using trackfit::blazepose::Border;
using trackfit::blazepose::RegionOfInterest;
using trackfit::tflite::BestKernels;
using trackfit::tflite::Kernels;
using trackfit::tflite::PortableKernels;

constexpr size_t kRegionBytes = 4 * sizeof(float), kHeaderBytes = kRegionBytes + 5;

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < kHeaderBytes) return 0;
  std::array<float, 4> numbers;
  std::memcpy(numbers.data(), data, kRegionBytes);
  const RegionOfInterest region = {{numbers[0], numbers[1]}, numbers[2], numbers[3]};
  const uint8_t* const header = data + kRegionBytes;
  const int width = 1 + header[0], height = 1 + header[1] % 64, crop = 1 + header[3] % 24;
  const size_t step = 3 * static_cast<size_t>(width) + header[2] % 8;
  const Border border = header[4] % 2 == 0 ? Border::kReplicate : Border::kBlack;

  // Not a byte more than the picture has: the last row is not padded.
  std::vector<uint8_t> pixels(step * (static_cast<size_t>(height) - 1) + 3 * static_cast<size_t>(width));
  for (size_t i = 0, rest = size - kHeaderBytes; i < pixels.size(); ++i) {
    pixels[i] = rest > 0 ? data[kHeaderBytes + i % rest] : static_cast<uint8_t>(i);
  }
  const cv::Mat bgr(height, width, CV_8UC3, pixels.data(), step);
  for (const Kernels* kernels : {&BestKernels(), &PortableKernels()}) {
    std::vector<float> rgb(3 * static_cast<size_t>(crop) * static_cast<size_t>(crop), -7);
    trackfit::blazepose::SampleRegion(bgr, region, border, {.low = 0, .high = 255}, crop, absl::MakeSpan(rgb),
                                      *kernels);
    // Bilinear: never beyond the pixels' own range, but for rounding.
    for (const float value : rgb) Require(value >= -0.01F && value <= 255.01F);
  }
  return 0;
}
