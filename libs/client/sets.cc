#include "client/sets.h"

#include <algorithm>
#include <cstdint>

namespace trackfit::client {
namespace {

v1::FindingCount& CountOf(v1::SetSummary& set, const v1::Finding& finding) {
  const auto found =
      std::find_if(set.mutable_findings()->begin(), set.mutable_findings()->end(),
                   [&](const v1::FindingCount& count) { return count.code() == finding.code(); });
  if (found != set.mutable_findings()->end()) return *found;
  v1::FindingCount& count = *set.add_findings();
  count.set_code(finding.code());
  count.set_title(finding.title());
  return count;
}

void Add(const v1::Repetition& repetition, v1::SetSummary& set) {
  const int64_t before = set.repetitions() + set.partial();
  if (before == 0) set.set_start_us(repetition.start_us());
  set.set_end_us(repetition.end_us());
  set.set_repetitions(set.repetitions() + (repetition.complete() ? 1 : 0));
  set.set_partial(set.partial() + (repetition.complete() ? 0 : 1));
  set.set_correct(set.correct() + (repetition.correct() ? 1 : 0));
  set.set_score(set.score() + (repetition.score() - set.score()) / static_cast<float>(before + 1));
  set.set_under_tension_us(set.under_tension_us() + repetition.end_us() - repetition.start_us());
  set.set_held_us(std::max(set.held_us(), repetition.held_us()));
  for (const v1::Finding& finding : repetition.findings()) {
    if (finding.level() == v1::FINDING_LEVEL_NOT_JUDGED) continue;
    v1::FindingCount& count = CountOf(set, finding);
    count.set_judged(count.judged() + 1);
    if (finding.level() == v1::FINDING_LEVEL_SLIGHTLY) count.set_slightly(count.slightly() + 1);
    if (finding.level() == v1::FINDING_LEVEL_CLEARLY) count.set_clearly(count.clearly() + 1);
  }
}

}  // namespace

std::vector<v1::SetSummary> SetsOf(const std::vector<v1::Repetition>& repetitions) {
  std::vector<v1::SetSummary> sets;
  for (const v1::Repetition& repetition : repetitions) {
    if (sets.empty() || sets.back().set() != repetition.set()) {
      v1::SetSummary set;
      set.set_set(repetition.set());
      set.set_exercise(repetition.exercise());
      set.set_exercise_title(repetition.exercise_title());
      if (!sets.empty()) set.set_rest_us(repetition.start_us() - sets.back().end_us());
      sets.push_back(set);
    }
    Add(repetition, sets.back());
  }
  return sets;
}

}  // namespace trackfit::client
