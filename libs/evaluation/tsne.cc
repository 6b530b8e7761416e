#include "evaluation/tsne.h"

#include <algorithm>
#include <cmath>

#include "synthesis/random.h"

namespace trackfit::evaluation {
namespace {

using Matrix = std::vector<std::vector<double>>;
using Plane = std::vector<std::array<double, 2>>;

Matrix SquaredDistances(const std::vector<std::vector<float>>& points) {
  Matrix distances(points.size(), std::vector<double>(points.size()));
  for (size_t i = 0; i < points.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      double sum = 0;
      for (size_t k = 0; k < points[i].size(); ++k) {
        const double difference = points[i][k] - points[j][k];
        sum += difference * difference;
      }
      distances[i][j] = distances[j][i] = sum;
    }
  }
  return distances;
}

// Gaussian affinities of all points to `self`, with the bandwidth that gives the perplexity.
std::vector<double> Neighbours(const std::vector<double>& distances, size_t self, double perplexity) {
  std::vector<double> weights(distances.size());
  double nearest = INFINITY;
  for (size_t j = 0; j < distances.size(); ++j) {
    if (j != self) nearest = std::min(nearest, distances[j]);
  }
  double precision = 1, low = 0, high = INFINITY;
  for (int step = 0; step < 60; ++step) {
    double sum = 0, weighted = 0;
    for (size_t j = 0; j < weights.size(); ++j) {
      weights[j] = j == self ? 0 : std::exp(-(distances[j] - nearest) * precision);
      sum += weights[j];
      weighted += weights[j] * (distances[j] - nearest);
    }
    const double entropy = std::log(sum) + precision * weighted / sum;
    for (double& weight : weights) weight /= sum;
    if (std::abs(entropy - std::log(perplexity)) < 1e-5) break;
    (entropy > std::log(perplexity) ? low : high) = precision;
    precision = std::isinf(high) ? precision * 2 : (low + high) / 2;
  }
  return weights;
}

Matrix Affinities(const std::vector<std::vector<float>>& points, double perplexity) {
  const Matrix distances = SquaredDistances(points);
  Matrix one_sided(points.size());
  for (size_t i = 0; i < points.size(); ++i) one_sided[i] = Neighbours(distances[i], i, perplexity);
  Matrix both = one_sided;
  for (size_t i = 0; i < points.size(); ++i) {
    for (size_t j = 0; j < points.size(); ++j) {
      both[i][j] =
          std::max((one_sided[i][j] + one_sided[j][i]) / (2.0 * static_cast<double>(points.size())), 1e-12);
    }
  }
  return both;
}

// Of the Kullback-Leibler divergence, the affinities enlarged by `exaggeration`.
Plane Gradient(const Matrix& affinities, const Plane& plane, double exaggeration) {
  const size_t count = plane.size();
  Matrix closeness(count, std::vector<double>(count));
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < i; ++j) {
      const double dx = plane[i][0] - plane[j][0], dy = plane[i][1] - plane[j][1];
      closeness[i][j] = closeness[j][i] = 1 / (1 + dx * dx + dy * dy);
      sum += 2 * closeness[i][j];
    }
  }
  Plane gradient(count);
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < count; ++j) {
      if (i == j) continue;
      const double pull = 4 * (exaggeration * affinities[i][j] - closeness[i][j] / sum) * closeness[i][j];
      for (int axis = 0; axis < 2; ++axis) gradient[i][axis] += pull * (plane[i][axis] - plane[j][axis]);
    }
  }
  return gradient;
}

}  // namespace

Plane Tsne(const std::vector<std::vector<float>>& points, const TsneOptions& options) {
  Plane plane(points.size());
  if (points.size() < 4) {
    for (size_t i = 0; i < points.size(); ++i) plane[i] = {static_cast<double>(i), 0};
    return plane;
  }
  const double perplexity = std::min(options.perplexity, static_cast<double>(points.size() - 1) / 3);
  const Matrix affinities = Affinities(points, perplexity);
  const synthesis::NamedRandom random(options.seed);
  for (size_t i = 0; i < plane.size(); ++i)
    plane[i] = {1e-2 * random.Normal("x", i), 1e-2 * random.Normal("y", i)};

  // As the authors': early exaggeration, momentum, and a gain of its own for every coordinate.
  constexpr int kExaggerated = 150;
  constexpr double kExaggeration = 8, kMinGain = 0.01;
  const double rate = std::max(static_cast<double>(points.size()) / kExaggeration, 20.0);
  Plane velocity(plane.size()), gains(plane.size(), {1, 1});
  for (int iteration = 0; iteration < options.iterations; ++iteration) {
    const bool early = iteration < kExaggerated;
    const Plane gradient = Gradient(affinities, plane, early ? kExaggeration : 1);
    const double momentum = early ? 0.5 : 0.8;
    std::array<double, 2> mean{};
    for (size_t i = 0; i < plane.size(); ++i) {
      for (int axis = 0; axis < 2; ++axis) {
        double& gain = gains[i][axis];
        const bool turned = (gradient[i][axis] > 0) != (velocity[i][axis] > 0);
        gain = std::max(turned ? gain + 0.2 : gain * 0.8, kMinGain);
        velocity[i][axis] = momentum * velocity[i][axis] - rate * gain * gradient[i][axis];
        plane[i][axis] += velocity[i][axis];
        mean[axis] += plane[i][axis] / static_cast<double>(plane.size());
      }
    }
    for (std::array<double, 2>& point : plane) {
      for (int axis = 0; axis < 2; ++axis) point[axis] -= mean[axis];
    }
  }
  return plane;
}

}  // namespace trackfit::evaluation
