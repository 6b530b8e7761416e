#include "evaluation/grouped_interval.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "evaluation/metrics.h"
#include "synthesis/random.h"

namespace trackfit::evaluation {
namespace {

constexpr int kDraws = 2000;
constexpr double kTail = 0.025;

// The middle 95 % of a statistic of as many groups as there are, drawn with replacement. `statistic` takes
// how often each group was drawn; draws for which it is NaN do not count.
Interval Bootstrap(size_t groups, const std::function<double(std::span<const int> times)>& statistic) {
  const synthesis::NamedRandom random(0);
  std::vector<double> values;
  std::vector<int> times(groups);
  for (uint64_t draw = 0; draw < kDraws; ++draw) {
    std::fill(times.begin(), times.end(), 0);
    for (size_t i = 0; i < groups; ++i)
      ++times[static_cast<size_t>(random.Uniform("group", draw * groups + i) * static_cast<double>(groups))];
    const double value = statistic(times);
    if (!std::isnan(value)) values.push_back(value);
  }
  if (values.empty()) return {0, 1};
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return {values[static_cast<size_t>(std::lround(kTail * last))],
          values[static_cast<size_t>(std::lround((1 - kTail) * last))]};
}

}  // namespace

GroupedShare ShareOf(std::span<const GroupedOutcome> outcomes) {
  struct Count {
    int right = 0;
    int total = 0;
  };
  std::map<std::string, Count> by_group;
  GroupedShare share;
  for (const GroupedOutcome& outcome : outcomes) {
    Count& count = by_group[outcome.group];
    ++count.total;
    count.right += outcome.right ? 1 : 0;
    share.right += outcome.right ? 1 : 0;
  }
  share.total = static_cast<int>(outcomes.size());
  share.groups = static_cast<int>(by_group.size());
  if (share.total == 0) {
    share.interval = {0, 1};
    return share;
  }
  const double alike = std::pow(kTail, 1.0 / share.groups);
  if (share.right == share.total) {
    share.interval = {alike, 1};
    return share;
  }
  if (share.right == 0) {
    share.interval = {0, 1 - alike};
    return share;
  }
  if (share.groups == 1) {
    share.interval = {0, 1};
    return share;
  }
  std::vector<Count> counts;
  counts.reserve(by_group.size());
  for (const auto& [group, count] : by_group) counts.push_back(count);
  share.interval = Bootstrap(counts.size(), [&](std::span<const int> times) {
    int right = 0, total = 0;
    for (size_t i = 0; i < counts.size(); ++i) {
      right += times[i] * counts[i].right;
      total += times[i] * counts[i].total;
    }
    return static_cast<double>(right) / total;
  });
  return share;
}

GroupedAuroc AurocOf(std::span<const GroupedScore> positives, std::span<const GroupedScore> negatives) {
  struct Scores {
    std::vector<double> positives, negatives;
  };
  std::map<std::string, Scores> by_group;
  Scores all;
  for (const GroupedScore& score : positives) {
    by_group[score.group].positives.push_back(score.score);
    all.positives.push_back(score.score);
  }
  for (const GroupedScore& score : negatives) {
    by_group[score.group].negatives.push_back(score.score);
    all.negatives.push_back(score.score);
  }
  std::vector<Scores> groups;
  groups.reserve(by_group.size());
  for (const auto& [group, scores] : by_group) groups.push_back(scores);
  return {.auroc = Auroc(all.positives, all.negatives),
          .interval = Bootstrap(groups.size(), [&](std::span<const int> times) {
            Scores drawn;
            for (size_t i = 0; i < groups.size(); ++i) {
              for (int n = 0; n < times[i]; ++n) {
                drawn.positives.insert(drawn.positives.end(), groups[i].positives.begin(),
                                       groups[i].positives.end());
                drawn.negatives.insert(drawn.negatives.end(), groups[i].negatives.begin(),
                                       groups[i].negatives.end());
              }
            }
            return Auroc(drawn.positives, drawn.negatives);
          })};
}

std::string ToText(const GroupedShare& share) {
  if (share.total == 0) return "-";
  return absl::StrFormat("%d of %d, %5.1f %% (%.0f to %.0f)", share.right, share.total, 100 * share.share(),
                         100 * share.interval.low, 100 * share.interval.high);
}

nlohmann::json ToJson(const GroupedShare& share) {
  return {{"right", share.right},
          {"total", share.total},
          {"groups", share.groups},
          {"share", share.share()},
          {"interval", {share.interval.low, share.interval.high}}};
}

}  // namespace trackfit::evaluation
