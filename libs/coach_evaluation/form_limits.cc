#include "coach_evaluation/form_limits.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <regex>
#include <set>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "repetitions/judge.h"

namespace trackfit::coach_evaluation {
namespace {

using repetitions::Condition;
using repetitions::Criterion;
using repetitions::FindingLevel;

constexpr size_t kLeastSamples = 5;
constexpr double kCostOfFalseAlarm = 3;
// Limits within this share of the best gain are as good; their middle is taken.
constexpr double kAsGood = 0.004;
// What is doubtful begins where this share of the faulty is still better.
constexpr double kUndoubted = 0.05;

enum class Side { kLow, kHigh, kBoth };

Side SideOf(const Criterion& criterion) {
  if (criterion.good.high == repetitions::kNoLimit) return Side::kLow;
  return criterion.good.low == -repetitions::kNoLimit ? Side::kHigh : Side::kBoth;
}

// So that a larger value is always worse.
double Badness(Side side, double measured) {
  switch (side) {
    case Side::kLow:
      return -measured;
    case Side::kHigh:
      return measured;
    case Side::kBoth:
      return std::abs(measured);
  }
  return measured;
}

struct Evidence {
  std::vector<double> faulty;
  std::vector<double> good;
};

double ShareAbove(const std::vector<double>& values, double limit) {
  return static_cast<double>(std::ranges::count_if(values, [&](double v) { return v > limit; })) /
         static_cast<double>(values.size());
}

// `sorted` is not empty.
double Quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<size_t>(std::lround(share * static_cast<double>(sorted.size() - 1)))];
}

double Gain(const std::map<std::string, Evidence>& sets, double limit) {
  double found = 0, alarms = 0;
  int with_faulty = 0, with_good = 0;
  for (const auto& [name, set] : sets) {
    if (!set.faulty.empty()) {
      found += ShareAbove(set.faulty, limit);
      ++with_faulty;
    }
    if (!set.good.empty()) {
      alarms += ShareAbove(set.good, limit);
      ++with_good;
    }
  }
  return found / with_faulty - kCostOfFalseAlarm * alarms / with_good;
}

std::optional<Limits> Fit(const std::map<std::string, Evidence>& sets, Side side, bool doubtful) {
  std::vector<double> faulty, good, names;
  for (const auto& [name, set] : sets) {
    faulty.insert(faulty.end(), set.faulty.begin(), set.faulty.end());
    good.insert(good.end(), set.good.begin(), set.good.end());
  }
  if (faulty.size() < kLeastSamples || good.size() < kLeastSamples) return std::nullopt;
  std::ranges::sort(good);
  std::vector<double> all = good;
  all.insert(all.end(), faulty.begin(), faulty.end());
  std::ranges::sort(all);
  std::vector<std::pair<double, double>> gains;  // limit, gain
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    const double limit = (all[i] + all[i + 1]) / 2;
    gains.emplace_back(limit, Gain(sets, limit));
  }
  const double best = std::ranges::max_element(gains, {}, &std::pair<double, double>::second)->second;
  std::erase_if(gains, [&](const auto& gain) { return gain.second < best - kAsGood; });
  const double clearly = (gains.front().first + gains.back().first) / 2;
  const double median = Quantile(good, 0.5);
  std::ranges::sort(faulty);
  const double wanted = doubtful ? Quantile(faulty, kUndoubted) : Quantile(good, 0.9);
  const double slightly =
      std::min(clearly - 0.25 * (clearly - median), std::max(wanted, median + 0.3 * (clearly - median)));
  Limits limits;
  limits.slightly = static_cast<float>(std::max(clearly - slightly, 1e-3));
  const auto limit = static_cast<float>(slightly);
  if (side == Side::kLow) {
    limits.good.low = -limit;
  } else {
    limits.good.high = limit;
    if (side == Side::kBoth) limits.good.low = -limit;
  }
  std::vector<std::string> from;
  from.reserve(sets.size());
  for (const auto& [name, set] : sets) from.push_back(name);
  limits.source = absl::StrCat("fitted to ", absl::StrJoin(from, ", "), ": ", faulty.size(),
                               " with the fault, ", good.size(), " without any");
  return limits;
}

const Criterion& CriterionAt(const Condition& condition, size_t index) {
  return index == 0 ? condition : condition.other_views[index - 1];
}

std::string GoodOf(const repetitions::Range& good) {
  std::vector<std::string> ends;
  if (good.low > -repetitions::kNoLimit) ends.push_back(absl::StrFormat("least: %.3g", good.low));
  if (good.high < repetitions::kNoLimit) ends.push_back(absl::StrFormat("most: %.3g", good.high));
  return absl::StrCat("good: {", absl::StrJoin(ends, ", "), "}");
}

}  // namespace

