#include "drawing/canvas.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace trackfit::drawing {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

void Blend(cv::Vec3b& pixel, const Colour& colour, float coverage) {
  const float alpha = coverage * colour.alpha;
  const auto mix = [alpha](uchar under, float over) {
    return static_cast<uchar>(static_cast<float>(under) + (over - static_cast<float>(under)) * alpha + 0.5F);
  };
  pixel = {mix(pixel[0], colour.blue), mix(pixel[1], colour.green), mix(pixel[2], colour.red)};
}

Colour Mix(const Colour& a, const Colour& b, float t) {
  return {a.red + (b.red - a.red) * t, a.green + (b.green - a.green) * t, a.blue + (b.blue - a.blue) * t,
          a.alpha + (b.alpha - a.alpha) * t};
}

float Edge(float distance) { return std::clamp(0.5F - distance, 0.0F, 1.0F); }

float Length(const cv::Point2f& v) { return std::sqrt(v.x * v.x + v.y * v.y); }

// Distance to a rounded rectangle, negative inside.
float RectangleDistance(const cv::Point2f& p, const cv::Rect2f& r, float radius) {
  const float dx = std::abs(p.x - (r.x + r.width / 2)) - r.width / 2 + radius;
  const float dy = std::abs(p.y - (r.y + r.height / 2)) - r.height / 2 + radius;
  const float outside = Length({std::max(dx, 0.0F), std::max(dy, 0.0F)});
  return outside + std::min(std::max(dx, dy), 0.0F) - radius;
}

cv::Rect2f Around(const cv::Point2f& centre, float reach) {
  return {centre.x - reach, centre.y - reach, 2 * reach, 2 * reach};
}

cv::Rect2f Grown(const cv::Rect2f& r, float by) {
  return {r.x - by, r.y - by, r.width + 2 * by, r.height + 2 * by};
}

// Calls `paint(pixel, its centre)` for every pixel in `bounds` that is in the picture.
template <class Paint>
void ForPixels(cv::Mat& image, const cv::Rect2f& bounds, const Paint& paint) {
  const auto limit = [](float value, int most) {
    return static_cast<int>(std::clamp(value, 0.0F, static_cast<float>(most)));
  };
  const int left = limit(std::floor(bounds.x), image.cols);
  const int right = limit(std::ceil(bounds.x + bounds.width), image.cols);
  const int top = limit(std::floor(bounds.y), image.rows);
  const int bottom = limit(std::ceil(bounds.y + bounds.height), image.rows);
  for (int y = top; y < bottom; ++y) {
    auto* row = image.ptr<cv::Vec3b>(y);
    for (int x = left; x < right; ++x) {
      paint(row[x], cv::Point2f(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F));
    }
  }
}

// Paints `colour` where `coverage(point)` is above zero.
template <class Coverage>
void Fill(cv::Mat& image, const cv::Rect2f& bounds, const Colour& colour, const Coverage& coverage) {
  ForPixels(image, bounds, [&](cv::Vec3b& pixel, const cv::Point2f& point) {
    if (const float part = coverage(point); part > 0) Blend(pixel, colour, part);
  });
}

}  // namespace

Canvas::Canvas(cv::Mat& image) : image_(image) { CV_Assert(image.type() == CV_8UC3); }

void Canvas::Rectangle(const cv::Rect2f& rectangle, float corner_radius, const Colour& colour) {
  const float radius = std::min({corner_radius, rectangle.width / 2, rectangle.height / 2});
  Fill(image_, Grown(rectangle, 1), colour,
       [&](const cv::Point2f& p) { return Edge(RectangleDistance(p, rectangle, radius)); });
}

void Canvas::RectangleOutline(const cv::Rect2f& rectangle, float corner_radius, float width,
                              const Colour& colour) {
  const float radius = std::min({corner_radius, rectangle.width / 2, rectangle.height / 2});
  Fill(image_, Grown(rectangle, width + 1), colour, [&](const cv::Point2f& p) {
    return Edge(std::abs(RectangleDistance(p, rectangle, radius) + width / 2) - width / 2);
  });
}

