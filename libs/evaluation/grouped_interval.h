// 95 % confidence intervals for clips that come in groups: those of one person or scene are right or wrong
// together, so groups are drawn, not clips. Source: Field and Welsh, "Bootstrapping clustered data", 2007.
#ifndef TRACKFIT_EVALUATION_GROUPED_INTERVAL_H_
#define TRACKFIT_EVALUATION_GROUPED_INTERVAL_H_

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

namespace trackfit::evaluation {

struct Interval {
  double low = 0;
  double high = 0;
};

struct GroupedOutcome {
  std::string group;
  bool right = false;
};

// How many are right, of how many, in how many groups.
struct GroupedShare {
  int right = 0;
  int total = 0;
  int groups = 0;
  Interval interval;  // of share(); [0, 1] for no outcomes, and for mixed ones of a single group

  double share() const { return total > 0 ? static_cast<double>(right) / total : 0; }
};

// The interval holds the middle 95 % of the shares in 2,000 bootstrap draws of the groups, the same in every
// run. Where all groups are alike, all right or all wrong, the bootstrap is blind, and the open end is that
// of an exact binomial interval over the groups: 0.025^(1 / groups) for all right.
GroupedShare ShareOf(std::span<const GroupedOutcome> outcomes);

struct GroupedScore {
  std::string group;
  double score = 0;
};

struct GroupedAuroc {
  double auroc = 0;  // as Auroc(): NaN when either side is empty
  Interval interval;
};

// Positives against negatives. A group with both is drawn as a whole; [0, 1] where one side is empty.
GroupedAuroc AurocOf(std::span<const GroupedScore> positives, std::span<const GroupedScore> negatives);

// "45 of 50,  90.0 % (81 to 96)"; "-" for no outcomes.
std::string ToText(const GroupedShare& share);
nlohmann::json ToJson(const GroupedShare& share);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_GROUPED_INTERVAL_H_
