#include "protogcn/class_probabilities.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace trackfit::protogcn {
namespace {

// log(sum of exp(logit / temperature) over all but the background) is highest / temperature + rest.
struct LogSum {
  double highest = 0;
  double rest = 0;
};
LogSum LogSumOf(std::span<const float> logits, size_t background, double temperature) {
  double highest = -std::numeric_limits<double>::infinity();
  for (size_t c = 0; c < logits.size(); ++c) {
    if (c != background) highest = std::max(highest, double{logits[c]});
  }
  double sum = 0;
  for (size_t c = 0; c < logits.size(); ++c) {
    if (c != background) sum += std::exp((logits[c] - highest) / temperature);
  }
  return {highest, std::log(sum)};
}

}  // namespace

size_t BackgroundIndex(const ModelMetadata& metadata) {
  const auto found = std::find(metadata.classes.begin(), metadata.classes.end(), metadata.background_class);
  return static_cast<size_t>(found - metadata.classes.begin());
}

double ExerciseMargin(std::span<const float> logits, const ModelMetadata& metadata) {
  const size_t background = BackgroundIndex(metadata);
  const LogSum sum = LogSumOf(logits, background, 1);
  return sum.highest + sum.rest - logits[background];
}

std::vector<float> ClassProbabilities(std::span<const float> logits, const ModelMetadata& metadata) {
  const size_t background = BackgroundIndex(metadata);
  double known = 1;
  if (background < logits.size()) {
    const double margin = metadata.known_scale * ExerciseMargin(logits, metadata) + metadata.known_offset;
    known = 1 / (1 + std::exp(-margin));
  }
  const LogSum sum = LogSumOf(logits, background, metadata.temperature);
  std::vector<float> probabilities;
  for (size_t c = 0; c < logits.size(); ++c) {
    probabilities.push_back(static_cast<float>(
        c == background ? 1 - known
                        : known * std::exp((logits[c] - sum.highest) / metadata.temperature - sum.rest)));
  }
  return probabilities;
}

}  // namespace trackfit::protogcn
