#include "reference/figure.h"

#include <algorithm>
#include <limits>
#include <numbers>

#include "skeleton/normalize.h"

namespace trackfit::reference {
namespace {

// Visibility up to which a joint is only guessed, and from which it is well seen.
constexpr float kGuessed = 0.3F;
constexpr float kSure = 0.7F;
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

float Degrees(const Vector& a, const Vector& b) {
  const float lengths = Length(a) * Length(b);
  if (lengths < 1e-9F) return kNaN;
  return std::acos(std::clamp(Dot(a, b) / lengths, -1.0F, 1.0F)) * (180 / std::numbers::pi_v<float>);
}

// The mean of the bodies from `first` to `last` (fractions of frames).
Figure MeanFigure(const repetitions::Attempt& attempt, double first, double last) {
  FigureMean mean;
  // Each frame counts by its nearness to the middle; at least the two beside it do.
  const double middle = (first + last) / 2;
  const double reach = std::max(1.0, (last - first) / 2);
  const auto begin = static_cast<size_t>(std::max(0.0, std::ceil(middle - reach)));
  const auto end = std::min(attempt.frames.size() - 1, static_cast<size_t>(std::floor(middle + reach)));
  for (size_t frame = begin; frame <= end; ++frame) {
    const double weight = 1 - std::abs(static_cast<double>(frame) - middle) / (reach + 1e-6);
    if (weight > 1e-5) mean.Add(FigureOf(attempt.frames[frame]), static_cast<float>(weight));
  }
  return mean.Get();
}

}  // namespace

Vector Turned(const Vector& a, const Vector& axis, float angle) {
  const float c = std::cos(angle), s = std::sin(angle);
  return a * c + Cross(axis, a) * s + axis * (Dot(axis, a) * (1 - c));
}

const std::array<std::string_view, kAngleCount>& AngleNames() {
  static constexpr std::array<std::string_view, kAngleCount> kNames = {
      "left_elbow", "right_elbow", "left_shoulder", "right_shoulder", "left_hip",
      "right_hip",  "left_knee",   "right_knee",    "left_trunk",     "right_trunk"};
  return kNames;
}

std::array<float, kAngleCount> Figure::Angles() const {
  std::array<float, kAngleCount> angles;
  angles.fill(kNaN);
  for (int i = 0; i < kHingeCount; ++i) {
    const Hinge& hinge = kHinges[i];
    if (std::min({seen[hinge.from], seen[hinge.at], seen[hinge.to]}) <= 0) continue;
    angles[i] = Degrees(nodes[hinge.from] - nodes[hinge.at], nodes[hinge.to] - nodes[hinge.at]);
  }
  for (int side = 0; side < 2; ++side) {
    if (std::min(seen[kLeftShoulder + side], seen[kLeftHip + side]) <= 0) continue;
    angles[kHingeCount + side] = Degrees(nodes[kLeftShoulder + side] - nodes[kLeftHip + side], {0, 1, 0});
  }
  return angles;
}

Figure FigureOf(const repetitions::Body& body) {
  Figure figure;
  const repetitions::Point& left = body.joints[skeleton::kLeftHip];
  const repetitions::Point& right = body.joints[skeleton::kRightHip];
  const float x = (left.x + right.x) / 2, y = (left.y + right.y) / 2;
  for (int node = 0; node < kNodeCount; ++node) {
    const repetitions::Point& point = body.joints[kJointOfNode[node]];
    figure.nodes[node] = {point.x - x, point.y - y, point.depth / skeleton::kDepthScale};
    figure.seen[node] =
        std::clamp((body.visibility[kJointOfNode[node]] - kGuessed) / (kSure - kGuessed), 0.0F, 1.0F);
  }
  return figure;
}

Figure Mirrored(const Figure& figure) {
  Figure mirrored;
  for (int node = 0; node < kNodeCount; ++node) {
    const Vector& other = figure.nodes[node ^ 1];
    mirrored.nodes[node] = {-other.x, other.y, other.z};
    mirrored.seen[node] = figure.seen[node ^ 1];
  }
  return mirrored;
}

void FigureMean::Add(const Figure& figure, float weight) {
  weight_ += weight;
  for (int node = 0; node < kNodeCount; ++node) {
    const float seen = weight * figure.seen[node];
    sum_.nodes[node] = sum_.nodes[node] + figure.nodes[node] * seen;
    sum_.seen[node] += seen;
  }
}

Figure FigureMean::Get() const {
  Figure mean;
  for (int node = 0; node < kNodeCount; ++node) {
    if (sum_.seen[node] <= 0) continue;
    mean.nodes[node] = sum_.nodes[node] * (1 / sum_.seen[node]);
    mean.seen[node] = sum_.seen[node] / weight_;
  }
  return mean;
}

Performance Perform(const repetitions::Attempt& attempt) {
  Performance performance;
  const auto begin = static_cast<double>(attempt.begin), turn_begin = static_cast<double>(attempt.turn_begin),
             turn_end = static_cast<double>(attempt.turn_end), end = static_cast<double>(attempt.end);
  constexpr int kWay = (kPhases - kTurnPhases) / 2;
  for (int phase = 0; phase < kPhases; ++phase) {
    double from = begin, to = turn_begin, position = static_cast<double>(phase) / kWay, step = 1.0 / kWay;
    if (phase >= kWay + kTurnPhases) {
      from = turn_end, to = end, position = static_cast<double>(phase + 1 - kWay - kTurnPhases) / kWay;
    } else if (phase >= kWay) {
      from = turn_begin, to = turn_end, position = static_cast<double>(phase - kWay) / (kTurnPhases - 1);
      step = 1.0 / (kTurnPhases - 1);
    }
    const double at = from + (to - from) * position, half = (to - from) * step;
    performance.figures.push_back(MeanFigure(attempt, at - half, at + half));
    performance.frames.push_back(
        std::min(attempt.frames.size() - 1, static_cast<size_t>(std::llround(std::max(0.0, at)))));
  }
  return performance;
}

}  // namespace trackfit::reference
