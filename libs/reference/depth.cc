#include "reference/depth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace trackfit::reference {
namespace {

// Segments that are as long on both sides, and how long they usually are, torso lengths.
struct Bone {
  Node from, to;
  int kind;
};
constexpr int kKinds = 7;
constexpr std::array<float, kKinds> kUsualLength = {0.60F, 0.53F, 1.02F, 0.83F, 0.84F, 0.71F, 0.41F};
constexpr std::array<Bone, 12> kBones = {{{kLeftShoulder, kLeftElbow, 0},
                                          {kRightShoulder, kRightElbow, 0},
                                          {kLeftElbow, kLeftWrist, 1},
                                          {kRightElbow, kRightWrist, 1},
                                          {kLeftHip, kLeftShoulder, 2},
                                          {kRightHip, kRightShoulder, 2},
                                          {kLeftHip, kLeftKnee, 3},
                                          {kRightHip, kRightKnee, 3},
                                          {kLeftKnee, kLeftAnkle, 4},
                                          {kRightKnee, kRightAnkle, 4},
                                          {kLeftShoulder, kRightShoulder, 5},
                                          {kLeftHip, kRightHip, 6}}};

// Standard deviations: of the size, as the torso may have been foreshortened, of lengths between people, of
// what a bone measures from moment to moment, and of the corrections.
constexpr float kSizeSpread = 0.3F;
constexpr float kLengthSpread = 0.1F;
constexpr float kMeasured = 0.06F;
constexpr float kStretchSpread = 0.25F;
constexpr float kTiltSpread = 0.2F;
constexpr float kOffsetSpread = 0.2F;
// Every so many phases tell; as neighbours err alike, each counts for less.
constexpr size_t kStep = 4;
constexpr float kMomentWeight = 0.5F;
constexpr int kTries = 15;

// The logarithm of the stretch, the tilt, the logarithms of the size and of this person's lengths over the
// usual ones, the offsets.
constexpr int kStretch = 0, kTilt = 1, kSize = 2, kLengths = 3, kOffsets = kLengths + kKinds,
              kParameters = kOffsets + kNodeCount;
using Parameters = std::array<double, kParameters>;

Vector Corrected(const Figure& figure, int node, const Parameters& p) {
  Vector v = figure.nodes[node];
  v.z = static_cast<float>(std::exp(p[kStretch]) * (v.z + p[kTilt] * v.y) + p[kOffsets + node]);
  return v;
}

std::vector<double> Residuals(const std::vector<Figure>& phases, const Parameters& p) {
  std::vector<double> residuals = {p[kStretch] / kStretchSpread, p[kTilt] / kTiltSpread,
                                   p[kSize] / kSizeSpread};
  for (int kind = 0; kind < kKinds; ++kind) residuals.push_back(p[kLengths + kind] / kLengthSpread);
  for (int node = 0; node < kNodeCount; ++node) residuals.push_back(p[kOffsets + node] / kOffsetSpread);
  for (size_t phase = 0; phase < phases.size(); phase += kStep) {
    const Figure& figure = phases[phase];
    for (const Bone& bone : kBones) {
      const float seen = std::min(figure.seen[bone.from], figure.seen[bone.to]);
      const double length = Length(Corrected(figure, bone.to, p) - Corrected(figure, bone.from, p));
      const double usual = kUsualLength[bone.kind] * std::exp(p[kSize] + p[kLengths + bone.kind]);
      residuals.push_back(kMomentWeight * seen * (length - usual) / kMeasured);
    }
  }
  return residuals;
}

double SumOfSquares(const std::vector<double>& residuals) {
  double sum = 0;
  for (const double r : residuals) sum += r * r;
  return sum;
}

// Solves a x = b for a symmetric positive definite a, by Cholesky's decomposition.
Parameters Solve(std::array<Parameters, kParameters> a, Parameters b) {
  for (int i = 0; i < kParameters; ++i) {
    for (int j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (int k = 0; k < j; ++k) sum -= a[i][k] * a[j][k];
      a[i][j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / a[j][j];
    }
  }
  for (int i = 0; i < kParameters; ++i) {
    for (int k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (int i = kParameters - 1; i >= 0; --i) {
    for (int k = i + 1; k < kParameters; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

}  // namespace

void CorrectDepth(std::vector<Figure>& phases) {
  Parameters best{};
  std::vector<double> residuals = Residuals(phases, best);
  double damping = 1e-2;
  for (int i = 0; i < kTries; ++i) {
    constexpr double kDelta = 1e-4;
    std::vector<std::vector<double>> slopes;
    for (int p = 0; p < kParameters; ++p) {
      Parameters moved = best;
      moved[p] += kDelta;
      slopes.push_back(Residuals(phases, moved));
      for (size_t r = 0; r < residuals.size(); ++r) slopes[p][r] = (slopes[p][r] - residuals[r]) / kDelta;
    }
    std::array<Parameters, kParameters> normal{};
    Parameters gradient{};
    for (int p = 0; p < kParameters; ++p) {
      for (int q = 0; q <= p; ++q) {
        for (size_t r = 0; r < residuals.size(); ++r) normal[p][q] += slopes[p][r] * slopes[q][r];
      }
      for (size_t r = 0; r < residuals.size(); ++r) gradient[p] -= slopes[p][r] * residuals[r];
      normal[p][p] *= 1 + damping;
    }
    const Parameters step = Solve(normal, gradient);
    Parameters next = best;
    for (int p = 0; p < kParameters; ++p) next[p] += step[p];
    std::vector<double> left = Residuals(phases, next);
    if (SumOfSquares(left) < SumOfSquares(residuals)) {
      best = next;
      residuals = std::move(left);
      damping = std::max(damping / 5, 1e-6);
    } else {
      damping *= 10;
    }
  }
  for (Figure& figure : phases) {
    const Figure before = figure;
    for (int node = 0; node < kNodeCount; ++node) figure.nodes[node] = Corrected(before, node, best);
    const float middle = (figure.nodes[kLeftHip].z + figure.nodes[kRightHip].z) / 2;
    for (Vector& node : figure.nodes) node.z -= middle;
  }
}

}  // namespace trackfit::reference
