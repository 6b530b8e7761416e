// Temporal smoothing of signals. Source: Casiez, Roussel, Vogel, "1 Euro Filter: A Simple Speed-based
// Low-pass Filter for Noisy Input", CHI 2012.
#ifndef TRACKFIT_BLAZEPOSE_SMOOTHING_H_
#define TRACKFIT_BLAZEPOSE_SMOOTHING_H_

#include <cstddef>
#include <cstdint>
#include <opencv2/core/types.hpp>
#include <optional>
#include <vector>

#include "absl/types/span.h"

namespace trackfit::blazepose {

// Exponential smoothing; the first value passes unchanged.
class LowPassFilter {
 public:
  // `alpha` in [0, 1] is the weight of the new value.
  float Apply(float value, float alpha);

  // The last value before smoothing; nullopt before the first.
  std::optional<float> last_input() const { return last_input_; }

 private:
  std::optional<float> last_input_;
  float last_output_ = 0;
};

struct OneEuroConfig {
  double min_cutoff = 0.05;        // hertz; lower is smoother at rest
  double beta = 80;                // how fast the cutoff rises with speed; higher lags less
  double derivative_cutoff = 1.0;  // hertz
};

// A low-pass filter whose cutoff rises with the signal's speed: little jitter at rest, little lag in motion.
class OneEuroFilter {
 public:
  explicit OneEuroFilter(const OneEuroConfig& config) : config_(config) {}

  // `value_scale` converts speeds to the unit of beta. When the timestamp does not increase, returns `value`
  // and leaves the filter unchanged.
  float Apply(int64_t timestamp_us, float value, double value_scale);

 private:
  OneEuroConfig config_;
  std::optional<int64_t> last_timestamp_us_;
  LowPassFilter value_;
  LowPassFilter derivative_;
};

// One-Euro filters for every axis of a set of points. Copyable.
class PointSmoother {
 public:
  PointSmoother(const OneEuroConfig& config, size_t points) : filters_(3 * points, OneEuroFilter(config)) {}

  // Smooths the points in place. Their number must be the one given to the constructor.
  void Apply(int64_t timestamp_us, double value_scale, absl::Span<cv::Point3f> points);

 private:
  std::vector<OneEuroFilter> filters_;
};

}  // namespace trackfit::blazepose

#endif  // TRACKFIT_BLAZEPOSE_SMOOTHING_H_
