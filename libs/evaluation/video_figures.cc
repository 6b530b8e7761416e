#include "evaluation/video_figures.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dataset/labels.h"
#include "exercises/vocabulary.h"

namespace trackfit::evaluation {
namespace {

using dataset::SourceKind;

std::string GroupOf(const VideoVerdict& verdict) {
  return verdict.group.empty() ? verdict.id : verdict.group;
}

// Verdicts on videos of exercises as outcomes of both kinds.
class RowBuilder {
 public:
  void Add(const VideoVerdict& verdict, const std::string& truth) {
    const bool named = verdict.named == truth;
    named_.push_back({.group = GroupOf(verdict), .right = named});
    right_.push_back({.group = GroupOf(verdict), .right = named && verdict.known});
  }

  VideoRow Row(std::string name) const {
    return {.name = std::move(name), .named = ShareOf(named_), .right = ShareOf(right_)};
  }

 private:
  std::vector<GroupedOutcome> named_;
  std::vector<GroupedOutcome> right_;
};

std::vector<VideoRow> Rows(const std::map<std::string, RowBuilder>& builders) {
  std::vector<VideoRow> rows;
  rows.reserve(builders.size());
  for (const auto& [name, builder] : builders) rows.push_back(builder.Row(name));
  return rows;
}

std::string DescribeWrong(const VideoVerdict& verdict, const std::string& truth) {
  const std::string answer =
      verdict.named.empty()
          ? "nothing assessed"
          : absl::StrFormat("%s, %.0f %%%s", verdict.named, 100 * verdict.confidence,
                            verdict.known ? "" : absl::StrFormat(", not known (%.2f)", verdict.known_score));
  return absl::StrCat(verdict.id, " (", GroupOf(verdict),
                      "): ", verdict.fault.empty() ? truth : absl::StrCat(truth, ", ", verdict.fault), " > ",
                      answer);
}

std::string RowText(const VideoRow& row) {
  return absl::StrFormat("  %-34s %6d  %-30s %-30s\n", row.name, row.right.groups, ToText(row.named),
                         ToText(row.right));
}

nlohmann::json ToJson(const VideoRow& row) {
  return {{"name", row.name}, {"named", ToJson(row.named)}, {"named_and_known", ToJson(row.right)}};
}

nlohmann::json ToJson(const std::vector<VideoRow>& rows) {
  nlohmann::json json = nlohmann::json::array();
  for (const VideoRow& row : rows) json.push_back(ToJson(row));
  return json;
}

}  // namespace

nlohmann::json ToJson(const VideoVerdict& verdict) {
  return {{"id", verdict.id},
          {"exercise", verdict.exercise},
          {"fault", verdict.fault},
          {"group", verdict.group},
          {"view", verdict.view},
          {"kind", dataset::SourceKindName(verdict.kind)},
          {"model", verdict.model_version},
          {"frames", verdict.frames},
          {"poses", verdict.poses},
          {"named", verdict.named},
          {"known", verdict.known},
          {"confidence", verdict.confidence},
          {"known_score", verdict.known_score}};
}

absl::StatusOr<VideoVerdict> ParseVideoVerdict(const std::string& json) {
  try {
    const nlohmann::json value = nlohmann::json::parse(json);
    const absl::StatusOr<SourceKind> kind = dataset::ParseSourceKind(value.at("kind"));
    if (!kind.ok()) return kind.status();
    return VideoVerdict{.id = value.at("id"),
                        .exercise = value.at("exercise"),
                        .fault = value.at("fault"),
                        .group = value.at("group"),
                        .view = value.at("view"),
                        .kind = *kind,
                        .model_version = value.at("model"),
                        .frames = value.at("frames"),
                        .poses = value.at("poses"),
                        .named = value.at("named"),
                        .known = value.at("known"),
                        .confidence = value.at("confidence"),
                        .known_score = value.at("known_score")};
  } catch (const nlohmann::json::exception& problem) {
    return absl::InvalidArgumentError(absl::StrCat("this is no verdict on a video: ", problem.what()));
  }
}

VideoFigures FiguresOf(const std::vector<VideoVerdict>& verdicts,
                       const std::vector<std::string>& model_exercises) {
  std::vector<std::string> classes = model_exercises;
  classes.push_back(exercises::Builtin().background());
  const int other = static_cast<int>(model_exercises.size());
  VideoFigures figures{.model_version = verdicts.empty() ? "" : verdicts.front().model_version,
                       .confusion = ConfusionMatrix(classes)};
  RowBuilder all, stand_ins, rendered;
  std::vector<RowBuilder> by_class(model_exercises.size());
  std::map<std::string, RowBuilder> by_view, by_group;
  std::vector<GroupedOutcome> rejected, rendered_others;
  std::vector<GroupedScore> positives, negatives;
  for (const VideoVerdict& verdict : verdicts) {
    dataset::Clip clip;
    clip.exercise = verdict.exercise;
    clip.fault = verdict.fault;
    const std::optional<dataset::ClassLabel> label = dataset::LabelOf(clip, classes);
    if (!label) {
      ++figures.left_out;
      continue;
    }
    const std::string& truth = classes[static_cast<size_t>(label->index)];
    const bool is_other = label->index == other;
    const GroupedOutcome rejection{.group = GroupOf(verdict), .right = !verdict.known};
    if (verdict.kind != SourceKind::kRecorded) {
      if (is_other) rendered_others.push_back(rejection);
      if (!is_other && !label->stand_in) rendered.Add(verdict, truth);
      continue;
    }
    if (label->stand_in) {
      stand_ins.Add(verdict, truth);
      continue;
    }
    if (verdict.named.empty()) ++figures.unanswered;
    const auto decided = std::find(model_exercises.begin(), model_exercises.end(), verdict.named);
    const int decision = verdict.known ? static_cast<int>(decided - model_exercises.begin()) : other;
    figures.confusion.Add(label->index, decision);
    if (decision != label->index) figures.wrong.push_back(DescribeWrong(verdict, truth));
    (is_other ? negatives : positives).push_back({.group = GroupOf(verdict), .score = verdict.known_score});
    if (is_other) {
      rejected.push_back(rejection);
      continue;
    }
    all.Add(verdict, truth);
    by_class[static_cast<size_t>(label->index)].Add(verdict, truth);
    if (!verdict.view.empty()) by_view[verdict.view].Add(verdict, truth);
    by_group[GroupOf(verdict)].Add(verdict, truth);
  }
  figures.exercises = all.Row("all exercises");
  for (size_t i = 0; i < by_class.size(); ++i) {
    VideoRow row = by_class[i].Row(model_exercises[i]);
    if (row.right.total > 0) figures.by_class.push_back(std::move(row));
  }
  figures.by_view = Rows(by_view);
  figures.by_group = Rows(by_group);
  figures.rejected = ShareOf(rejected);
  figures.stand_ins = stand_ins.Row("with another implement");
  figures.rendered = rendered.Row("rendered people");
  figures.rendered_others = ShareOf(rendered_others);
  figures.known = AurocOf(positives, negatives);
  return figures;
}

std::string ToText(const VideoFigures& figures) {
  std::string text = absl::StrFormat(
      "Videos of real people, model %s; in brackets 95 %% intervals over groups\n\n"
      "  %-34s %6s  %-30s %-30s\n",
      figures.model_version, "", "groups", "named", "named and known");
  text += RowText(figures.exercises);
  for (const VideoRow& row : figures.by_class) text += RowText(row);
  if (!figures.by_view.empty()) text += "\n  by view\n";
  for (const VideoRow& row : figures.by_view) text += RowText(row);
  const auto is_wrong = [](const VideoRow& row) { return row.right.right < row.right.total; };
  if (std::any_of(figures.by_group.begin(), figures.by_group.end(), is_wrong)) {
    text += "\n  by group, those that are not all named and known\n";
    for (const VideoRow& row : figures.by_group) {
      if (is_wrong(row)) {
        absl::StrAppendFormat(&text, "  %-42s %-30s %-30s\n", row.name,
                              absl::StrFormat("%d of %d", row.named.right, row.named.total),
                              absl::StrFormat("%d of %d", row.right.right, row.right.total));
      }
    }
  }
  absl::StrAppendFormat(&text, "\nOther movements rejected: %s in %d groups\n", ToText(figures.rejected),
                        figures.rejected.groups);
  if (figures.rejected.total > 0 && figures.exercises.right.total > 0) {
    absl::StrAppendFormat(&text, "Known against unknown: AUROC %.3f (%.3f to %.3f)\n", figures.known.auroc,
                          figures.known.interval.low, figures.known.interval.high);
  }
  absl::StrAppend(&text, "\nDecisions (rows: the truth; what is not known counts as other)\n",
                  figures.confusion.ToText());
  if (!figures.wrong.empty()) text += "\nWrong\n";
  for (const std::string& wrong : figures.wrong) absl::StrAppend(&text, "  ", wrong, "\n");
  if (figures.stand_ins.right.total + figures.rendered.right.total + figures.rendered_others.total > 0)
    text += "\nNot among these\n";
  if (figures.stand_ins.right.total > 0) text += RowText(figures.stand_ins);
  if (figures.rendered.right.total > 0) text += RowText(figures.rendered);
  if (figures.rendered_others.total > 0) {
    absl::StrAppendFormat(&text, "  %-34s %6d  rejected %s\n", "rendered people, other movements",
                          figures.rendered_others.groups, ToText(figures.rendered_others));
  }
  if (figures.left_out > 0)
    absl::StrAppend(&text, "  ", figures.left_out, " that no skeleton can tell from an exercise\n");
  if (figures.unanswered > 0)
    absl::StrAppend(&text, "Nothing was assessed of ", figures.unanswered, " videos\n");
  return text;
}

nlohmann::json ToJson(const VideoFigures& figures) {
  return {{"model", figures.model_version},
          {"exercises", ToJson(figures.exercises)},
          {"by_class", ToJson(figures.by_class)},
          {"by_view", ToJson(figures.by_view)},
          {"by_group", ToJson(figures.by_group)},
          {"others_rejected", ToJson(figures.rejected)},
          {"known_auroc", figures.known.auroc},
          {"known_auroc_interval", {figures.known.interval.low, figures.known.interval.high}},
          {"confusion", figures.confusion.ToJson()},
          {"wrong", figures.wrong},
          {"stand_ins", ToJson(figures.stand_ins)},
          {"rendered", ToJson(figures.rendered)},
          {"rendered_others_rejected", ToJson(figures.rendered_others)},
          {"left_out", figures.left_out},
          {"unanswered", figures.unanswered}};
}

}  // namespace trackfit::evaluation
