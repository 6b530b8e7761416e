#include "training/form_fitting.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>

#include "dataset/folds.h"
#include "dataset/labels.h"
#include "training/calibration.h"

namespace trackfit::training {
namespace {

constexpr int kKnots = 6;
constexpr float kLowestKnot = 3, kHighestKnot = 97;  // percentiles
// The best between 0.3 and 30 by grouped cross-validation on push-ups: the fewer the people, the smoother the
// curves must be.
constexpr double kRidge = 30;
constexpr double kTotalWeight = 100;
constexpr int kNewtonSteps = 20;

// Quantiles of the measure over the windows, without duplicates.
std::vector<float> Knots(std::span<const MeasuredClip> clips, int measure) {
  std::vector<float> values;
  for (const MeasuredClip& clip : clips) {
    for (const skeleton::Measurements& window : clip.windows) {
      if (std::isfinite(window[measure])) values.push_back(window[measure]);
    }
  }
  const std::vector<float> percentiles = Quantiles(std::move(values), 101);
  std::vector<float> knots;
  for (int i = 0; i < kKnots && !percentiles.empty(); ++i) {
    const float percent = kLowestKnot + (kHighestKnot - kLowestKnot) * static_cast<float>(i) / (kKnots - 1);
    const float knot = percentiles[static_cast<size_t>(std::lround(percent))];
    if (knots.empty() || knot > knots.back()) knots.push_back(knot);
  }
  return knots;
}

// A row of the design matrix: the weight of each knot in the linear interpolation at the measure.
void AppendHats(const std::vector<float>& knots, float measure, std::vector<double>& row) {
  for (size_t i = 0; i < knots.size(); ++i) {
    protogcn::FormModel::Curve hat{.knots = knots, .values = std::vector<float>(knots.size())};
    hat.values[i] = 1;
    row.push_back(std::isfinite(measure) ? hat.At(measure) : std::nan(""));
  }
}

// Solves a * x = b for a symmetric positive definite `a` (row-major, overwritten) by Cholesky's method.
std::vector<double> Solve(std::vector<double> a, std::vector<double> b) {
  const size_t n = b.size();
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = a[i * n + j];
      for (size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / a[j * n + j];
    }
    for (size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
  return b;
}

struct Design {
  std::vector<std::vector<double>> rows;  // centred; absent measures are 0; the last column is 1
  std::vector<double> weights, targets, means;
};

Design MakeDesign(std::span<const MeasuredClip> clips, const std::vector<std::vector<float>>& knots) {
  double sides[2] = {0, 0};
  for (const MeasuredClip& clip : clips) ++sides[clip.correct ? 1 : 0];
  Design design;
  for (const MeasuredClip& clip : clips) {
    for (const skeleton::Measurements& window : clip.windows) {
      std::vector<double>& row = design.rows.emplace_back();
      for (int measure = 0; measure < skeleton::kMeasureCount; ++measure)
        AppendHats(knots[measure], window[measure], row);
      design.weights.push_back(kTotalWeight / 2 / sides[clip.correct ? 1 : 0] /
                               static_cast<double>(clip.windows.size()));
      design.targets.push_back(clip.correct ? 1 : 0);
    }
  }
  const size_t columns = design.rows.front().size();
  design.means.assign(columns, 0);
  for (size_t column = 0; column < columns; ++column) {
    double sum = 0;
    int count = 0;
    for (const auto& row : design.rows) {
      if (std::isnan(row[column])) continue;
      sum += row[column];
      ++count;
    }
    design.means[column] = count > 0 ? sum / count : 0;
    for (auto& row : design.rows)
      row[column] = std::isnan(row[column]) ? 0 : row[column] - design.means[column];
  }
  for (auto& row : design.rows) row.push_back(1);
  return design;
}

// Newton's method; the bias is not shrunk.
std::vector<double> FitLogistic(const Design& design) {
  const size_t n = design.rows.front().size();
  std::vector<double> beta(n, 0);
  for (int step = 0; step < kNewtonSteps; ++step) {
    std::vector<double> gradient(n), hessian(n * n);
    for (size_t i = 0; i < n; ++i) {
      const double ridge = i + 1 < n ? kRidge : 1e-6;
      gradient[i] = ridge * beta[i];
      hessian[i * n + i] = ridge;
    }
    for (size_t r = 0; r < design.rows.size(); ++r) {
      const std::vector<double>& row = design.rows[r];
      double logit = 0;
      for (size_t i = 0; i < n; ++i) logit += row[i] * beta[i];
      const double p = 1 / (1 + std::exp(-logit)), w = design.weights[r];
      for (size_t i = 0; i < n; ++i) {
        if (row[i] == 0) continue;
        gradient[i] += w * (p - design.targets[r]) * row[i];
        for (size_t j = 0; j < n; ++j) hessian[i * n + j] += w * p * (1 - p) * row[i] * row[j];
      }
    }
    const std::vector<double> change = Solve(std::move(hessian), std::move(gradient));
    for (size_t i = 0; i < n; ++i) beta[i] -= change[i];
  }
  return beta;
}

// Over the clip's windows; nullopt where none has a logit.
std::optional<double> MeanLogit(const protogcn::FormModel& model, const MeasuredClip& clip) {
  double sum = 0;
  int count = 0;
  for (const skeleton::Measurements& window : clip.windows) {
    const auto logit = model.Logit(window);
    if (!logit) continue;
    sum += *logit;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

}  // namespace

MeasuredClip MeasureClip(const dataset::Clip& clip, int window_poses, double rate_hz) {
  MeasuredClip measured{.windows = {}, .correct = clip.correct()};
  const auto length = static_cast<size_t>(window_poses);
  const auto first = static_cast<size_t>(2 * rate_hz);
  const auto step = std::max<size_t>(1, static_cast<size_t>(rate_hz / 2));
  for (const std::vector<skeleton::Pose>& poses : dataset::UniformPieces(clip, rate_hz)) {
    const std::span<const skeleton::Pose> all(poses);
    for (size_t end = std::min(first, all.size()); end <= all.size(); end += step) {
      const size_t begin = end > length ? end - length : 0;
      measured.windows.push_back(skeleton::MeasureWindow(all.subspan(begin, end - begin)));
    }
  }
  return measured;
}

std::vector<MeasuredClip> MeasureLabelled(const std::vector<dataset::Clip>& clips,
                                          const std::vector<std::string>& classes, int label,
                                          int window_poses, double rate_hz,
                                          const std::map<std::string, int>& folds) {
  std::vector<MeasuredClip> measured;
  for (const dataset::Clip& clip : clips) {
    const auto found = dataset::LabelOf(clip, classes);
    const bool labelled = clip.form == "correct" || clip.form == "incorrect";
    if (!labelled || clip.kind != dataset::SourceKind::kRecorded || !found || found->index != label) continue;
    measured.push_back(MeasureClip(clip, window_poses, rate_hz));
    measured.back().fold = dataset::FoldOf(folds, clip);
    if (measured.back().windows.empty()) measured.pop_back();
  }
  return measured;
}

protogcn::FormModel FitForm(std::span<const MeasuredClip> clips) {
  const auto correct =
      std::count_if(clips.begin(), clips.end(), [](const MeasuredClip& clip) { return clip.correct; });
  if (std::min<std::ptrdiff_t>(correct, std::ssize(clips) - correct) < kMinFormClips) return {};
  std::vector<std::vector<float>> knots;
  knots.reserve(skeleton::kMeasureCount);
  for (int measure = 0; measure < skeleton::kMeasureCount; ++measure) knots.push_back(Knots(clips, measure));
  const Design design = MakeDesign(clips, knots);
  const std::vector<double> beta = FitLogistic(design);

  protogcn::FormModel model;
  model.bias = static_cast<float>(beta.back());
  size_t column = 0;
  for (int measure = 0; measure < skeleton::kMeasureCount; ++measure) {
    if (knots[measure].empty()) continue;
    protogcn::FormModel::Curve& curve = model.curves[static_cast<skeleton::Measure>(measure)];
    curve.knots = knots[measure];
    double centre = 0;
    for (size_t i = 0; i < curve.knots.size(); ++i) centre += beta[column + i] * design.means[column + i];
    for (size_t i = 0; i < curve.knots.size(); ++i)
      curve.values.push_back(static_cast<float>(beta[column + i] - centre));
    column += curve.knots.size();
  }
  return model;
}

LogitsOfOthers JudgedByOtherFolds(std::span<const MeasuredClip> clips) {
  std::set<int> folds;
  for (const MeasuredClip& clip : clips) folds.insert(clip.fold);
  LogitsOfOthers judged;
  for (const int fold : folds) {
    std::vector<MeasuredClip> others;
    std::copy_if(clips.begin(), clips.end(), std::back_inserter(others),
                 [fold](const MeasuredClip& clip) { return clip.fold != fold; });
    const protogcn::FormModel model = FitForm(others);
    if (model.empty()) continue;
    for (const MeasuredClip& clip : clips) {
      if (clip.fold != fold) continue;
      if (const auto logit = MeanLogit(model, clip))
        (clip.correct ? judged.correct : judged.incorrect).push_back(*logit);
    }
  }
  return judged;
}

std::vector<float> CorrectLogits(const protogcn::FormModel& model, std::span<const MeasuredClip> clips) {
  std::vector<float> logits;
  for (const MeasuredClip& clip : clips) {
    if (!clip.correct) continue;
    for (const skeleton::Measurements& window : clip.windows) {
      if (const auto logit = model.Logit(window)) logits.push_back(*logit);
    }
  }
  std::sort(logits.begin(), logits.end());
  return logits;
}

}  // namespace trackfit::training
