#include "assessment/clip_summary.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace trackfit::assessment {
namespace {

// Where few windows show enough, those may be noise of a person who keeps still. One window of three is more
// than noise; so are ten windows (8 s of movement with the default windows) that are one of twenty, as where
// rests are much longer than sets.
bool IsEnough(int sufficient, int all) {
  return 3 * sufficient >= all || (sufficient >= 10 && 20 * sufficient >= all);
}

}  // namespace

void ClipSummary::Add(const Assessment& window) {
  const bool first = sufficient_.windows + held_back_.windows == 0;
  first_sequence_ = first ? window.first_sequence : std::min(first_sequence_, window.first_sequence);
  last_sequence_ = std::max(last_sequence_, window.last_sequence);
  model_version_ = window.model_version;
  for (const Notice& notice : window.notices) {
    const auto same = [&](const Notice& other) { return other.code == notice.code; };
    if (std::ranges::none_of(notices_, same)) notices_.push_back(notice);
  }
  (window.held_back() ? held_back_ : sufficient_).Add(window);
}

void ClipSummary::Sums::Add(const Assessment& window) {
  ++windows;
  known_windows += window.known ? 1 : 0;
  known_score += window.known_score;
  embedding.resize(std::max(embedding.size(), window.embedding.size()));
  for (size_t i = 0; i < window.embedding.size(); ++i) embedding[i] += window.embedding[i];
  recognised.insert(window.exercise);
  for (const ClassScore& score : window.classes) probability[score.exercise] += score.probability;

  Judged& sums = judged[window.judged_exercise];
  ++sums.windows;
  sums.rated = sums.rated || window.quality.level != QualityLevel::kUnspecified;
  sums.cosine += window.quality.cosine;
  sums.score += window.quality.score;
  for (int j = 0; j < skeleton::kJointCount; ++j) {
    if (!window.joint_errors[j].judged) continue;
    ++sums.joint_windows[j];
    sums.error[j] += window.joint_errors[j].error;
    sums.percentile[j] += window.joint_errors[j].percentile;
  }
}

std::optional<Assessment> ClipSummary::Overall() const {
  const Sums& all = sufficient_.windows > 0 ? sufficient_ : held_back_;
  if (all.windows == 0) return std::nullopt;
  Assessment overall;
  overall.first_sequence = first_sequence_;
  overall.last_sequence = last_sequence_;
  overall.model_version = model_version_;
  overall.known_score = static_cast<float>(all.known_score / all.windows);
  overall.known = all.known_windows * 2 > all.windows;
  if (!IsEnough(sufficient_.windows, sufficient_.windows + held_back_.windows)) {
    overall.known = false;
    overall.notices = notices_;
  }
  const double length =
      std::sqrt(std::inner_product(all.embedding.begin(), all.embedding.end(), all.embedding.begin(), 0.0));
  for (const double value : all.embedding)
    overall.embedding.push_back(static_cast<float>(length > 0 ? value / length : 0));
  for (const auto& [exercise, sum] : all.probability) {
    const auto probability = static_cast<float>(sum / all.windows);
    overall.classes.push_back({exercise, probability});
    if (all.recognised.contains(exercise) && (overall.exercise.empty() || probability > overall.confidence)) {
      overall.exercise = exercise;
      overall.confidence = probability;
    }
  }
  std::stable_sort(overall.classes.begin(), overall.classes.end(),
                   [](const ClassScore& a, const ClassScore& b) { return a.probability > b.probability; });

  auto judged = all.judged.find(overall.exercise);
  if (judged == all.judged.end()) {
    judged = std::max_element(all.judged.begin(), all.judged.end(), [](const auto& a, const auto& b) {
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
