#include "evaluation/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace trackfit::evaluation {
namespace {

struct Counts {
  int positives = 0;
  int negatives = 0;
};

std::map<double, Counts> ByScore(std::span<const double> positives, std::span<const double> negatives) {
  std::map<double, Counts> counts;
  for (const double score : positives) ++counts[score].positives;
  for (const double score : negatives) ++counts[score].negatives;
  return counts;
}

}  // namespace

double Auroc(std::span<const double> positives, std::span<const double> negatives) {
  if (positives.empty() || negatives.empty()) return std::numeric_limits<double>::quiet_NaN();
  double won = 0, below = 0;
  for (const auto& [score, counts] : ByScore(positives, negatives)) {
    won += counts.positives * (below + 0.5 * counts.negatives);
    below += counts.negatives;
  }
  return won / (static_cast<double>(positives.size()) * static_cast<double>(negatives.size()));
}

std::vector<RocPoint> RocCurve(std::span<const double> positives, std::span<const double> negatives) {
  if (positives.empty() || negatives.empty()) return {};
  const std::map<double, Counts> by_score = ByScore(positives, negatives);
  std::vector<RocPoint> curve = {{}};
  Counts passed;
  for (auto it = by_score.rbegin(); it != by_score.rend(); ++it) {
    passed.positives += it->second.positives;
    passed.negatives += it->second.negatives;
    curve.push_back({.false_positives = passed.negatives / static_cast<double>(negatives.size()),
                     .true_positives = passed.positives / static_cast<double>(positives.size())});
  }
  return curve;
}

std::vector<ReliabilityBin> Reliability(std::span<const Answer> answers, int bins) {
  std::vector<ReliabilityBin> result(bins);
  for (int i = 0; i < bins; ++i) {
    result[i].low = static_cast<double>(i) / bins;
    result[i].high = static_cast<double>(i + 1) / bins;
  }
  for (const Answer& answer : answers) {
    const int index = std::clamp(static_cast<int>(std::ceil(answer.confidence * bins)) - 1, 0, bins - 1);
    ReliabilityBin& bin = result[index];
    ++bin.count;
    bin.confidence += answer.confidence;
    bin.accuracy += answer.right ? 1 : 0;
  }
  for (ReliabilityBin& bin : result) {
    if (bin.count == 0) continue;
    bin.confidence /= bin.count;
    bin.accuracy /= bin.count;
  }
  return result;
}

double ExpectedCalibrationError(std::span<const ReliabilityBin> bins) {
  double sum = 0;
  int count = 0;
  for (const ReliabilityBin& bin : bins) {
    sum += bin.count * std::abs(bin.accuracy - bin.confidence);
    count += bin.count;
  }
  return count > 0 ? sum / count : 0;
}

double BestThreshold(std::span<const Scored> scored) {
  if (scored.empty()) return 0;
  std::map<double, Counts> by_score;
  int right = 0;  // with a threshold below all: everything is called positive
  for (const Scored& item : scored) {
    Counts& counts = by_score[item.score];
    ++(item.positive ? counts.positives : counts.negatives);
    right += item.positive ? 1 : 0;
  }
  std::vector<double> best = {by_score.begin()->first - 1};
  int most = right;
  for (auto it = by_score.begin(); it != by_score.end(); ++it) {
    right += it->second.negatives - it->second.positives;
    const auto next = std::next(it);
    const double threshold = next == by_score.end() ? it->first + 1 : (it->first + next->first) / 2;
    if (right > most) best.clear();
    if (right >= most) best.push_back(threshold);
    most = std::max(most, right);
  }
  return best[best.size() / 2];
}

FoldedAccuracy AccuracyAcrossFolds(std::span<const Scored> scored) {
  std::set<int> folds;
  for (const Scored& item : scored) folds.insert(item.fold);
  FoldedAccuracy result;
  for (const int fold : folds) {
    std::vector<Scored> others;
    std::copy_if(scored.begin(), scored.end(), std::back_inserter(others),
                 [fold](const Scored& item) { return item.fold != fold; });
    const double threshold = BestThreshold(others);
    for (const Scored& item : scored) {
      if (item.fold != fold) continue;
      ++result.total;
      result.right += (item.score >= threshold) == item.positive ? 1 : 0;
    }
  }
  return result;
}

double ChanceOfHit(int total, int wanted, int picks) {
  double miss = 1;
  for (int i = 0; i < picks; ++i) {
    if (total - i <= 0) break;
    miss *= std::max(0.0, static_cast<double>(total - wanted - i) / (total - i));
  }
  return 1 - miss;
}

}  // namespace trackfit::evaluation
