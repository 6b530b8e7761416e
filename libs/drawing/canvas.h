// Shapes and text blended onto a picture, anti-aliased and at fractions of a pixel. OpenCV's own drawing
// knows neither transparency nor round line caps. Shapes are signed distance fields: a pixel's coverage falls
// from 1 to 0 over the one pixel around distance 0.
#ifndef TRACKFIT_DRAWING_CANVAS_H_
#define TRACKFIT_DRAWING_CANVAS_H_

#include <opencv2/core.hpp>
#include <string>

#include "drawing/typeface.h"

namespace trackfit::drawing {

struct Colour {
  float red = 0;  // 0..255
  float green = 0;
  float blue = 0;
  float alpha = 1;  // 0..1

  constexpr Colour WithAlpha(float new_alpha) const { return {red, green, blue, new_alpha}; }
};

// Draws on an 8-bit BGR picture that it does not own. Coordinates are pixels; (0, 0) is the top left corner
// of the top left pixel. Whatever lies outside the picture is cut off.
class Canvas {
 public:
  explicit Canvas(cv::Mat& image);

  cv::Size2f size() const { return cv::Size2f(image_.size()); }

  void Rectangle(const cv::Rect2f& rectangle, float corner_radius, const Colour& colour);
  void RectangleOutline(const cv::Rect2f& rectangle, float corner_radius, float width, const Colour& colour);
  // Fades out over `blur` pixels.
  void Shadow(const cv::Rect2f& rectangle, float corner_radius, float blur, const Colour& colour);
  // Blends from no colour at the rectangle's top to `colour` at its bottom.
  void FadeDown(const cv::Rect2f& rectangle, const Colour& colour);
  // With round ends; the colour runs from one to the other.
  void Line(const cv::Point2f& from, const cv::Point2f& to, float width, const Colour& from_colour,
            const Colour& to_colour);
  void Line(const cv::Point2f& from, const cv::Point2f& to, float width, const Colour& colour) {
    Line(from, to, width, colour, colour);
  }
  void Disc(const cv::Point2f& centre, float radius, const Colour& colour);
  void Ring(const cv::Point2f& centre, float radius, float width, const Colour& colour);
  // Strongest in the centre, nothing at `radius`.
  void Glow(const cv::Point2f& centre, float radius, const Colour& colour);
  // A part of a ring, clockwise from the top, with round ends; `fraction` in [0, 1].
  void Arc(const cv::Point2f& centre, float radius, float width, float fraction, const Colour& colour);
  // `baseline` is where the first letter stands.
  void Text(const cv::Point2f& baseline, const std::string& text, const Typeface& typeface, float size,
            const Colour& colour);

 private:
  cv::Mat& image_;
};

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_CANVAS_H_
