// Evaluation metrics as plain functions of numbers.
#ifndef TRACKFIT_EVALUATION_METRICS_H_
#define TRACKFIT_EVALUATION_METRICS_H_

#include <span>
#include <vector>

namespace trackfit::evaluation {

// Area under the ROC curve: how likely a positive's score is above a negative's, ties counting half. NaN when
// either side is empty.
double Auroc(std::span<const double> positives, std::span<const double> negatives);

// The true and false positive rates at one threshold.
struct RocPoint {
  double false_positives = 0;
  double true_positives = 0;
};
// From (0, 0) to (1, 1), one point for each different score; empty when either side is empty.
std::vector<RocPoint> RocCurve(std::span<const double> positives, std::span<const double> negatives);

struct Answer {
  double confidence = 0;  // [0, 1]
  bool right = false;
};
// The answers whose confidence is in (low, high]; the first bin also has those of 0.
struct ReliabilityBin {
  double low = 0;
  double high = 0;
  int count = 0;
  double confidence = 0;  // mean; 0 in an empty bin
  double accuracy = 0;
};
inline constexpr int kReliabilityBins = 15;
std::vector<ReliabilityBin> Reliability(std::span<const Answer> answers, int bins = kReliabilityBins);
// Mean distance between confidence and accuracy, weighted by the bins' counts; 0 for no answers.
double ExpectedCalibrationError(std::span<const ReliabilityBin> bins);

struct Scored {
  double score = 0;
  bool positive = false;
  int fold = 0;
};
// The threshold with the highest accuracy when scores at or above it are called positive: half-way between
// two scores, or beyond all. The middle one of several; 0 for no scores.
double BestThreshold(std::span<const Scored> scored);

// Correct decisions when each fold uses the threshold that is best on the other folds.
struct FoldedAccuracy {
  int right = 0;
  int total = 0;

  double accuracy() const { return total > 0 ? static_cast<double>(right) / total : 0; }
};
FoldedAccuracy AccuracyAcrossFolds(std::span<const Scored> scored);

// The probability that `picks` of `total` items, drawn at random, include at least one of the `wanted`.
double ChanceOfHit(int total, int wanted, int picks);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_METRICS_H_
