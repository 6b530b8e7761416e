// Shapes and text blended onto an image by Cairo and Pango: anti-aliased, translucent, at fractions of a
// pixel.
#ifndef TRACKFIT_DRAWING_CANVAS_H_
#define TRACKFIT_DRAWING_CANVAS_H_

#include <array>
#include <memory>
#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace trackfit::drawing {

struct Colour {
  float red = 0;  // 0..255
  float green = 0;
  float blue = 0;
  float alpha = 1;  // 0..1

  constexpr Colour WithAlpha(float new_alpha) const { return {red, green, blue, new_alpha}; }
  bool operator==(const Colour&) const = default;
};

// DejaVu Sans, else the sans-serif font that fontconfig names.
struct Font {
  float size = 0;  // pixels
  bool bold = false;

  constexpr float CapHeight() const { return size * 0.73F; }  // DejaVu's
};

// NOT_FOUND names the package to install when there is no font at all.
absl::Status CheckFont();

// Pixels that `text` (UTF-8, one line) advances.
float TextWidth(const std::string& text, const Font& font);

// Words on as many lines as they need to be no wider than `width` pixels, if no word alone is.
std::vector<std::string> Wrapped(const std::string& text, const Font& font, float width);

// Which point of a text its position gives: where its first letter stands, or a point half-way up its
// capitals.
enum class Anchor { kBaseline, kLeft, kCentre, kRight };

// Coordinates are pixels; (0, 0) is the top left corner of the top left pixel. Whatever lies outside the
// image is cut off. Not thread-safe.
class Canvas {
 public:
  Canvas(cv::Size size, const Colour& background);
  Canvas(Canvas&& other) noexcept;
  Canvas& operator=(Canvas&& other) noexcept;
  ~Canvas();

  cv::Size2f size() const { return cv::Size2f(pixels_.size()); }

  // `bgr` is 8-bit BGR of the canvas's size; it takes the place of all that was drawn.
  void Load(const cv::Mat& bgr);
  void Store(cv::Mat& bgr) const;
  // INTERNAL or UNAVAILABLE when the file cannot be written.
  absl::Status WritePng(const std::string& path) const;

  void Rectangle(const cv::Rect2f& rectangle, float corner_radius, const Colour& colour);
  // Within the rectangle.
  void RectangleOutline(const cv::Rect2f& rectangle, float corner_radius, float width, const Colour& colour);
  // Fades out over `blur` pixels.
  void Shadow(const cv::Rect2f& rectangle, float corner_radius, float blur, const Colour& colour);
  // Blends from no colour at the rectangle's top to `colour` at its bottom.
  void FadeDown(const cv::Rect2f& rectangle, const Colour& colour);
  // With round ends; the colour runs from one to the other.
  void Line(const cv::Point2f& from, const cv::Point2f& to, float width, const Colour& from_colour,
            const Colour& to_colour);
  // Through two points or more, with round ends and corners.
  void Line(std::span<const cv::Point2f> points, float width, const Colour& colour);
  void Line(const cv::Point2f& from, const cv::Point2f& to, float width, const Colour& colour) {
    Line(std::array{from, to}, width, colour);
  }
  void Disc(const cv::Point2f& centre, float radius, const Colour& colour);
  // Strongest in the centre, nothing at `radius`.
  void Glow(const cv::Point2f& centre, float radius, const Colour& colour);
  // A part of a ring, clockwise from the top, with round ends; `fraction` in [0, 1].
  void Arc(const cv::Point2f& centre, float radius, float width, float fraction, const Colour& colour);
  void Ring(const cv::Point2f& centre, float radius, float width, const Colour& colour) {
    Arc(centre, radius, width, 1, colour);
  }
  void Text(const cv::Point2f& at, const std::string& text, const Font& font, const Colour& colour,
            Anchor anchor = Anchor::kBaseline);

 private:
  struct Cairo;

  void SetColour(const Colour& colour);
  void Fill(const Colour& colour);
  void Stroke(float width, const Colour& colour);

  cv::Mat pixels_;  // BGR and a byte that means nothing
  std::unique_ptr<Cairo> cairo_;
};

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_CANVAS_H_
