#include "assessment/clip_summary.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trackfit::assessment {

void ClipSummary::Add(const Assessment& window) {
  first_sequence_ = windows_ == 0 ? window.first_sequence : std::min(first_sequence_, window.first_sequence);
  last_sequence_ = std::max(last_sequence_, window.last_sequence);
  ++windows_;
  known_windows_ += window.known ? 1 : 0;
  known_score_ += window.known_score;
  model_version_ = window.model_version;
  embedding_.resize(std::max(embedding_.size(), window.embedding.size()));
  for (size_t i = 0; i < window.embedding.size(); ++i) embedding_[i] += window.embedding[i];
  recognised_.insert(window.exercise);
  for (const ClassScore& score : window.classes) probability_[score.exercise] += score.probability;

  Judged& judged = judged_[window.judged_exercise];
  ++judged.windows;
  judged.rated = judged.rated || window.quality.level != QualityLevel::kUnspecified;
  judged.cosine += window.quality.cosine;
  judged.score += window.quality.score;
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    if (!window.joint_errors[j].judged) continue;
    ++judged.joint_windows[j];
    judged.error[j] += window.joint_errors[j].error;
    judged.percentile[j] += window.joint_errors[j].percentile;
  }
}

std::optional<Assessment> ClipSummary::Overall() const {
  if (windows_ == 0) return std::nullopt;
  Assessment overall;
  overall.first_sequence = first_sequence_;
  overall.last_sequence = last_sequence_;
  overall.model_version = model_version_;
  overall.known_score = static_cast<float>(known_score_ / windows_);
  overall.known = known_windows_ * 2 > windows_;
  const double length =
      std::sqrt(std::inner_product(embedding_.begin(), embedding_.end(), embedding_.begin(), 0.0));
  for (const double value : embedding_)
    overall.embedding.push_back(static_cast<float>(length > 0 ? value / length : 0));
  for (const auto& [exercise, sum] : probability_) {
    const auto probability = static_cast<float>(sum / windows_);
    overall.classes.push_back({exercise, probability});
    if (recognised_.contains(exercise) && (overall.exercise.empty() || probability > overall.confidence)) {
      overall.exercise = exercise;
      overall.confidence = probability;
    }
  }
  std::stable_sort(overall.classes.begin(), overall.classes.end(),
                   [](const ClassScore& a, const ClassScore& b) { return a.probability > b.probability; });

  auto judged = judged_.find(overall.exercise);
  if (judged == judged_.end()) {
    judged = std::max_element(judged_.begin(), judged_.end(), [](const auto& a, const auto& b) {
      return a.second.windows < b.second.windows;
    });
  }
  const auto& [exercise, sums] = *judged;
  const double windows = sums.windows;
  overall.judged_exercise = exercise;
  overall.quality.cosine = static_cast<float>(sums.cosine / windows);
  overall.quality.score = static_cast<float>(sums.score / windows);
  if (sums.rated) overall.quality.level = LevelOf(overall.quality.score);
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    const int joint_windows = sums.joint_windows[j];
    if (joint_windows == 0) {
      overall.joint_errors[j] = {.judged = false};
      continue;
    }
    overall.joint_errors[j] = {.error = static_cast<float>(sums.error[j] / joint_windows),
                               .percentile = static_cast<float>(sums.percentile[j] / joint_windows)};
  }
  return overall;
}

}  // namespace trackfit::assessment
