#include "blazepose/region_of_interest.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace trackfit::blazepose {
namespace {

// The same angle in [-pi, pi).
double Wrap(double angle) {
  constexpr double kTurn = 2 * std::numbers::pi;
  return angle - kTurn * std::floor((angle + std::numbers::pi) / kTurn);
}

}  // namespace

cv::Point2f RegionOfInterest::ToImage(cv::Point2f fraction) const {
  const float cosine = std::cos(rotation), sine = std::sin(rotation);
  const float u = (fraction.x - 0.5f) * side, v = (fraction.y - 0.5f) * side;
  return {center.x + cosine * u - sine * v, center.y + sine * u + cosine * v};
}

RegionOfInterest RegionOfInterest::Expanded(float factor) const { return {center, side * factor, rotation}; }

bool RegionOfInterest::IsValid() const {
  return std::isfinite(center.x) && std::isfinite(center.y) && std::isfinite(side) &&
         std::isfinite(rotation) && side > 0;
}

RegionOfInterest RegionFromAlignment(cv::Point2f mid_hip, cv::Point2f circle_top) {
  const cv::Point2f up = circle_top - mid_hip;
  const double angle = std::atan2(-up.y, up.x);  // counterclockwise from the image's right
  return {.center = mid_hip,
          .side = 2 * std::sqrt(up.x * up.x + up.y * up.y),
          .rotation = static_cast<float>(Wrap(std::numbers::pi / 2 - angle))};
}

RegionOfInterest Letterbox(cv::Size image) {
  return {.center = {0.5f * static_cast<float>(image.width), 0.5f * static_cast<float>(image.height)},
          .side = static_cast<float>(std::max(image.width, image.height))};
}

}  // namespace trackfit::blazepose