void Canvas::Shadow(const cv::Rect2f& rectangle, float corner_radius, float blur, const Colour& colour) {
  const float radius = std::min({corner_radius, rectangle.width / 2, rectangle.height / 2});
  Fill(image_, Grown(rectangle, blur), colour, [&](const cv::Point2f& p) {
    const float part =
        std::clamp(1 - (RectangleDistance(p, rectangle, radius) + blur) / (2 * blur), 0.0F, 1.0F);
    return part * part * (3 - 2 * part);
  });
}

void Canvas::FadeDown(const cv::Rect2f& rectangle, const Colour& colour) {
  Fill(image_, rectangle, colour, [&](const cv::Point2f& p) {
    const float part = std::clamp((p.y - rectangle.y) / rectangle.height, 0.0F, 1.0F);
    return part * part * (3 - 2 * part);
  });
}

void Canvas::Line(const cv::Point2f& from, const cv::Point2f& to, float width, const Colour& from_colour,
                  const Colour& to_colour) {
  const cv::Point2f along = to - from;
  const float squared = std::max(along.dot(along), 1e-6F);
  const cv::Rect2f bounds(std::min(from.x, to.x), std::min(from.y, to.y), std::abs(along.x),
                          std::abs(along.y));
  ForPixels(image_, Grown(bounds, width / 2 + 1), [&](cv::Vec3b& pixel, const cv::Point2f& p) {
    const float t = std::clamp((p - from).dot(along) / squared, 0.0F, 1.0F);
    const float part = Edge(Length(p - from - along * t) - width / 2);
    if (part > 0) Blend(pixel, Mix(from_colour, to_colour, t), part);
  });
}

void Canvas::Disc(const cv::Point2f& centre, float radius, const Colour& colour) {
  Fill(image_, Around(centre, radius + 1), colour,
       [&](const cv::Point2f& p) { return Edge(Length(p - centre) - radius); });
}

void Canvas::Ring(const cv::Point2f& centre, float radius, float width, const Colour& colour) {
  Fill(image_, Around(centre, radius + width / 2 + 1), colour,
       [&](const cv::Point2f& p) { return Edge(std::abs(Length(p - centre) - radius) - width / 2); });
}

void Canvas::Glow(const cv::Point2f& centre, float radius, const Colour& colour) {
  Fill(image_, Around(centre, radius), colour, [&](const cv::Point2f& p) {
    const float part = std::clamp(1 - Length(p - centre) / radius, 0.0F, 1.0F);
    return part * part;
  });
}

void Canvas::Arc(const cv::Point2f& centre, float radius, float width, float fraction, const Colour& colour) {
  if (fraction <= 0) return;
  if (fraction >= 1) return Ring(centre, radius, width, colour);
  // Seen from the arc's middle, the arc is symmetric and one test finds the nearer end.
  const float half = kPi * fraction;
  const cv::Point2f middle(std::sin(half), -std::cos(half));
  const cv::Point2f end(std::sin(half), std::cos(half));
  Fill(image_, Around(centre, radius + width / 2 + 1), colour, [&](const cv::Point2f& p) {
    const cv::Point2f d = p - centre;
    const cv::Point2f q(std::abs(d.x * -middle.y + d.y * middle.x), d.dot(middle));
    const bool beyond_end = end.y * q.x > end.x * q.y;
    const float distance = beyond_end ? Length(q - end * radius) : std::abs(Length(q) - radius);
    return Edge(distance - width / 2);
  });
}

void Canvas::Text(const cv::Point2f& baseline, const std::string& text, const Typeface& typeface, float size,
                  const Colour& colour) {
  const float whole = std::floor(baseline.x);
  const Typeface::Bitmap bitmap = typeface.Render(text, size, baseline.x - whole);
  const cv::Point corner = cv::Point(static_cast<int>(whole), cvRound(baseline.y)) + bitmap.origin;
  for (int row = 0; row < bitmap.coverage.rows; ++row) {
    const int y = corner.y + row;
    if (y < 0 || y >= image_.rows) continue;
    auto* pixels = image_.ptr<cv::Vec3b>(y);
    for (int column = 0; column < bitmap.coverage.cols; ++column) {
      const int x = corner.x + column;
      const uchar coverage = bitmap.coverage(row, column);
      if (x >= 0 && x < image_.cols && coverage > 0)
        Blend(pixels[x], colour, static_cast<float>(coverage) / 255);
    }
  }
}

}  // namespace trackfit::drawing
