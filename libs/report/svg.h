// Small drawings in SVG, and text in HTML. Colours and widths come from the page's style sheet, by class, so
// that drawings follow its light and dark scheme.
#ifndef TRACKFIT_REPORT_SVG_H_
#define TRACKFIT_REPORT_SVG_H_

#include <span>
#include <string>

namespace trackfit::report {

// Text as it may stand in HTML, between tags and in quoted attributes.
std::string Escaped(const std::string& text);

struct Point {
  float x = 0;
  float y = 0;
};

// Units are pixels of the drawing's natural size, from its top left corner; the page scales it. Not
// thread-safe.
class Svg {
 public:
  enum class Anchor { kStart, kMiddle, kEnd };

  // `label` says in words what it shows, for those who do not see it.
  Svg(float width, float height, const std::string& label);

  void Line(Point from, Point to, const std::string& css_class);
  // Through all points; where a coordinate is NaN there is a gap.
  void Curve(std::span<const Point> points, const std::string& css_class);
  // `tip` appears when the pointer rests on it; empty: none.
  void Rectangle(Point corner, float width, float height, float radius, const std::string& css_class,
                 const std::string& tip = "");
  void Circle(Point centre, float radius, const std::string& css_class, const std::string& tip = "");
  // `at` is on the baseline.
  void Text(Point at, const std::string& text, const std::string& css_class, Anchor anchor = Anchor::kStart);

  // The element <svg>.
  std::string Markup() const;

 private:
  std::string body_;
  std::string head_;
};

}  // namespace trackfit::report

#endif  // TRACKFIT_REPORT_SVG_H_
