#include "drawing/chart.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "drawing/palette.h"

namespace trackfit::drawing {
namespace {

using cv::Point2d;
using cv::Point2f;
using cv::Rect2f;

constexpr float kMargin = 28;
constexpr Font kHeadline{.size = 27, .bold = true};
constexpr Font kTitle{.size = 20, .bold = true};
constexpr Font kText{.size = 16};
constexpr Font kBoldText{.size = 16, .bold = true};
constexpr Font kSmallText{.size = 14};
constexpr Font kSmallBoldText{.size = 14, .bold = true};
constexpr Colour kGrid = palette::kMuted.WithAlpha(0.16F);
constexpr Colour kAxisLine = palette::kMuted.WithAlpha(0.5F);

std::string NumberText(double value, double step) {
  if (std::abs(value) < step * 1e-6) value = 0;
  return absl::StrCat(std::round(value * 1e9) / 1e9);
}

void DrawMarker(Canvas& canvas, const Point2f& at, Marker marker, const Colour& colour, float radius) {
  switch (marker) {
    case Marker::kDisc:
      canvas.Disc(at, radius, colour);
      break;
    case Marker::kRing:
      canvas.Ring(at, radius - 0.75F, 1.5F, colour);
      break;
    case Marker::kCross:
      canvas.Line(at + Point2f(-radius, -radius), at + Point2f(radius, radius), 2.2F, colour);
      canvas.Line(at + Point2f(-radius, radius), at + Point2f(radius, -radius), 2.2F, colour);
      break;
    case Marker::kLine:
      canvas.Line(at + Point2f(-2 * radius, 0), at + Point2f(2 * radius, 0), 3, colour);
      break;
  }
}

}  // namespace

Colour SeriesColour(int n) {
  static constexpr Colour kColours[] = {palette::kLeft,  palette::kOff,  {163, 214, 72}, palette::kRight,
                                        {244, 114, 182}, {250, 204, 21}, {45, 212, 160}, palette::kVeryOff};
  return kColours[n % std::size(kColours)];
}

std::vector<double> RoundTicks(double low, double high, int count) {
  const double raw = (high - low) / std::max(count, 1);
  if (!(raw > 0) || !std::isfinite(raw)) return {low};
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= raw * 0.999) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  const double slack = step * 1e-6;
  for (auto i = static_cast<int64_t>(std::ceil((low - slack) / step)); i * step <= high + slack; ++i)
    ticks.push_back(i * step);
  return ticks;
}

Chart::Chart(Canvas& canvas, const Rect2f& frame, const std::string& title, const Axis& x, const Axis& y,
             const std::vector<LegendEntry>& legend)
    : canvas_(canvas), x_(x), y_(y) {
  float right = frame.x + frame.width - kMargin;
  if (!legend.empty()) {
    float widest = 0;
    for (const LegendEntry& entry : legend) widest = std::max(widest, TextWidth(entry.text, kText));
    right -= widest + 44;
  }
  float top = frame.y + kMargin;
  if (!title.empty()) {
    canvas.Text({frame.x + kMargin, top + kTitle.CapHeight()}, title, kTitle, palette::kWhite);
    top += kTitle.size + 16;
  }
  if (!y.title.empty()) top += kText.size + 14;
  float ticks_width = 26;  // at least, so that charts above one another are in line
  if (y.numbered) {
    for (const double tick : RoundTicks(y.low, y.high, y.ticks))
      ticks_width = std::max(ticks_width, TextWidth(NumberText(tick, y.high - y.low), kSmallText));
  }
  const float left = frame.x + kMargin + (y.numbered ? ticks_width + 12 : 0);
  const float bottom =
      frame.y + frame.height - kMargin - (x.numbered ? 22.0F : 0.0F) - (x.title.empty() ? 0.0F : 26.0F);
  area_ = {left, top, right - left, bottom - top};
  DrawAxes();
  if (!legend.empty()) DrawLegend(legend, right + 24);
}

void Chart::DrawAxes() {
  const float right = area_.x + area_.width, bottom = area_.y + area_.height;
  canvas_.Rectangle(area_, 0, palette::kWhite.WithAlpha(0.03F));
  if (y_.numbered) {
    for (const double tick : RoundTicks(y_.low, y_.high, y_.ticks)) {
      const float y = At({x_.low, tick}).y;
      canvas_.Line({area_.x, y}, {right, y}, 1, kGrid);
      canvas_.Text({area_.x - 10, y}, NumberText(tick, y_.high - y_.low), kSmallText, palette::kMuted,
                   Anchor::kRight);
    }
  }
  if (x_.numbered) {
    for (const double tick : RoundTicks(x_.low, x_.high, x_.ticks)) {
      const float x = At({tick, y_.low}).x;
      canvas_.Line({x, area_.y}, {x, bottom}, 1, kGrid);
      canvas_.Text({x, bottom + 17}, NumberText(tick, x_.high - x_.low), kSmallText, palette::kMuted,
                   Anchor::kCentre);
    }
  }
  canvas_.Line({area_.x, area_.y}, {area_.x, bottom}, 1.5F, kAxisLine);
  canvas_.Line({area_.x, bottom}, {right, bottom}, 1.5F, kAxisLine);
  if (!y_.title.empty()) canvas_.Text({area_.x, area_.y - 12}, y_.title, kText, palette::kMuted);
  if (!x_.title.empty()) {
    const float below = bottom + (x_.numbered ? 44.0F : 20.0F);
    canvas_.Text({area_.x + area_.width / 2, below}, x_.title, kText, palette::kMuted, Anchor::kCentre);
  }
}

