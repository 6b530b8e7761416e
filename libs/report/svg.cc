#include "report/svg.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace trackfit::report {
namespace {

std::string Closed(const std::string& tag, const std::string& tip) {
  if (tip.empty()) return "/>";
  return absl::StrCat("><title>", Escaped(tip), "</title></", tag, ">");
}

}  // namespace

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

Svg::Svg(float width, float height, const std::string& label)
    : head_(absl::StrFormat("<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">", width, height,
                            Escaped(label))) {}

void Svg::Line(Point from, Point to, const std::string& css_class) {
  absl::StrAppendFormat(&body_, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>",
                        from.x, from.y, to.x, to.y, css_class);
}

void Svg::Curve(std::span<const Point> points, const std::string& css_class) {
  std::string path;
  bool drawing = false;
  for (const Point& point : points) {
    const bool there = std::isfinite(point.x) && std::isfinite(point.y);
    if (there) absl::StrAppendFormat(&path, "%c%.1f %.1f", drawing ? 'L' : 'M', point.x, point.y);
    drawing = there;
  }
  if (!path.empty()) absl::StrAppend(&body_, "<path d=\"", path, "\" class=\"", css_class, "\"/>");
}

void Svg::Rectangle(Point corner, float width, float height, float radius, const std::string& css_class,
                    const std::string& tip) {
  absl::StrAppendFormat(
      &body_, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"%.1f\" class=\"%s\"%s",
      corner.x, corner.y, width, height, radius, css_class, Closed("rect", tip));
}

void Svg::Circle(Point centre, float radius, const std::string& css_class, const std::string& tip) {
  absl::StrAppendFormat(&body_, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"%s\"%s", centre.x,
                        centre.y, radius, css_class, Closed("circle", tip));
}

void Svg::Text(Point at, const std::string& text, const std::string& css_class, Anchor anchor) {
  const char* const side = anchor == Anchor::kStart ? "start" : anchor == Anchor::kMiddle ? "middle" : "end";
  absl::StrAppendFormat(&body_, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>", at.x,
                        at.y, side, css_class, Escaped(text));
}

std::string Svg::Markup() const { return absl::StrCat(head_, body_, "</svg>"); }

}  // namespace trackfit::report
