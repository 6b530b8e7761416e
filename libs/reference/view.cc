#include "reference/view.h"

#include <algorithm>
#include <numbers>
#include <utility>
#include <vector>

namespace trackfit::reference {
namespace {

constexpr float kDegree = std::numbers::pi_v<float> / 180;
// Errors of depth are several times those in the picture; this weighs them accordingly.
constexpr float kDepthWeight = 0.3F;
// Cameras are held nearly level: a difference in pitch of so much costs as much as that share of the figure.
constexpr float kUsualPitch = 15 * kDegree;
constexpr float kPitchCost = 0.01F;
constexpr float kYawStep = 15 * kDegree;
constexpr int kTurns = 24;  // once around
constexpr float kFinest = 1 * kDegree;

struct Match {
  Vector reference, seen;
  float weight = 0;
};

// Nodes of both that are seen, from the middle of these.
std::vector<Match> Matches(std::span<const Figure* const> reference, std::span<const Figure* const> seen) {
  std::vector<Match> matches;
  for (size_t i = 0; i < reference.size(); ++i) {
    Vector middle_reference, middle_seen;
    float total = 0;
    const size_t first = matches.size();
    for (int node = 0; node < kNodeCount; ++node) {
      const float weight = reference[i]->seen[node] * seen[i]->seen[node];
      if (weight <= 0) continue;
      matches.push_back({reference[i]->nodes[node], seen[i]->nodes[node], weight});
      middle_reference = middle_reference + reference[i]->nodes[node] * weight;
      middle_seen = middle_seen + seen[i]->nodes[node] * weight;
      total += weight;
    }
    for (size_t m = first; m < matches.size(); ++m) {
      matches[m].reference = matches[m].reference - middle_reference * (1 / total);
      matches[m].seen = matches[m].seen - middle_seen * (1 / total);
    }
  }
  return matches;
}

struct Fit {
  float cost = 0;  // share of the seen figure's spread that is left, and that of the pitch
  float scale = 1;
};

Fit Try(const std::vector<Match>& matches, const View& view) {
  float both = 0, turned = 0, seen = 0;
  for (const Match& match : matches) {
    const Vector v = view.Seen(match.reference);
    const float z = kDepthWeight * kDepthWeight;
    both += match.weight * (v.x * match.seen.x + v.y * match.seen.y + z * v.z * match.seen.z);
    turned += match.weight * (v.x * v.x + v.y * v.y + z * v.z * v.z);
    seen += match.weight *
            (match.seen.x * match.seen.x + match.seen.y * match.seen.y + z * match.seen.z * match.seen.z);
  }
  Fit fit;
  if (turned <= 0 || seen <= 0) return fit;
  fit.scale = std::max(both / turned, 0.05F);
  fit.cost = (seen - 2 * fit.scale * both + fit.scale * fit.scale * turned) / seen;
  fit.cost += kPitchCost * (view.pitch / kUsualPitch) * (view.pitch / kUsualPitch);
  return fit;
}

}  // namespace

Vector View::Seen(const Vector& v) const {
  const float cy = std::cos(yaw), sy = std::sin(yaw), cp = std::cos(pitch), sp = std::sin(pitch);
  const float x = cy * v.x + sy * v.z, z = cy * v.z - sy * v.x;
  return Vector{x, cp * v.y - sp * z, sp * v.y + cp * z} * scale;
}

View FitView(std::span<const Figure* const> reference, std::span<const Figure* const> seen) {
  const std::vector<Match> matches = Matches(reference, seen);
  View best;
  Fit best_fit = Try(matches, best);
  const auto consider = [&](float yaw, float pitch) {
    const View view{yaw, pitch, 1};
    const Fit fit = Try(matches, view);
    if (fit.cost >= best_fit.cost) return false;
    best = view, best_fit = fit;
    return true;
  };
  for (int turn = 0; turn < kTurns; ++turn) {
    const float yaw = static_cast<float>(turn) * kYawStep;
    for (const float pitch : {-kUsualPitch, 0.0F, kUsualPitch}) consider(yaw, pitch);
  }
  for (float step = kYawStep / 2; step > kFinest / 2;) {
    const View from = best;
    bool better = false;
    for (const auto& [yaw, pitch] : {std::pair{step, 0.0F}, {-step, 0.0F}, {0.0F, step}, {0.0F, -step}})
      better |= consider(from.yaw + yaw, from.pitch + pitch);
    if (!better) step /= 2;
  }
  best.scale = best_fit.scale;
  return best;
}

}  // namespace trackfit::reference