void Chart::DrawLegend(const std::vector<LegendEntry>& legend, float left) {
  float y = area_.y + 12;
  for (const LegendEntry& entry : legend) {
    DrawMarker(canvas_, {left, y}, entry.marker, entry.colour, 5);
    canvas_.Text({left + 18, y}, entry.text, kText, palette::kWhite, Anchor::kLeft);
    y += 26;
  }
}

Point2f Chart::At(const Point2d& point) const {
  const auto part = [](double value, const Axis& axis) {
    return axis.high > axis.low ? static_cast<float>((value - axis.low) / (axis.high - axis.low)) : 0.5F;
  };
  return {area_.x + part(point.x, x_) * area_.width,
          area_.y + area_.height - part(point.y, y_) * area_.height};
}

void Chart::Line(std::span<const Point2d> points, const Colour& colour, float width) {
  std::vector<Point2f> pixels;
  for (const Point2d& point : points) pixels.push_back(At(point));
  canvas_.Line(pixels, width, colour);
  if (points.size() == 1) canvas_.Disc(pixels[0], width, colour);
}

void Chart::Dot(const Point2d& point, Marker marker, const Colour& colour, float radius) {
  DrawMarker(canvas_, At(point), marker, colour, radius);
}

void Chart::Bar(const Point2d& low, const Point2d& high, const Colour& colour) {
  const Point2f a = At(low), b = At(high);
  canvas_.Rectangle({std::min(a.x, b.x), std::min(a.y, b.y), std::abs(b.x - a.x), std::abs(b.y - a.y)}, 2,
                    colour);
}

float DrawHeadline(Canvas& canvas, const std::string& title, const std::string& subtitle) {
  float y = kMargin + kHeadline.CapHeight();
  canvas.Text({kMargin, y}, title, kHeadline, palette::kWhite);
  y += 30;
  canvas.Text({kMargin, y}, subtitle, kText, palette::kMuted);
  return y + 8;
}

void DrawHeatMap(Canvas& canvas, const Rect2f& frame, const HeatMap& map) {
  float names = 0, notes = 0;
  for (const std::string& row : map.rows) names = std::max(names, TextWidth(row, kText));
  for (const std::string& note : map.notes) notes = std::max(notes, TextWidth(note, kText) + 16);
  constexpr float kHead = 78;  // the columns' title and up to three lines of a column's name
  const Rect2f cells(frame.x + kMargin + names + 14, frame.y + kMargin + kHead,
                     frame.width - 2 * kMargin - names - 14 - notes, frame.height - 2 * kMargin - kHead);
  const float width = cells.width / static_cast<float>(std::max<size_t>(map.columns.size(), 1));
  const float height = cells.height / static_cast<float>(std::max<size_t>(map.rows.size(), 1));

  canvas.Text({frame.x + kMargin, cells.y - 10}, map.row_title, kSmallBoldText, palette::kMuted);
  canvas.Text({cells.x, frame.y + kMargin + 8}, map.column_title, kSmallBoldText, palette::kMuted);
  for (size_t c = 0; c < map.columns.size(); ++c) {
    const std::vector<std::string> lines = Wrapped(map.columns[c], kSmallText, width - 6);
    const float middle = cells.x + (static_cast<float>(c) + 0.5F) * width;
    for (size_t i = 0; i < lines.size(); ++i) {
      const float y = cells.y - 14 - 17 * static_cast<float>(lines.size() - 1 - i);
      canvas.Text({middle, y}, lines[i], kSmallText, palette::kWhite, Anchor::kCentre);
    }
  }
  for (size_t r = 0; r < map.rows.size(); ++r) {
    const float top = cells.y + static_cast<float>(r) * height;
    const float middle = top + height / 2;
    canvas.Text({cells.x - 14, middle}, map.rows[r], kText, palette::kWhite, Anchor::kRight);
    for (size_t c = 0; c < map.columns.size(); ++c) {
      const Rect2f cell(cells.x + static_cast<float>(c) * width + 1.5F, top + 1.5F, width - 3, height - 3);
      const auto value = static_cast<float>(std::clamp(map.values[r][c], 0.0, 1.0));
      const Colour& hue = r == c ? palette::kLeft : palette::kOff;
      canvas.Rectangle(cell, 5, palette::kWhite.WithAlpha(0.04F));
      if (value > 0) canvas.Rectangle(cell, 5, hue.WithAlpha(0.15F + 0.85F * value));
      const Colour& ink = value > 0.45F ? palette::kInk : palette::kWhite;
      canvas.Text({cell.x + cell.width / 2, middle}, map.texts[r][c], kBoldText, ink, Anchor::kCentre);
    }
    if (r < map.notes.size()) {
      canvas.Text({frame.x + frame.width - kMargin, middle}, map.notes[r], kText, palette::kMuted,
                  Anchor::kRight);
    }
  }
}

}  // namespace trackfit::drawing
