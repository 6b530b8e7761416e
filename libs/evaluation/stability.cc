#include "evaluation/stability.h"

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dataset/labels.h"
#include "evaluation/recognition.h"

namespace trackfit::evaluation {
namespace {

using dataset::Clip;

constexpr const char* kNone = "nothing known";

struct Verdict {
  std::string named;
  bool known = false;

  std::string decision() const { return known ? named : kNone; }
};

class RowBuilder {
 public:
  void Add(const std::string& group, const Verdict& original, const std::vector<Verdict>& variants) {
    ++clips_;
    bool stable = true;
    for (const Verdict& variant : variants) {
      const bool changed = variant.decision() != original.decision();
      stable = stable && !changed;
      changed_.push_back({.group = group, .right = changed});
      renamed_.push_back({.group = group, .right = variant.named != original.named});
    }
    unstable_ += stable ? 0 : 1;
  }

  StabilityRow Row(std::string name) const {
    return {.name = std::move(name),
            .clips = clips_,
            .changed = ShareOf(changed_),
            .renamed = ShareOf(renamed_),
            .unstable = unstable_};
  }

 private:
  int clips_ = 0;
  int unstable_ = 0;
  std::vector<GroupedOutcome> changed_;
  std::vector<GroupedOutcome> renamed_;
};

std::string RowText(const StabilityRow& row) {
  return absl::StrFormat("  %-24s %5d  %-32s %-32s %d\n", row.name, row.clips, ToText(row.changed),
                         ToText(row.renamed), row.unstable);
}

nlohmann::json ToJson(const StabilityRow& row) {
  return {{"name", row.name},
          {"clips", row.clips},
          {"changed", ToJson(row.changed)},
          {"renamed", ToJson(row.renamed)},
          {"unstable", row.unstable}};
}

}  // namespace

absl::StatusOr<Stability> MeasureStability(const AssessorPtr& assessor, const std::vector<Clip>& clips,
                                           const RunOptions& run) {
  const std::vector<std::string> classes = ClassesOf(*assessor);
  std::map<std::string, std::vector<const Clip*>> variants_of;
  for (const Clip& clip : clips) {
    const std::string original = dataset::OriginalId(clip.id);
    if (original != clip.id) variants_of[original].push_back(&clip);
  }
  struct Recording {
    const Clip* original = nullptr;
    const std::vector<const Clip*>* variants = nullptr;
    int label = 0;
    std::vector<Verdict> verdicts;  // of the original, then of the variants
  };
  std::vector<Recording> recordings;
  for (const Clip& clip : clips) {
    const auto label = dataset::LabelOf(clip, classes);
    const auto variants = variants_of.find(clip.id);
    if (label && variants != variants_of.end())
      recordings.push_back(
          {.original = &clip, .variants = &variants->second, .label = label->index, .verdicts = {}});
  }
  const absl::Status assessed = ForEach(static_cast<int>(recordings.size()), run, [&](int i) -> absl::Status {
    Recording& recording = recordings[static_cast<size_t>(i)];
    std::vector<const Clip*> all = {recording.original};
    all.insert(all.end(), recording.variants->begin(), recording.variants->end());
    for (const Clip* clip : all) {
      const auto overall = AssessPoses(assessor, ToPoseSequence(*clip), "", run.knowledge);
      if (!overall.ok()) return overall.status();
      recording.verdicts.push_back(
          *overall ? Verdict{.named = (*overall)->exercise, .known = (*overall)->known} : Verdict{});
    }
    return absl::OkStatus();
  });
  if (!assessed.ok()) return assessed;

  Stability stability;
  RowBuilder all;
  std::map<int, RowBuilder> by_class;
  for (const Recording& recording : recordings) {
    const Clip& original = *recording.original;
    const std::string& group = original.group.empty() ? original.id : original.group;
    const Verdict& before = recording.verdicts.front();
    const std::vector<Verdict> after(recording.verdicts.begin() + 1, recording.verdicts.end());
    all.Add(group, before, after);
    by_class[recording.label].Add(group, before, after);
    for (size_t i = 0; i < after.size(); ++i) {
      if (after[i].decision() == before.decision()) continue;
      const Clip& variant = *(*recording.variants)[i];
      stability.changes.push_back(absl::StrCat(variant.id, ": ", before.decision(), " > ",
                                               after[i].decision(), " (", variant.variant, ")"));
    }
  }
  stability.all = all.Row("all");
  stability.by_class.reserve(by_class.size());
  for (const auto& [label, builder] : by_class)
    stability.by_class.push_back(builder.Row(classes[static_cast<size_t>(label)]));
  return stability;
}

std::string ToText(const Stability& stability) {
  if (stability.all.clips == 0) return "";
  std::string text =
      absl::StrFormat("  %-24s %5s  %-32s %-32s %s\n", "", "clips", "variants: another verdict",
                      "another exercise named", "clips that waver");
  text += RowText(stability.all);
  for (const StabilityRow& row : stability.by_class) text += RowText(row);
  for (const std::string& change : stability.changes) absl::StrAppend(&text, "    ", change, "\n");
  return text;
}

nlohmann::json ToJson(const Stability& stability) {
  nlohmann::json rows = nlohmann::json::array();
  for (const StabilityRow& row : stability.by_class) rows.push_back(ToJson(row));
  return {{"all", ToJson(stability.all)}, {"by_class", rows}, {"changes", stability.changes}};
}

}  // namespace trackfit::evaluation
