#include "coach_evaluation/counting_report.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace trackfit::coach_evaluation {
namespace {

using nlohmann::ordered_json;

// By data set and exercise, in the order of the clips.
std::vector<std::pair<const CountedClip*, std::vector<const CountedClip*>>> Grouped(
    const std::vector<CountedClip>& clips) {
  std::vector<std::pair<const CountedClip*, std::vector<const CountedClip*>>> groups;
  for (const CountedClip& clip : clips) {
    auto group = std::ranges::find_if(groups, [&](const auto& entry) {
      return entry.first->data_set == clip.data_set && entry.first->exercise == clip.exercise;
    });
    if (group == groups.end()) group = groups.insert(groups.end(), {&clip, {}});
    group->second.push_back(&clip);
  }
  return groups;
}

std::string SecondsOrDash(const std::optional<double>& seconds) {
  return seconds ? absl::StrFormat("%.2f", *seconds) : "-";
}

std::string Row(const std::string& data_set, const std::string& exercise, const CountingFigures& figures) {
  return absl::StrFormat("%-32s %-20s %5d %6d %6d %7d %7.1f %8.1f %9.3f %7d %9s %7s\n", data_set, exercise,
                         figures.clips, figures.known, figures.found, figures.partial, 100 * figures.exact,
                         100 * figures.off_by_one, figures.relative_error, figures.outside,
                         SecondsOrDash(figures.boundary_s), SecondsOrDash(figures.delay_s));
}

ordered_json OrNull(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

}  // namespace

std::string CountingTable(const std::vector<CountedClip>& clips, bool each_clip) {
  std::string table = absl::StrFormat("%-32s %-20s %5s %6s %6s %7s %7s %8s %9s %7s %9s %7s\n", "data set",
                                      "exercise", "clips", "known", "found", "partial", "exact %", "off <= 1",
                                      "|e|/count", "outside", "bounds s", "delay s");
  for (const auto& [first, group] : Grouped(clips))
    absl::StrAppend(&table, Row(first->data_set, first->exercise, FiguresOf(group)));
  std::vector<const CountedClip*> all;
  all.reserve(clips.size());
  for (const CountedClip& clip : clips) all.push_back(&clip);
  absl::StrAppend(&table, Row("all", "", FiguresOf(all)));
  if (!each_clip) return table;
  for (const CountedClip& clip : clips) {
    if (clip.error() == 0) continue;
    absl::StrAppend(&table, absl::StrFormat("%s %s %s: %d instead of %d:", clip.data_set, clip.id,
                                            clip.exercise, clip.found.size(), *clip.known));
    for (const Found& found : clip.found) {
      absl::StrAppendFormat(&table, " %.1f-%.1f(%.2f)", found.span.start_s, found.span.end_s, found.range);
    }
    table += '\n';
  }
  return table;
}

ordered_json CountingJson(const std::vector<CountedClip>& clips) {
  ordered_json figures_of_all = ordered_json::array();
  for (const auto& [first, group] : Grouped(clips)) {
    const CountingFigures figures = FiguresOf(group);
    figures_of_all.push_back({{"data_set", first->data_set},
                              {"exercise", first->exercise},
                              {"clips", figures.clips},
                              {"known", figures.known},
                              {"found", figures.found},
                              {"partial", figures.partial},
                              {"exact", figures.exact},
                              {"off_by_one", figures.off_by_one},
                              {"relative_error", figures.relative_error},
                              {"outside", figures.outside},
                              {"seconds_outside", figures.seconds_outside},
                              {"boundary_s", OrNull(figures.boundary_s)},
                              {"delay_s", OrNull(figures.delay_s)}});
  }
  ordered_json each = ordered_json::array();
  for (const CountedClip& clip : clips) {
    ordered_json found = ordered_json::array();
    for (const Found& repetition : clip.found) {
      found.push_back({{"start_s", repetition.span.start_s},
                       {"end_s", repetition.span.end_s},
                       {"reported_s", repetition.reported_s},
                       {"range", repetition.range},
                       {"complete", repetition.complete}});
    }
    each.push_back({{"data_set", clip.data_set},
                    {"id", clip.id},
                    {"group", clip.group},
                    {"exercise", clip.exercise},
                    {"known", clip.known ? ordered_json(*clip.known) : ordered_json(nullptr)},
                    {"found", std::move(found)}});
  }
  return {{"figures", std::move(figures_of_all)}, {"clips", std::move(each)}};
}

absl::StatusOr<std::map<std::string, int>> ReadCounts(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot open ", path));
  std::string line;
  const auto next = [&] {
    if (!std::getline(file, line)) return false;
    if (line.ends_with('\r')) line.pop_back();
    return true;
  };
  next();
  const std::vector<std::string> header = absl::StrSplit(line, ',');
  const auto column = [&](const std::string& name) {
    return static_cast<size_t>(std::ranges::find(header, name) - header.begin());
  };
  const size_t id = column("id"), reps = column("reps"), sure = column("reps_sure");
  if (id == header.size() || reps == header.size())
    return absl::InvalidArgumentError(absl::StrCat(path, ": the columns id and reps are needed"));
  std::map<std::string, int> counts;
  for (int number = 2; next(); ++number) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    if (cells.size() <= std::max(id, reps) || cells[reps].empty()) continue;
    if (sure < header.size() && (cells.size() <= sure || cells[sure] != "y")) continue;
    int count = 0;
    if (!absl::SimpleAtoi(cells[reps], &count) || count < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ":", number, ": reps is \"", cells[reps], "\", not a count"));
    }
    counts[cells[id]] = count;
  }
  return counts;
}

}  // namespace trackfit::coach_evaluation
