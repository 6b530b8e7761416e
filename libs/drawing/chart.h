// Charts for people: axes, lines, dots, bars and heat maps, in the colours of the overlay.
#ifndef TRACKFIT_DRAWING_CHART_H_
#define TRACKFIT_DRAWING_CHART_H_

#include <opencv2/core.hpp>
#include <span>
#include <string>
#include <vector>

#include "drawing/canvas.h"

namespace trackfit::drawing {

// The colour of the nth series; they repeat after eight.
Colour SeriesColour(int n);

// Round numbers within [low, high], about `count` of them.
std::vector<double> RoundTicks(double low, double high, int count = 5);

struct Axis {
  double low = 0;
  double high = 1;
  std::string title{};
  bool numbered = true;  // with ticks and grid lines
  int ticks = 5;         // about so many
};

enum class Marker { kDisc, kRing, kCross, kLine };

struct LegendEntry {
  std::string text;
  Colour colour;
  Marker marker = Marker::kDisc;
};

// One diagram in a part of an image. Draws on a canvas that it does not own. Coordinates of data are the
// axes'; what lies beyond them is drawn nevertheless.
class Chart {
 public:
  // Draws the title, the axes and their grid within `frame`. A legend, if there is one, takes a column on the
  // right.
  Chart(Canvas& canvas, const cv::Rect2f& frame, const std::string& title, const Axis& x, const Axis& y,
        const std::vector<LegendEntry>& legend = {});

  void Line(std::span<const cv::Point2d> points, const Colour& colour, float width = 2.5F);
  void Dot(const cv::Point2d& point, Marker marker, const Colour& colour, float radius = 4.5F);
  void Bar(const cv::Point2d& low, const cv::Point2d& high, const Colour& colour);

  // Where the axes' ranges meet the image.
  const cv::Rect2f& area() const { return area_; }
  cv::Point2f At(const cv::Point2d& point) const;

 private:
  void DrawAxes();
  void DrawLegend(const std::vector<LegendEntry>& legend, float left);

  Canvas& canvas_;
  Axis x_;
  Axis y_;
  cv::Rect2f area_;
};

// A headline and a line under it, at the top left; returns the height that they take.
float DrawHeadline(Canvas& canvas, const std::string& title, const std::string& subtitle);

struct HeatMap {
  std::vector<std::string> rows{};
  std::vector<std::string> columns{};
  std::string row_title{};
  std::string column_title{};
  std::vector<std::vector<double>> values{};      // [rows][columns], 0 to 1: how strong the colour is
  std::vector<std::vector<std::string>> texts{};  // the same shape; may be empty strings
  std::vector<std::string> notes{};               // one right of each row, or none
};
void DrawHeatMap(Canvas& canvas, const cv::Rect2f& frame, const HeatMap& map);

}  // namespace trackfit::drawing

#endif  // TRACKFIT_DRAWING_CHART_H_
