#include "reference/recording.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "reference/alignment.h"
#include "reference/depth.h"

namespace trackfit::reference {
namespace {

// Frames of a take below which its course is not known.
constexpr size_t kLeastFrames = 10;
constexpr int kBand = 10;

float Distance(const Figure& a, const Figure& b) {
  float cost = 0, weights = 1e-6F;
  for (int node = 0; node < kNodeCount; ++node) {
    const float weight = a.seen[node] * b.seen[node];
    const Vector difference = a.nodes[node] - b.nodes[node];
    cost += weight * Dot(difference, difference);
    weights += weight;
  }
  return cost / weights;
}

// The figures as they come at the phases of `best`.
std::vector<Figure> AlignedTo(const std::vector<Figure>& best, const std::vector<Figure>& figures) {
  std::vector<FigureMean> means(kPhases);
  for (const Pair& cell : Align(kPhases, kPhases, kBand,
                                [&](int row, int column) { return Distance(best[row], figures[column]); }))
    means[cell.row].Add(figures[cell.column]);
  std::vector<Figure> aligned;
  aligned.reserve(means.size());
  for (const FigureMean& mean : means) aligned.push_back(mean.Get());
  return aligned;
}

// What a reference cannot do without.
absl::Status CheckSeen(const std::vector<Figure>& phases, const std::string& exercise) {
  const auto seen = [&](int node) {
    return std::any_of(phases.begin(), phases.end(),
                       [&](const Figure& phase) { return phase.seen[node] > 0; });
  };
  for (const auto& [node, name] : {std::pair{kLeftShoulder, "left shoulder"},
                                   {kRightShoulder, "right shoulder"},
                                   {kLeftHip, "left hip"},
                                   {kRightHip, "right hip"}}) {
    if (!seen(node))
      return absl::InvalidArgumentError(
          absl::StrCat("the ", name, " is not seen in the repetitions of ", exercise));
  }
  for (const auto& [node, name] :
       {std::pair{kLeftElbow, "elbow"}, {kLeftWrist, "wrist"}, {kLeftKnee, "knee"}, {kLeftAnkle, "ankle"}}) {
    if (!seen(node) && !seen(node + 1))
      return absl::InvalidArgumentError(
          absl::StrCat("no ", name, " is seen in the repetitions of ", exercise));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Reference> Record(const std::vector<Take>& takes, const RecordingOptions& options) {
  std::vector<const Take*> best;
  for (const Take& take : takes) {
    if (take.attempt.end < take.attempt.frames.size() &&
        take.attempt.end >= take.attempt.begin + kLeastFrames)
      best.push_back(&take);
  }
  if (best.empty())
    return absl::InvalidArgumentError(absl::StrCat("there is no whole repetition of ", options.exercise));
  std::stable_sort(best.begin(), best.end(),
                   [](const Take* a, const Take* b) { return a->score > b->score; });
  if (best.size() > static_cast<size_t>(options.most)) best.resize(options.most);

  Reference reference;
  reference.exercise = options.exercise;
  reference.name = options.name;
  reference.source = options.source;
  reference.parts = options.parts;
  reference.depth_error = options.depth_error;
  reference.repetitions = static_cast<int>(best.size());
  std::vector<std::vector<Figure>> repetitions;
  for (const Take* take : best) {
    const repetitions::Attempt& attempt = take->attempt;
    reference.duration_us +=
        (attempt.frames[attempt.end].timestamp_us - attempt.frames[attempt.begin].timestamp_us) /
        static_cast<int64_t>(best.size());
    const std::vector<Figure> figures = Perform(attempt).figures;
    repetitions.push_back(repetitions.empty() ? figures : AlignedTo(repetitions.front(), figures));
  }

  const auto count = static_cast<float>(best.size());
  reference.spread.resize(kPhases);
  for (int phase = 0; phase < kPhases; ++phase) {
    FigureMean mean;
    for (const auto& repetition : repetitions) mean.Add(repetition[phase]);
    reference.phases.push_back(mean.Get());
    for (int angle = 0; angle < kAngleCount; ++angle) {
      float sum = 0, square = 0;
      for (const auto& repetition : repetitions) {
        const float degrees = repetition[phase].Angles()[angle];
        sum += degrees, square += degrees * degrees;
      }
      const float variance = square / count - sum / count * (sum / count);
      reference.spread[phase][angle] = variance > 0 ? std::sqrt(variance) : 0;  // 0 for NaN
    }
  }
  if (absl::Status status = CheckSeen(reference.phases, options.exercise); !status.ok()) return status;
  if (options.depth_error > 0) CorrectDepth(reference.phases);
  return reference;
}

}  // namespace trackfit::reference
