#include "blazepose/image_sampler.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace trackfit::blazepose {
namespace {

// Four bytes or floats, in one register.
using Bytes4 = uint8_t __attribute__((vector_size(4)));
using Floats4 = float __attribute__((vector_size(16)));

// The three channels of a pixel; the fourth float is the byte that follows, or 0 where none may be read.
Floats4 LoadPixel(const uint8_t* pixel, bool followed) {
  Bytes4 bytes = {};
  std::memcpy(&bytes, pixel, followed ? 4 : 3);
  return __builtin_convertvector(bytes, Floats4);
}

// A loop of its own instead of cv::warpAffine: OpenCV rounds positions to 1/32 pixel and values to bytes, and
// the landmarks would feel it.
class Sampler {
 public:
  Sampler(const cv::Mat& bgr, Border border, ValueRange range)
      : bgr_(bgr),
        border_(border),
        width_(static_cast<float>(bgr.cols)),
        height_(static_cast<float>(bgr.rows)),
        low_(range.low),
        scale_((range.high - range.low) / 255.0f) {}

  // x and y in pixels, (0, 0) being the picture's corner.
  void Write(float x, float y, float* rgb) const {
    const bool inside = x >= 0 && y >= 0 && x <= width_ && y <= height_;
    if (!inside) {
      if (border_ == Border::kBlack) {
        rgb[0] = rgb[1] = rgb[2] = low_;
        return;
      }
      x = std::clamp(x, 0.0f, width_);
      y = std::clamp(y, 0.0f, height_);
    }
    const int left = static_cast<int>(x + 0.5f) - 1, top = static_cast<int>(y + 0.5f) - 1;
    const float right_weight = x - 0.5f - static_cast<float>(left);
    const float bottom_weight = y - 0.5f - static_cast<float>(top);
    if (left >= 0 && top >= 0 && left + 2 < bgr_.cols && top + 1 < bgr_.rows) {
      const uint8_t* upper = bgr_.ptr<uint8_t>(top) + 3 * left;
      const uint8_t* lower = upper + bgr_.step[0];
      Blend(LoadPixel(upper, true), LoadPixel(upper + 3, true), LoadPixel(lower, true),
            LoadPixel(lower + 3, true), right_weight, bottom_weight, rgb);
      return;
    }
    Blend(Nearest(left, top), Nearest(left + 1, top), Nearest(left, top + 1), Nearest(left + 1, top + 1),
          right_weight, bottom_weight, rgb);
  }

 private:
  Floats4 Nearest(int column, int row) const {
    return LoadPixel(
        bgr_.ptr<uint8_t>(std::clamp(row, 0, bgr_.rows - 1)) + 3 * std::clamp(column, 0, bgr_.cols - 1),
        false);
  }

  void Blend(Floats4 upper_left, Floats4 upper_right, Floats4 lower_left, Floats4 lower_right,
             float right_weight, float bottom_weight, float* rgb) const {
    const Floats4 above = upper_left + (upper_right - upper_left) * right_weight;
    const Floats4 below = lower_left + (lower_right - lower_left) * right_weight;
    const Floats4 pixel = (above + (below - above) * bottom_weight) * scale_ + low_;
    rgb[0] = pixel[2];
    rgb[1] = pixel[1];
    rgb[2] = pixel[0];
  }

  const cv::Mat& bgr_;
  const Border border_;
  const float width_;
  const float height_;
  const float low_;
  const float scale_;
};

}  // namespace

void SampleRegion(const cv::Mat& bgr, const RegionOfInterest& region, Border border, ValueRange range,
                  int size, absl::Span<float> rgb) {
  const Sampler sampler(bgr, border, range);
  const float step = region.side / static_cast<float>(size);
  const float along_x = std::cos(region.rotation) * step, along_y = std::sin(region.rotation) * step;
  const cv::Point2f origin = region.ToImage({0, 0});
  float* out = rgb.data();
  for (int row = 0; row < size; ++row) {
    const float v = static_cast<float>(row) + 0.5f;
    for (int column = 0; column < size; ++column, out += 3) {
      const float u = static_cast<float>(column) + 0.5f;
      sampler.Write(origin.x + along_x * u - along_y * v, origin.y + along_y * u + along_x * v, out);
    }
  }
}

}  // namespace trackfit::blazepose
