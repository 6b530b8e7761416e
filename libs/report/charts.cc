#include "report/charts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/words.h"
#include "report/svg.h"

namespace trackfit::report {
namespace {

using Anchor = Svg::Anchor;

constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();

// The part of a drawing in which values are, and what they range over.
struct Plot {
  float left, top, width, height;
  float x_low, x_high, y_low, y_high;

  float X(double x) const { return left + static_cast<float>((x - x_low) / (x_high - x_low)) * width; }
  float Y(double y) const {
    return top + height - static_cast<float>((y - y_low) / (y_high - y_low)) * height;
  }
  float right() const { return left + width; }
  float bottom() const { return top + height; }
};

// 1, 2 or 5 times a power of ten, so that `range` has three to six steps.
double RoundStep(double range) {
  const double power = std::pow(10, std::floor(std::log10(std::max(range, 1e-6) / 3)));
  for (const double factor : {5.0, 2.0}) {
    if (range / (factor * power) >= 2.5) return factor * power;
  }
  return power;
}

// The multiples of `step` from `low` to `high`.
std::vector<double> Ticks(double low, double high, double step) {
  std::vector<double> ticks;
  const auto last = static_cast<int64_t>(std::floor(high / step + 1e-6));
  for (auto i = static_cast<int64_t>(std::ceil(low / step)); i <= last; ++i) {
    ticks.push_back(static_cast<double>(i) * step);
  }
  return ticks;
}

void DrawGrid(Svg& svg, const Plot& plot, const std::string& unit) {
  const double step = RoundStep(plot.y_high - plot.y_low);
  for (const double y : Ticks(plot.y_low, plot.y_high, step)) {
    svg.Line({plot.left, plot.Y(y)}, {plot.right(), plot.Y(y)}, "grid");
    const double shown = y + 0.0;  // no -0
    svg.Text({plot.left - 6, plot.Y(y) + 4}, absl::StrFormat("%g%s", std::round(shown * 1e6) / 1e6, unit),
             "tick", Anchor::kEnd);
  }
}

// Numbers below the plot, as many as there is room for.
void DrawNumbers(Svg& svg, const Plot& plot, std::span<const v1::Repetition> repetitions) {
  const size_t every = 1 + repetitions.size() / 16;
  for (size_t i = 0; i < repetitions.size(); i += every) {
    svg.Text({plot.X(static_cast<double>(i)), plot.bottom() + 16}, absl::StrCat(repetitions[i].number()),
             "tick", Anchor::kMiddle);
  }
}

constexpr float kSmallWidth = 300, kSmallHeight = 170;

Plot SmallPlot(size_t count, float low, float high) {
  return {46, 32, kSmallWidth - 60, kSmallHeight - 56, -0.5F, static_cast<float>(count) - 0.5F, low, high};
}

std::string TipOf(const v1::Repetition& repetition, const std::string& value, const client::Labels& labels) {
  return labels("Repetition {n}: {value}", {{"n", absl::StrCat(repetition.number())}, {"value", value}});
}

// About as wide as text of a legend becomes: Latin letters take half the room of Korean ones, which have
// three bytes each.
float TextWidth(const std::string& text) {
  float width = 0;
  for (const char c : text) width += (static_cast<unsigned char>(c) & 0x80) == 0 ? 8.0F : 13.0F / 3;
  return width;
}

// Mean over the repetitions of how far the angle moves in each.
float Movement(const PoseTrack& poses, std::span<const v1::Repetition> repetitions, BodyAngle angle) {
  float sum = 0;
  for (const v1::Repetition& repetition : repetitions) {
    float low = 180, high = 0;
    for (const v1::Pose* pose : poses.Between(repetition.start_us(), repetition.end_us())) {
      const float value = AngleIn(*pose, angle);
      if (std::isnan(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
    sum += std::max(0.0F, high - low);
  }
  return sum / static_cast<float>(std::max<size_t>(1, repetitions.size()));
}

constexpr size_t kMostPoints = 1200;  // of a curve
constexpr int64_t kGapUs = 500'000;   // without poses, where a curve is interrupted

std::vector<Point> CurveOf(std::span<const v1::Pose* const> poses, BodyAngle angle, const Plot& plot) {
  std::vector<Point> points;
  const size_t step = 1 + poses.size() / kMostPoints;
  for (size_t i = 0; i < poses.size(); i += step) {
    if (i > 0 && poses[i]->timestamp_us() - poses[i - step]->timestamp_us() > kGapUs)
      points.push_back({kNothing, kNothing});
    points.push_back(
        {plot.X(static_cast<double>(poses[i]->timestamp_us()) / 1e6), plot.Y(AngleIn(*poses[i], angle))});
  }
  return points;
}

}  // namespace

const char* ClassOf(const v1::Repetition& repetition) {
  if (!repetition.complete()) return "partial";
  return repetition.correct() ? "good" : "clearly";
}

const char* ClassOf(v1::FindingLevel level) {
  switch (level) {
    case v1::FINDING_LEVEL_GOOD:
      return "good";
    case v1::FINDING_LEVEL_SLIGHTLY:
      return "slightly";
    case v1::FINDING_LEVEL_CLEARLY:
      return "clearly";
    default:
      return "unseen";
  }
}

std::string RangeGauge(const v1::Finding& finding, const client::Labels& labels) {
  constexpr float kWidth = 220, kHeight = 34, kLeft = 4, kBar = 14;
  const float measured = finding.measured();
  const bool has_low = std::isfinite(finding.good_low()), has_high = std::isfinite(finding.good_high());
  // Room on both sides, and one scale for all values that are not far beyond the limits.
  float low = has_low ? finding.good_low() : has_high ? finding.good_high() : measured;
  float high = has_high ? finding.good_high() : low;
  const float span = std::max({high - low, std::abs(measured - low), std::abs(measured - high),
                               0.6F * std::max(std::abs(low), std::abs(high)), 1e-3F});
  low = std::min(low, measured) - 0.4F * span;
  high = std::max(high, measured) + 0.4F * span;
  const auto x_of = [&](float value) { return kLeft + (kWidth - 2 * kLeft) * (value - low) / (high - low); };
  const float good_from = has_low ? x_of(finding.good_low()) : kLeft;
  const float good_to = has_high ? x_of(finding.good_high()) : kWidth - kLeft;

  Svg svg(kWidth, kHeight,
          labels("{value}, good: {range}", {{"value", client::MeasuredWords(finding, labels)},
                                            {"range", client::GoodRangeWords(finding, labels)}}));
  svg.Rectangle({kLeft, kBar}, kWidth - 2 * kLeft, 7, 3.5F, "track");
  svg.Rectangle({good_from, kBar}, good_to - good_from, 7, 3.5F, "fill good");
  svg.Circle({x_of(measured), kBar + 3.5F}, 6.5F, absl::StrCat("marker ", ClassOf(finding.level())));
  const std::string unit = finding.unit() == "degrees" ? "\u00b0" : "";
  const auto limit = [&](float value) {
    const float at = x_of(value);
    svg.Text({std::clamp(at, 14.0F, kWidth - 14), kHeight - 1.0F},
             absl::StrCat(finding.unit() == "degrees" ? absl::StrFormat("%.0f", value)
                                                      : absl::StrFormat("%.2g", value),
                          unit),
             "tick", Anchor::kMiddle);
  };
  if (has_low) limit(finding.good_low());
  if (has_high) limit(finding.good_high());
  return svg.Markup();
}

std::string AngleCurves(const PoseTrack& poses, std::span<const v1::Repetition> repetitions,
                        const client::Labels& labels) {
  if (poses.empty() || repetitions.empty()) return "";
  constexpr float kWidth = 960, kHeight = 250;
  constexpr int64_t kBesideUs = 1'000'000;
  std::vector<std::pair<float, BodyAngle>> moved;
  moved.reserve(std::size(kBodyAngles));
  for (const BodyAngle angle : kBodyAngles) moved.emplace_back(Movement(poses, repetitions, angle), angle);
  std::sort(moved.begin(), moved.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  moved.resize(2);

  const auto shown =
      poses.Between(repetitions.front().start_us() - kBesideUs, repetitions.back().end_us() + kBesideUs);
  if (shown.empty()) return "";
  float low = 180, high = 0;
  for (const auto& [movement, angle] : moved) {
    for (const v1::Pose* pose : shown) {
      const float value = AngleIn(*pose, angle);
      if (std::isnan(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (low >= high) return "";
  const auto seconds = [](int64_t us) { return static_cast<float>(us) / 1e6F; };
  const float start = seconds(shown.front()->timestamp_us()), end = seconds(shown.back()->timestamp_us());
  const Plot plot{52, 44, kWidth - 66, kHeight - 74, start, std::max(end, start + 0.1F), low - 5, high + 5};

  Svg svg(kWidth, kHeight,
          labels("Angles of {first} and {second}",
                 {{"first", labels(NameOf(moved[0].second))}, {"second", labels(NameOf(moved[1].second))}}));
  for (const v1::Repetition& repetition : repetitions) {
    const float from = plot.X(seconds(repetition.start_us())), to = plot.X(seconds(repetition.end_us()));
    svg.Rectangle({from, plot.top}, to - from, plot.height, 4, absl::StrCat("band ", ClassOf(repetition)),
                  TipOf(repetition, client::VerdictWord(repetition, labels), labels));
    if (to - from > 9)
      svg.Text({(from + to) / 2, plot.top - 6}, absl::StrCat(repetition.number()), "tick", Anchor::kMiddle);
  }
  DrawGrid(svg, plot, "\u00b0");
  const double step = std::max(1.0, RoundStep(plot.x_high - plot.x_low));
  for (const double t : Ticks(start, end, step)) {
    svg.Text({plot.X(t), plot.bottom() + 18}, client::ClockTime(std::llround(t * 1e6)), "tick",
             Anchor::kMiddle);
  }
  const std::array<const char*, 2> classes = {"curve first", "curve second"};
  float legend = plot.left;
  for (size_t i = 0; i < moved.size(); ++i) {
    svg.Curve(CurveOf(shown, moved[i].second, plot), classes[i]);
    const std::string name = labels(NameOf(moved[i].second));
    svg.Line({legend, 14}, {legend + 22, 14}, classes[i]);
    svg.Text({legend + 28, 18}, name, "legend");
    legend += 50 + TextWidth(name);
  }
  return svg.Markup();
}

std::string TrendChart(const Trend& trend, std::span<const v1::Repetition> repetitions,
                       const client::Labels& labels) {
  float low = trend.low, high = trend.high;
  for (const float value : trend.values) {
    if (std::isnan(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const bool banded = trend.good_low != trend.good_high;
  for (const float end : {trend.good_low, trend.good_high}) {
    if (!banded || !std::isfinite(end)) continue;
    low = std::min(low, end);
    high = std::max(high, end);
  }
  const float room = std::max(0.08F * (high - low), 1e-3F);
  const Plot plot = SmallPlot(trend.values.size(), low < trend.low ? low - room : low, high + room);
  Svg svg(kSmallWidth, kSmallHeight, trend.title);
  svg.Text({4, 16}, trend.title, "title");
  if (banded) {
    const float top = std::isfinite(trend.good_high) ? plot.Y(trend.good_high) : plot.top;
    const float bottom = std::isfinite(trend.good_low) ? plot.Y(trend.good_low) : plot.bottom();
    svg.Rectangle({plot.left, top}, plot.width, std::max(1.0F, bottom - top), 0, "band good");
  }
  DrawGrid(svg, plot, trend.unit);
  DrawNumbers(svg, plot, repetitions);
  std::vector<Point> points;
  for (size_t i = 0; i < trend.values.size(); ++i)
    points.push_back(
        {plot.X(static_cast<double>(i)), std::isnan(trend.values[i]) ? kNothing : plot.Y(trend.values[i])});
  svg.Curve(points, "curve trend");
  for (size_t i = 0; i < points.size(); ++i) {
    if (std::isnan(points[i].y)) continue;
    svg.Circle(points[i], 4.5F, absl::StrCat("marker ", trend.classes[i]),
               TipOf(repetitions[i], absl::StrFormat("%.3g%s", trend.values[i], trend.unit), labels));
  }
  return svg.Markup();
}

std::string TempoChart(std::span<const v1::Repetition> repetitions, const client::Labels& labels) {
  float longest = 0.5F;
  for (const v1::Repetition& repetition : repetitions)
    longest = std::max(longest, static_cast<float>(repetition.lowering_us() + repetition.pause_us() +
                                                   repetition.lifting_us()) /
                                    1e6F);
  const Plot plot = SmallPlot(repetitions.size(), 0, longest * 1.08F);
  Svg svg(kSmallWidth, kSmallHeight, labels("Tempo"));
  svg.Text({4, 16}, labels("Tempo"), "title");
  float legend = kSmallWidth - 14;
  const std::array<std::string, 3> names = {labels("back"), labels("pause"), labels("out")};
  const std::array<const char*, 3> classes = {"fill lifting", "fill pause", "fill lowering"};
  for (size_t i = 0; i < names.size(); ++i) {
    svg.Text({legend, 16}, names[i], "tick", Anchor::kEnd);
    legend -= 10 + 0.8F * TextWidth(names[i]);
    svg.Rectangle({legend - 4, 8}, 8, 8, 2, classes[i]);
    legend -= 14;
  }
  DrawGrid(svg, plot, labels("{n} s", {{"n", ""}}));
  DrawNumbers(svg, plot, repetitions);
  const float width = std::min(22.0F, plot.width / static_cast<float>(repetitions.size()) * 0.7F);
  for (size_t i = 0; i < repetitions.size(); ++i) {
    const v1::Repetition& repetition = repetitions[i];
    double from = 0;
    const std::array<std::pair<int64_t, size_t>, 3> parts = {
        {{repetition.lowering_us(), 2}, {repetition.pause_us(), 1}, {repetition.lifting_us(), 0}}};
    for (const auto& [duration_us, part] : parts) {
      const double to = from + static_cast<double>(duration_us) / 1e6;
      svg.Rectangle(
          {plot.X(static_cast<double>(i)) - width / 2, plot.Y(to)}, width, plot.Y(from) - plot.Y(to), 1.5F,
          classes[part],
          TipOf(repetition,
                absl::StrCat(names[part], " ", labels("{n} s", {{"n", absl::StrFormat("%.2f", to - from)}})),
                labels));
      from = to;
    }
  }
  return svg.Markup();
}

}  // namespace trackfit::report
