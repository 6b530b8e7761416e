#include "model_store/model_trial.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "skeleton/pose.h"

namespace trackfit::model_store {
namespace {

using assessment::Assessment;
using assessment::Assessor;
using Window = std::vector<skeleton::Pose>;

enum class Figure { kStanding, kMoving, kHardlySeen };

// Sums of probabilities are rounded.
constexpr double kRounding = 1e-3;

Window Show(Figure figure, const Assessor& assessor) {
  Window window(static_cast<std::size_t>(assessor.window_frames()));
  for (std::size_t i = 0; i < window.size(); ++i) {
    const double seconds = static_cast<double>(i) / assessor.rate_hz();
    skeleton::Pose& pose = window[i];
    pose.sequence = i;
    pose.timestamp_us = static_cast<std::int64_t>(seconds * 1e6);
    for (int joint = 0; joint < skeleton::kJointCount; ++joint) {
      const auto place = static_cast<float>(joint) / skeleton::kJointCount;
      auto& landmark = pose.landmarks[static_cast<std::size_t>(joint)];
      landmark = {0.4F + 0.2F * static_cast<float>(joint % 2), place, 0, 1, 1};
      if (figure == Figure::kStanding) continue;
      landmark.y += 0.1F * static_cast<float>(std::sin(3 * seconds + joint));
      landmark.z = 0.1F * static_cast<float>(std::cos(2 * seconds + joint));
      if (figure == Figure::kHardlySeen && joint % 3 == 0) {
        landmark.x = landmark.y = landmark.z = std::numeric_limits<float>::quiet_NaN();
        landmark.visibility = landmark.presence = 0;
      }
    }
  }
  return window;
}

bool IsProbability(double value) { return value >= -kRounding && value <= 1 + kRounding; }

// What no assessment can have; empty: nothing.
std::string WrongIn(const Assessment& answer) {
  if (answer.classes.empty()) return "names no exercise";
  for (const auto& score : answer.classes) {
    if (!IsProbability(score.probability)) {
      return absl::StrCat("gives ", score.exercise, " the probability ", score.probability);
    }
  }
  if (!IsProbability(answer.confidence) || !IsProbability(answer.known_score))
    return absl::StrCat("is sure to ", answer.confidence, " and knows to ", answer.known_score);
  if (!std::isfinite(answer.quality.cosine) || !std::isfinite(answer.quality.score))
    return "rates the form by a number that is not finite";
  if (!std::ranges::all_of(answer.embedding, [](float value) { return std::isfinite(value); }))
    return "has an embedding that is not finite";
  for (const auto& joint : answer.joint_errors) {
    if (!std::isfinite(joint.error) || !std::isfinite(joint.percentile))
      return "says of a joint what is not finite";
  }
  return "";
}

std::optional<RefusedModel> CheckAnswers(const Assessor& candidate) {
  for (const Figure figure : {Figure::kStanding, Figure::kMoving, Figure::kHardlySeen}) {
    const auto answer = candidate.Assess(Show(figure, candidate), "");
    const std::string wrong = answer.ok() ? WrongIn(*answer) : std::string(answer.status().message());
    if (!wrong.empty()) return RefusedModel{Refusal::kWrongAnswers, absl::StrCat("a trial window ", wrong)};
  }
  return std::nullopt;
}

double Median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

std::optional<RefusedModel> CheckSpeed(const Assessor& candidate, const Assessor& served,
                                       const TrialOptions& options) {
  const auto time = [&options](const Assessor& assessor, const Window& window) {
    const double start = options.clock();
    assessor.Assess(window, "").IgnoreError();
    return options.clock() - start;
  };
  const Window new_window = Show(Figure::kMoving, candidate);
  const Window old_window = Show(Figure::kMoving, served);
  std::vector<double> new_times;
  std::vector<double> old_times;
  for (int turn = 0; turn < options.windows; ++turn) {
    old_times.push_back(time(served, old_window));
    new_times.push_back(time(candidate, new_window));
  }
  const double slowdown = Median(new_times) / std::max(Median(old_times), 1e-9);
  if (slowdown <= options.max_slowdown) return std::nullopt;
  return RefusedModel{Refusal::kSlow,
                      absl::StrCat("a window takes ", Median(new_times) * 1000, " ms, ", slowdown,
                                   " times as long as the served version's; --max-model-slowdown allows ",
                                   options.max_slowdown, " times")};
}

}  // namespace

double TrialOptions::ThreadSeconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::optional<RefusedModel> Try(const Assessor& candidate, const Assessor* served,
                                const TrialOptions& options) {
  auto refused = CheckAnswers(candidate);
  if (!refused && served != nullptr) refused = CheckSpeed(candidate, *served, options);
  return refused;
}

}  // namespace trackfit::model_store
