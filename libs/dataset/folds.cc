#include "dataset/folds.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace trackfit::dataset {
namespace {

std::string GroupOf(const Clip& clip) { return clip.group.empty() ? OriginalId(clip.id) : clip.group; }

// Synthesised clips show no person: they are always trained on, and no fold is evaluated on them.
bool IsSynthesised(const Clip& clip) {
  return clip.kind == SourceKind::kMannequin || clip.kind == SourceKind::kSynthetic;
}

using FormCounts = std::map<std::string, int>;

struct Group {
  std::string name;
  FormCounts clips;  // of its most frequent exercise, by form
  int size = 0;
};

// The fold's clips of each form, weighted by how many of that form the group has.
int Overlap(const FormCounts& fold, const FormCounts& group) {
  int overlap = 0;
  for (const auto& [form, count] : group) {
    if (const auto found = fold.find(form); found != fold.end()) overlap += count * found->second;
  }
  return overlap;
}

int Total(const FormCounts& counts) {
  int total = 0;
  for (const auto& [form, count] : counts) total += count;
  return total;
}

}  // namespace

std::map<std::string, int> GroupedFolds(const std::vector<Clip>& clips, int folds) {
  std::map<std::string, std::map<std::string, FormCounts>> counted;  // group, exercise, form
  for (const Clip& clip : clips) {
    if (!IsSynthesised(clip)) ++counted[GroupOf(clip)][clip.exercise][clip.form];
  }

  std::map<std::string, std::vector<Group>> by_exercise;
  for (const auto& [name, exercises] : counted) {
    const auto most = std::max_element(exercises.begin(), exercises.end(), [](const auto& a, const auto& b) {
      return Total(a.second) < Total(b.second);
    });
    by_exercise[most->first].push_back({name, most->second, Total(most->second)});
  }

  std::map<std::string, int> result;
  for (auto& [exercise, groups] : by_exercise) {
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Group& a, const Group& b) { return a.size > b.size; });
    std::vector<FormCounts> placed(folds);
    for (const Group& group : groups) {
      const auto cost = [&](const FormCounts& fold) {
        return std::tuple(Overlap(fold, group.clips), Total(fold));
      };
      const auto best =
          std::min_element(placed.begin(), placed.end(),
                           [&](const FormCounts& a, const FormCounts& b) { return cost(a) < cost(b); });
      for (const auto& [form, count] : group.clips) (*best)[form] += count;
      result[group.name] = static_cast<int>(best - placed.begin());
    }
  }
  return result;
}

int FoldOf(const std::map<std::string, int>& folds, const Clip& clip) {
  const auto found = folds.find(GroupOf(clip));
  return found == folds.end() ? -1 : found->second;
}

}  // namespace trackfit::dataset
