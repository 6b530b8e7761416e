#include "blazepose/image_sampler.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace trackfit::blazepose {
namespace {

struct ColumnRange {
  int first = 0;
  int last = 0;  // exclusive
};

// The i in `range` with low <= start + i * step < high, possibly off by one at either end.
ColumnRange Within(ColumnRange range, float start, float step, float low, float high) {
  if (step == 0) return start >= low && start < high ? range : ColumnRange{};
  const float at_low = (low - start) / step, at_high = (high - start) / step;
  const auto clamped = [range](float column) {
    return static_cast<int>(
        std::clamp(column, static_cast<float>(range.first), static_cast<float>(range.last)));
  };
  return {clamped(std::floor(std::min(at_low, at_high))), clamped(std::ceil(std::max(at_low, at_high)))};
}

// By how much a kernel may place one of `count` samples otherwise than X() and Y() do, which round twice.
float PlacesApart(float start, float step, int count) {
  return 4 * std::numeric_limits<float>::epsilon() *
         (std::abs(start) + static_cast<float>(count) * std::abs(step));
}

// One row of samples, along a straight line through the image. Not cv::warpAffine, which rounds positions to
// 1/32 pixel and values to bytes: that would shift the landmarks.
class RowSampler {
 public:
  // Sample i lies at left + i * right_step, top + i * down_step, relative to the centre of the first pixel.
  RowSampler(const cv::Mat& bgr, Border border, ValueRange range, float left, float top, float right_step,
             float down_step)
      : bgr_(bgr),
        border_(border),
        args_{.pixels = bgr.data,
              .row_bytes = bgr.step[0],
              .columns = bgr.cols,
              .rows = bgr.rows,
              .left = left,
              .top = top,
              .right_step = right_step,
              .down_step = down_step,
              .first = 0,
              .last = 0,
              .scale = (range.high - range.low) / 255.0f,
              .offset = range.low,
              .rgb = nullptr} {}

  void Write(int count, const tflite::Kernels& kernels, float* rgb) {
    // The kernel writes one float past its last sample, so it must not take the last one of the row.
    ColumnRange fast = {0, count - 1};
    least_x_ = PlacesApart(args_.left, args_.right_step, count);
    least_y_ = PlacesApart(args_.top, args_.down_step, count);
    fast = Within(fast, args_.left, args_.right_step, least_x_, static_cast<float>(bgr_.cols - 2) - least_x_);
    fast = Within(fast, args_.top, args_.down_step, least_y_, static_cast<float>(bgr_.rows - 1) - least_y_);
    while (fast.first < fast.last && !IsInside(fast.first)) ++fast.first;
    while (fast.first < fast.last && !IsInside(fast.last - 1)) --fast.last;
    args_.first = fast.first;
    args_.last = fast.last;
    args_.rgb = rgb;
    for (int i = 0; i < fast.first; ++i) WriteAtEdge(i);
    if (fast.first < fast.last) kernels.sample(args_);
    for (int i = std::max(fast.first, fast.last); i < count; ++i) WriteAtEdge(i);
  }

 private:
  float X(int i) const { return args_.left + static_cast<float>(i) * args_.right_step; }
  float Y(int i) const { return args_.top + static_cast<float>(i) * args_.down_step; }

  // Whether the kernel can compute the sample without reading past the edges.
  bool IsInside(int i) const {
    const float x = X(i), y = Y(i);
    return x >= least_x_ && y >= least_y_ && x < static_cast<float>(bgr_.cols - 2) - least_x_ &&
           y < static_cast<float>(bgr_.rows - 1) - least_y_;
  }

  void WriteAtEdge(int i) const {
    float* rgb = args_.rgb + 3 * i;
    const float right = static_cast<float>(bgr_.cols) - 0.5f, bottom = static_cast<float>(bgr_.rows) - 0.5f;
    float x = X(i), y = Y(i);
    if (border_ == Border::kBlack && !(x >= -0.5f && y >= -0.5f && x <= right && y <= bottom)) {
      std::fill_n(rgb, 3, args_.offset);
      return;
    }
    x = std::clamp(x, -0.5f, right);
    y = std::clamp(y, -0.5f, bottom);
    const int column = static_cast<int>(x + 1) - 1, row = static_cast<int>(y + 1) - 1;
    const float right_weight = x - static_cast<float>(column), lower_weight = y - static_cast<float>(row);
    const uint8_t* const above = bgr_.ptr<uint8_t>(std::max(row, 0));
    const uint8_t* const below = bgr_.ptr<uint8_t>(std::min(row + 1, bgr_.rows - 1));
    const int left = 3 * std::max(column, 0), after = 3 * std::min(column + 1, bgr_.cols - 1);
    for (int channel = 0; channel < 3; ++channel) {
      const float upper = Blend(above[left + channel], above[after + channel], right_weight);
      const float lower = Blend(below[left + channel], below[after + channel], right_weight);
      rgb[2 - channel] = Blend(upper, lower, lower_weight) * args_.scale + args_.offset;
    }
  }

  static float Blend(float from, float to, float weight) { return from + (to - from) * weight; }

  const cv::Mat& bgr_;
  const Border border_;
  tflite::SampleArgs args_;
  float least_x_ = 0;  // pixels from the edges, within which no sample is left to the kernel
  float least_y_ = 0;
};

// Whether every position in the region is finite and small enough to be converted to a pixel index.
bool HasUsablePositions(const RegionOfInterest& region) {
  constexpr float kMaxPosition = 1e7f;  // pixels
  for (const cv::Point2f corner : {cv::Point2f(0, 0), {1, 0}, {0, 1}, {1, 1}}) {
    const cv::Point2f position = region.ToImage(corner);
    if (!(std::abs(position.x) <= kMaxPosition && std::abs(position.y) <= kMaxPosition)) return false;
  }
  return true;
}

}  // namespace

void SampleRegion(const cv::Mat& bgr, const RegionOfInterest& region, Border border, ValueRange range,
                  int size, absl::Span<float> rgb, const tflite::Kernels& kernels) {
  if (!HasUsablePositions(region)) {
    std::fill(rgb.begin(), rgb.end(), range.low);
    return;
  }
  const float step = region.side / static_cast<float>(size);
  const float along_x = std::cos(region.rotation) * step, along_y = std::sin(region.rotation) * step;
  const cv::Point2f origin = region.ToImage({0, 0});
  for (int row = 0; row < size; ++row) {
    const float v = static_cast<float>(row) + 0.5f;
    const float left = origin.x + 0.5f * along_x - v * along_y - 0.5f;
    const float top = origin.y + 0.5f * along_y + v * along_x - 0.5f;
    RowSampler(bgr, border, range, left, top, along_x, along_y)
        .Write(size, kernels, rgb.data() + static_cast<size_t>(row) * size * 3);
  }
}

}  // namespace trackfit::blazepose
