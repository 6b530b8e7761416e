#include "drawing/curves.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "drawing/chart.h"
#include "drawing/palette.h"

namespace trackfit::drawing {
namespace {

constexpr int kPanelWidth = 520;
constexpr int kPanelHeight = 340;
constexpr int kMostColumns = 3;

struct Series {
  std::string name;
  std::vector<cv::Point2d> points;
};

struct Panel {
  std::string title;
  std::vector<Series> series;
};

struct Log {
  std::string x_title;
  std::vector<Panel> panels;
};

std::string TitleOf(const std::string& column) {
  absl::string_view title = column;
  for (const char* prefix : {"train_", "val_", "validation_"}) {
    if (absl::ConsumePrefix(&title, prefix)) break;
  }
  return absl::StrReplaceAll(title, {{"_", " "}});
}

absl::StatusOr<std::vector<std::vector<std::string>>> ReadRows(const std::string& csv) {
  std::ifstream file(csv);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot open ", csv));
  std::vector<std::vector<std::string>> rows;
  std::string line;
  int number = 0, cut_short = 0;
  while (std::getline(file, line)) {
    ++number;
    absl::StripTrailingAsciiWhitespace(&line);
    if (line.empty()) continue;
    if (cut_short > 0) {
      return absl::InvalidArgumentError(absl::StrCat(csv, " line ", cut_short, " has not the ",
                                                     rows.front().size(), " columns of the first"));
    }
    std::vector<std::string> cells = absl::StrSplit(line, ',');
    if (!rows.empty() && cells.size() != rows.front().size()) {
      cut_short = number;
      continue;
    }
    rows.push_back(std::move(cells));
  }
  return rows;
}

absl::StatusOr<Log> ReadLog(const std::string& csv) {
  const auto rows = ReadRows(csv);
  if (!rows.ok()) return rows.status();
  Log log;
  const size_t columns = rows->empty() ? 0 : rows->front().size();
  if (columns > 0) log.x_title = rows->front().front();
  for (size_t c = 1; c < columns; ++c) {
    Series series{.name = rows->front()[c], .points = {}};
    for (size_t r = 1; r < rows->size(); ++r) {
      cv::Point2d point;
      if (absl::SimpleAtod((*rows)[r][0], &point.x) && absl::SimpleAtod((*rows)[r][c], &point.y) &&
          std::isfinite(point.x) && std::isfinite(point.y)) {
        series.points.push_back(point);
      }
    }
    if (series.points.empty()) continue;
    const std::string title = TitleOf(series.name);
    auto panel = std::find_if(log.panels.begin(), log.panels.end(),
                              [&](const Panel& other) { return other.title == title; });
    if (panel == log.panels.end()) panel = log.panels.insert(panel, {.title = title, .series = {}});
    panel->series.push_back(std::move(series));
  }
  if (log.panels.empty()) return absl::InvalidArgumentError(absl::StrCat(csv, " holds no numbers to draw"));
  return log;
}

void DrawPanel(Canvas& canvas, const cv::Rect2f& frame, const Panel& panel, const std::string& x_title) {
  const cv::Point2d first = panel.series.front().points.front();
  Axis x{.low = first.x, .high = first.x, .title = x_title}, y{.low = first.y, .high = first.y};
  for (const Series& series : panel.series) {
    for (const cv::Point2d& point : series.points) {
      x.low = std::min(x.low, point.x);
      x.high = std::max(x.high, point.x);
      y.low = std::min(y.low, point.y);
      y.high = std::max(y.high, point.y);
    }
  }
  // Room above and below; a flat curve gets some of its own.
  const double room = y.high > y.low ? 0.06 * (y.high - y.low) : std::max(std::abs(y.high), 1.0) * 0.1;
  y.low -= room;
  y.high += room;
  if (x.high <= x.low) {
    x.low -= 0.5;
    x.high += 0.5;
  }
  std::vector<LegendEntry> legend;
  if (panel.series.size() > 1) {
    for (size_t i = 0; i < panel.series.size(); ++i) {
      legend.push_back({.text = panel.series[i].name,
                        .colour = SeriesColour(static_cast<int>(i)),
                        .marker = Marker::kLine});
    }
  }
  Chart chart(canvas, frame, panel.title, x, y, legend);
  for (size_t i = 0; i < panel.series.size(); ++i)
    chart.Line(panel.series[i].points, SeriesColour(static_cast<int>(i)));
}

}  // namespace

absl::Status DrawCurves(const std::string& csv, const std::string& png) {
  const absl::StatusOr<Log> log = ReadLog(csv);
  if (!log.ok()) return log.status();
  if (absl::Status status = CheckFont(); !status.ok()) return status;
  const int count = static_cast<int>(log->panels.size());
  const int columns = std::min(count, kMostColumns), rows = (count + columns - 1) / columns;
  Canvas canvas({columns * kPanelWidth, rows * kPanelHeight}, palette::kInk);
  for (int i = 0; i < count; ++i) {
    const int row = i / columns, column = i % columns;
    const cv::Rect2f frame(static_cast<float>(column * kPanelWidth), static_cast<float>(row * kPanelHeight),
                           kPanelWidth, kPanelHeight);
    DrawPanel(canvas, frame, log->panels[i], log->x_title);
  }
  return canvas.WritePng(png);
}

}  // namespace trackfit::drawing
