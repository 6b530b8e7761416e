// Evaluate of judge.h: statistics of a measure over the moments of an attempt.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "repetitions/judge.h"

namespace trackfit::repetitions {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr double kLowPercentile = 0.1;
constexpr double kHighPercentile = 0.9;
// Of the frames of a moment, so many must show the measure.
constexpr double kLeastShare = 0.3;

// Frames [first, last].
struct Span {
  size_t first = 0;
  size_t last = 0;
};

std::vector<Span> SpansOf(Moment moment, const Attempt& attempt) {
  switch (moment) {
    case Moment::kRest:
      return {{0, attempt.begin}, {attempt.end, attempt.frames.size() - 1}};
    case Moment::kTurn:
      return {{attempt.turn_begin, attempt.turn_end}};
    case Moment::kLowering:
      return {{attempt.begin, attempt.turn_begin}};
    case Moment::kLifting:
      return {{attempt.turn_end, attempt.end}};
    case Moment::kThroughout:
      return {{attempt.begin, attempt.end}};
  }
  return {};
}

// Empty when too few frames show it.
std::vector<float> Values(const Measure& measure, Moment moment, const Attempt& attempt) {
  std::vector<float> values;
  size_t frames = 0;
  for (const Span& span : SpansOf(moment, attempt)) {
    for (size_t i = span.first; i <= span.last && i < attempt.frames.size(); ++i) {
      ++frames;
      const float value = measure.Of(attempt.frames[i]);
      if (std::isfinite(value)) values.push_back(value);
    }
  }
  if (static_cast<double>(values.size()) < kLeastShare * static_cast<double>(frames)) values.clear();
  return values;
}

float Mean(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return values.empty() ? kUnknown : static_cast<float>(sum / static_cast<double>(values.size()));
}

// Linear between the values; `sorted` is not empty.
float Percentile(const std::vector<float>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], static_cast<float>(at - static_cast<double>(below)));
}

}  // namespace

float Evaluate(const Quantity& quantity, const Exercise& exercise, const Attempt& attempt) {
  if (attempt.frames.empty()) return kUnknown;
  const Measure& measure = exercise.measures[static_cast<size_t>(quantity.measure)];
  if (quantity.statistic == Statistic::kChange) {
    return Mean(Values(measure, Moment::kTurn, attempt)) - Mean(Values(measure, Moment::kRest, attempt));
  }
  std::vector<float> values = Values(measure, quantity.moment, attempt);
  if (values.empty()) return kUnknown;
  std::ranges::sort(values);
  const float least = Percentile(values, kLowPercentile);
  const float most = Percentile(values, kHighPercentile);
  switch (quantity.statistic) {
    case Statistic::kLeast:
      return least;
    case Statistic::kMost:
      return most;
    case Statistic::kRange:
      return most - least;
    default:
      return Mean(values);
  }
}

}  // namespace trackfit::repetitions
