#include "assessment/clip_summary.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_format.h"
#include "assessment/evidence.h"

namespace trackfit::assessment {
namespace {

// One window that is sure must not outweigh the others.
constexpr double kMostLogOdds = 4;
// How much repetitions tell, in log-odds, chosen on training groups: docs/adr/0027-the-movement-decides.md.
// Two seconds without any say nothing, because the first is not over; twice
// kSecondsOfRepetition would say no more than once, which outweighs all windows.
constexpr int kRepetitionsOfSet = 2;
constexpr double kOfSet = 0.5;
constexpr double kOfSecondInVain = -0.6;
constexpr double kLeastSecondsInVain = 2;
// Less than most repetitions take.
constexpr int64_t kLittleEvidenceUs = 2'000'000;

double LogOdds(double probability) {
  constexpr double kSmallest = 1e-6;
  const double p = std::clamp(probability, kSmallest, 1 - kSmallest);
  return std::log(p / (1 - p));
}

double Logistic(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

// Where few windows show enough, those may be noise of a person who keeps still. One window of three is more
// than noise; so are ten windows (8 s of movement with the default windows) that are one of twenty, as where
// rests are much longer than sets.
bool IsEnough(int sufficient, int all) {
  return 3 * sufficient >= all || (sufficient >= 10 && 20 * sufficient >= all);
}

}  // namespace

void ClipSummary::Add(const Assessment& window) {
  const bool first = state_.sufficient.windows + state_.held_back.windows == 0;
  state_.first_sequence =
      first ? window.first_sequence : std::min(state_.first_sequence, window.first_sequence);
  state_.last_sequence = std::max(state_.last_sequence, window.last_sequence);
  state_.model_version = window.model_version;
  state_.known_threshold = window.known_threshold;
  state_.background = window.background;
  if (window.held_back()) {
    for (const Notice& notice : window.notices) {
      const auto same = [&](const Notice& other) { return other.code == notice.code; };
      if (std::ranges::none_of(state_.notices, same)) state_.notices.push_back(notice);
    }
  }
  (window.held_back() ? state_.held_back : state_.sufficient).Add(window);
}

void ClipSummary::AddRepetition(const std::string& exercise) { ++state_.repetitions[exercise]; }

void ClipSummary::Sums::Add(const Assessment& window) {
  ++windows;
  const double log_odds = std::clamp(LogOdds(window.known_score), -kMostLogOdds, kMostLogOdds);
  known_log_odds += log_odds;
  known_score += window.known_score;
  coverage.Add(window);
  embedding.resize(std::max(embedding.size(), window.embedding.size()));
  for (size_t i = 0; i < window.embedding.size(); ++i) embedding[i] += window.embedding[i];
  Named& same_name = named[window.exercise];
  ++same_name.windows;
  same_name.known_log_odds += log_odds;
  same_name.coverage.Add(window);
  same_name.counted = window.counted;
  same_name.title = window.exercise_title;
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

int ClipSummary::RepetitionsOf(const std::string& exercise) const {
  const auto found = state_.repetitions.find(exercise);
  return found == state_.repetitions.end() ? 0 : found->second;
}

bool ClipSummary::HasSet(const std::string& exercise, const Named& named) const {
  return named.counted && RepetitionsOf(exercise) >= kRepetitionsOfSet;
}

void ClipSummary::DecideExercise(const Sums& all, Assessment& overall) const {
  const auto has_set = [this](const auto& named) { return HasSet(named.first, named.second); };
  const bool of_sets = std::ranges::any_of(all.named, has_set);
  double best = -1;
  for (const auto& [exercise, sum] : all.probability) {
    const auto named = all.named.find(exercise);
    if (named == all.named.end() || (of_sets && !has_set(*named)) || sum <= best) continue;
    overall.exercise = exercise;
    overall.exercise_title = named->second.title;
    best = sum;
  }
}

double ClipSummary::WhatRepetitionsTell(const std::string& exercise, const Named& named) const {
  if (!named.counted) return 0;
  const double in_vain_s = named.coverage.us() * 1e-6 - kSecondsOfRepetition * RepetitionsOf(exercise);
  return (HasSet(exercise, named) ? kOfSet : 0) +
         kOfSecondInVain *
             (std::clamp(in_vain_s, kLeastSecondsInVain, kSecondsOfRepetition) - kLeastSecondsInVain);
}

void ClipSummary::DecideKnown(const Sums& all, Assessment& overall) const {
  const auto found = all.named.find(overall.exercise);
  const Named named = found == all.named.end() ? Named() : found->second;
  const double of_windows = HasSet(overall.exercise, named) ? named.known_log_odds / named.windows
                                                            : all.known_log_odds / all.windows;
  overall.known_score =
      static_cast<float>(Logistic(of_windows + WhatRepetitionsTell(overall.exercise, named)));
  overall.known_threshold = state_.known_threshold;
  overall.known = overall.known_score >= state_.known_threshold;
  overall.counted = named.counted;
  if (!overall.known && Logistic(of_windows) >= state_.known_threshold) {
    overall.notices.push_back(LackOfRepetitions(overall.exercise, RepetitionsOf(overall.exercise),
                                                named.coverage.us() * 1e-6, state_.last_sequence));
  }

  // Probabilities follow known_score.
  const double mean_known = all.known_score / all.windows;
  overall.background = state_.background;
  for (const auto& [exercise, sum] : all.probability) {
    double probability = sum / all.windows;
    if (exercise == state_.background) {
      probability = 1 - overall.known_score;
    } else if (!state_.background.empty() && mean_known > 0) {
      probability *= overall.known_score / mean_known;
    }
    overall.classes.push_back({exercise, static_cast<float>(probability)});
    if (exercise == overall.exercise) overall.confidence = overall.classes.back().probability;
  }
  std::stable_sort(overall.classes.begin(), overall.classes.end(),
                   [](const ClassScore& a, const ClassScore& b) { return a.probability > b.probability; });
}

std::optional<Assessment> ClipSummary::Overall() const {
  const Sums& all = state_.sufficient.windows > 0 ? state_.sufficient : state_.held_back;
  if (all.windows == 0) return std::nullopt;
  Assessment overall;
  overall.first_sequence = state_.first_sequence;
  overall.last_sequence = state_.last_sequence;
  overall.model_version = state_.model_version;
  overall.duration_us = std::llround(state_.sufficient.coverage.us());
  DecideExercise(all, overall);
  DecideKnown(all, overall);
  if (!IsEnough(state_.sufficient.windows, state_.sufficient.windows + state_.held_back.windows)) {
    overall.known = false;
    overall.notices = state_.notices;
  } else if (overall.duration_us > 0 && overall.duration_us < kLittleEvidenceUs) {
    overall.notices.push_back(
        {NoticeCode::kLittleEvidence,
         absl::StrFormat("All this rests on %.1f s of movement, less than a repetition takes: film longer",
                         static_cast<double>(overall.duration_us) * 1e-6),
         state_.last_sequence});
  }
  const double length =
      std::sqrt(std::inner_product(all.embedding.begin(), all.embedding.end(), all.embedding.begin(), 0.0));
  for (const double value : all.embedding)
    overall.embedding.push_back(static_cast<float>(length > 0 ? value / length : 0));

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