int CriterionOf(const Condition& condition, repetitions::View view) {
  if (condition.JudgedIn(view)) return 0;
  for (size_t i = 0; i < condition.other_views.size(); ++i) {
    if (condition.other_views[i].JudgedIn(view)) return static_cast<int>(i) + 1;
  }
  return -1;
}

FittedLimits FitLimits(const std::vector<const FormSample*>& samples, const FaultTable& faults) {
  std::map<std::pair<std::string, size_t>, std::map<std::string, Evidence>> evidence;
  std::map<std::pair<std::string, size_t>, Side> sides;
  std::map<std::pair<std::string, size_t>, bool> doubtful;
  for (const FormSample* sample : samples) {
    const Fault* fault = nullptr;
    for (const Fault& known : faults.Of(sample->exercise->name)) {
      if (known.name == sample->fault) fault = &known;
    }
    if (!sample->correct && fault == nullptr) continue;
    for (size_t i = 0; i < sample->exercise->conditions.size(); ++i) {
      const Condition& condition = sample->exercise->conditions[i];
      const float measured = sample->measured[i];
      const int criterion = CriterionOf(condition, sample->view);
      if (criterion < 0 || !std::isfinite(measured)) continue;
      const std::pair key{condition.code, static_cast<size_t>(criterion)};
      const Side side = SideOf(CriterionAt(condition, key.second));
      sides[key] = side;
      doubtful[key] = CriterionAt(condition, key.second).doubtful;
      Evidence& of_set = evidence[key][sample->data_set];
      if (sample->correct) {
        of_set.good.push_back(Badness(side, measured));
      } else if (fault->codes.front() == condition.code) {
        of_set.faulty.push_back(Badness(side, measured));
      }
    }
  }
  FittedLimits limits;
  for (const auto& [key, sets] : evidence) {
    if (const std::optional<Limits> fitted = Fit(sets, sides[key], doubtful[key])) limits[key] = *fitted;
  }
  return limits;
}

FindingLevel LevelWith(const FittedLimits& limits, const FormSample& sample, size_t condition) {
  const Condition& judged = sample.exercise->conditions[condition];
  const auto fitted = limits.find({judged.code, static_cast<size_t>(CriterionOf(judged, sample.view))});
  const float measured = sample.measured[condition];
  if (fitted == limits.end() || !std::isfinite(measured)) return sample.repetition.findings[condition].level;
  return LevelOf(*judged.In(sample.view), OffBy(fitted->second.good, fitted->second.slightly, measured));
}

absl::StatusOr<std::string> WithLimits(const std::string& yaml, const repetitions::Exercise& exercise,
                                       const FittedLimits& limits) {
  static const std::regex kGood(R"(good: \{[^}]*\})");
  static const std::regex kSlightly(R"((slightly|doubtful): [-0-9.e]+)");
  static const std::regex kComment(R"(  # fitted to .*$)");
  std::vector<std::string> lines = absl::StrSplit(yaml, '\n');
  std::set<std::pair<std::string, size_t>> written;
  std::string code;
  size_t criterion = 0;
  for (std::string& line : lines) {
    if (line.starts_with("  - code: ")) {
      code = line.substr(std::string_view("  - code: ").size());
      criterion = 0;
    }
    const bool other = line.starts_with("      - {measure:");
    if (other) ++criterion;
    const std::pair key{code, other ? criterion : size_t{0}};
    const auto fitted = limits.find(key);
    if (fitted == limits.end()) continue;
    const bool own_good = line.starts_with("    good: ");
    if (own_good || other) {
      line = std::regex_replace(line, kComment, "");
      line = std::regex_replace(line, kGood, GoodOf(fitted->second.good),
                                std::regex_constants::format_first_only) +
             "  # " + fitted->second.source;
      written.insert(key);
    }
    if (other || line.starts_with("    slightly: ") || line.starts_with("    doubtful: ")) {
      line = std::regex_replace(line, kSlightly, absl::StrFormat("$1: %.3g", fitted->second.slightly),
                                std::regex_constants::format_first_only);
    }
  }
  for (const Condition& condition : exercise.conditions) {
    for (size_t i = 0; i <= condition.other_views.size(); ++i) {
      const std::pair key{condition.code, i};
      if (limits.contains(key) && !written.contains(key)) {
        return absl::InvalidArgumentError(absl::StrCat("cannot find criterion ", i, " of ", condition.code,
                                                       " in the text of ", exercise.name));
      }
    }
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace trackfit::coach_evaluation
