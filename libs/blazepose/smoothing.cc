#include "blazepose/smoothing.h"

#include <cmath>
#include <numbers>

namespace trackfit::blazepose {
namespace {

// The weight of a new sample that comes `seconds` after the previous one, at this cutoff frequency.
float Alpha(double cutoff, double seconds) {
  return static_cast<float>(1.0 / (1.0 + 1.0 / (2 * std::numbers::pi * cutoff * seconds)));
}

}  // namespace

float LowPassFilter::Apply(float value, float alpha) {
  last_output_ = last_input_ ? alpha * value + (1.0f - alpha) * last_output_ : value;
  last_input_ = value;
  return last_output_;
}

float OneEuroFilter::Apply(int64_t timestamp_us, float value, double value_scale) {
  if (!last_timestamp_us_) {
    last_timestamp_us_ = timestamp_us;
    derivative_.Apply(0, 1);
    return value_.Apply(value, 1);
  }
  if (timestamp_us <= *last_timestamp_us_) return value;
  const double seconds = static_cast<double>(timestamp_us - *last_timestamp_us_) * 1e-6;
  last_timestamp_us_ = timestamp_us;
  const double speed = (value - *value_.last_input()) * value_scale / seconds;
  const float smooth_speed =
      derivative_.Apply(static_cast<float>(speed), Alpha(config_.derivative_cutoff, seconds));
  return value_.Apply(value, Alpha(config_.min_cutoff + config_.beta * std::fabs(smooth_speed), seconds));
}

void PointSmoother::Apply(int64_t timestamp_us, double value_scale, absl::Span<cv::Point3f> points) {
  for (size_t i = 0; i < points.size(); ++i) {
    points[i].x = filters_[3 * i].Apply(timestamp_us, points[i].x, value_scale);
    points[i].y = filters_[3 * i + 1].Apply(timestamp_us, points[i].y, value_scale);
    points[i].z = filters_[3 * i + 2].Apply(timestamp_us, points[i].z, value_scale);
  }
}

}  // namespace trackfit::blazepose
