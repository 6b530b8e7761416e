#include "report/repetition_card.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/words.h"
#include "report/charts.h"
#include "report/skeleton_picture.h"
#include "report/svg.h"

namespace trackfit::report {
namespace {

std::string Seconds(int64_t us) { return absl::StrFormat("%.1f", static_cast<double>(us) / 1e6); }

// The pose in the middle of the rest at the turning point.
const v1::Pose* AtTurn(const v1::Repetition& repetition, const PoseTrack& poses) {
  return poses.NearTime(repetition.start_us() + repetition.lowering_us() + repetition.pause_us() / 2);
}

struct Example {
  const v1::Repetition* repetition = nullptr;
  const v1::Pose* pose = nullptr;
};

// How the condition looks when it is met, in the best repetition that meets it.
Example GoodExample(const std::string& code, std::span<const v1::Repetition> others, const PoseTrack& poses) {
  Example best;
  for (const v1::Repetition& other : others) {
    if (best.repetition != nullptr && other.score() <= best.repetition->score()) continue;
    for (const v1::Finding& finding : other.findings()) {
      if (finding.code() != code || finding.level() != v1::FINDING_LEVEL_GOOD) continue;
      if (const v1::Pose* pose = poses.Near(finding.sequence()); pose != nullptr) best = {&other, pose};
    }
  }
  return best;
}

std::string Picture(const v1::Repetition& repetition, const v1::Finding* worst,
                    std::span<const v1::Repetition> others, const PoseTrack& poses,
                    const client::Labels& labels) {
  SkeletonPicture picture;
  picture.pose = worst != nullptr ? poses.Near(worst->sequence()) : AtTurn(repetition, poses);
  if (picture.pose == nullptr) return "";
  std::string caption = labels("At {time}", {{"time", client::ClockTime(picture.pose->timestamp_us())}});
  if (worst != nullptr) {
    picture.level = worst->level();
    for (const std::string& name : worst->joints()) {
      if (const int joint = client::JointIndex(name); joint >= 0) picture.marked.push_back(joint);
    }
    const Example example = GoodExample(worst->code(), others, poses);
    picture.outline = example.pose;
    if (example.pose != nullptr)
      absl::StrAppend(
          &caption, labels(", outline: repetition {n}", {{"n", absl::StrCat(example.repetition->number())}}));
  }
  picture.label = labels("Skeleton of repetition {n}", {{"n", absl::StrCat(repetition.number())}});
  return absl::StrCat("<figure>", Drawn(picture), "<figcaption>", caption, "</figcaption></figure>");
}

std::string FindingBlock(const v1::Finding& finding, const client::Labels& labels) {
  const std::string words = finding.text().empty() ? client::ConditionTitle(finding) : finding.text();
  return absl::StrCat(
      "<div class=\"finding ", ClassOf(finding.level()), "\"><p>", Escaped(words), "</p><p class=\"value\">",
      Escaped(client::ConditionTitle(finding)), ": <b>", Escaped(client::MeasuredWords(finding, labels)),
      "</b> (", client::GoodRangeWords(finding, labels), ")</p>", RangeGauge(finding, labels), "</div>");
}

std::string Facts(const v1::Repetition& repetition, const client::Labels& labels) {
  std::vector<std::string> facts;
  if (repetition.held_us() > 0) {
    facts.push_back(labels("held {n} s", {{"n", Seconds(repetition.held_us())}}));
  } else {
    facts.push_back(labels("{all} s: {out} s out, {pause} s pause, {back} s back",
                           {{"all", Seconds(repetition.end_us() - repetition.start_us())},
                            {"out", Seconds(repetition.lowering_us())},
                            {"pause", Seconds(repetition.pause_us())},
                            {"back", Seconds(repetition.lifting_us())}}));
    facts.push_back(
        labels("range {n} %", {{"n", absl::StrFormat("%.0f", repetition.range_of_motion() * 100)}}));
  }
  return absl::StrCat("<p class=\"facts\">", absl::StrJoin(facts, " \u00b7 "), "</p>");
}

std::string DeviationText(const v1::ReferenceDeviation& deviation, const client::Labels& labels) {
  return labels(deviation.degrees() >= 0 ? "{joint} {n}\u00b0 straighter at {phase} %"
                                         : "{joint} {n}\u00b0 more bent at {phase} %",
                {{"joint", labels(client::JointWords(deviation.joint()))},
                 {"n", absl::StrFormat("%.0f", std::abs(deviation.degrees()))},
                 {"phase", absl::StrFormat("%.0f", deviation.phase() * 100)}});
}

std::string Reference(const v1::Repetition& repetition, const client::Labels& labels) {
  const v1::ReferenceMatch& match = repetition.reference();
  std::string html =
      absl::StrCat("<div class=\"reference\"><p>", Escaped(client::ReferenceWords(repetition, labels)));
  if (client::IsCompared(repetition)) {
    absl::StrAppend(
        &html, ", ",
        labels("{tempo} % of its time", {{"tempo", absl::StrFormat("%.0f", match.tempo_ratio() * 100)}}),
        "</p>");
    for (const v1::ReferencePart& part : match.parts()) {
      absl::StrAppendFormat(&html,
                            "<div class=\"part\"><span>%s</span><i><b "
                            "style=\"width:%.0f%%\"></b></i><span>%s</span></div>",
                            Escaped(labels(part.part())), std::clamp(part.similarity(), 0.0F, 1.0F) * 100,
                            labels("{n} %", {{"n", client::LikenessNumber(part.similarity(), repetition)}}));
    }
  } else {
    absl::StrAppend(&html, "</p>");
  }
  const std::string deviations =
      absl::StrJoin(match.deviations(), ", ", [&](std::string* out, const auto& deviation) {
        absl::StrAppend(out, Escaped(DeviationText(deviation, labels)));
      });
  if (!deviations.empty()) absl::StrAppend(&html, "<p>", deviations, "</p>");
  return html + "</div>";
}

}  // namespace

std::string RepetitionCard(const v1::Repetition& repetition, std::span<const v1::Repetition> others,
                           const PoseTrack& poses, const client::Labels& labels) {
  const std::vector<v1::Finding> off = client::FindingsOff(repetition);
  std::string html = absl::StrFormat(
      "<article class=\"repetition\"><header><h4>%s</h4><span class=\"chip %s\">%s</span><span "
      "class=\"score\">%.0f</span></header>",
      labels(repetition.held_us() > 0 ? "Hold {n}" : "Repetition {n}",
             {{"n", absl::StrCat(repetition.number())}}),
      ClassOf(repetition), client::VerdictWord(repetition, labels), repetition.score());
  absl::StrAppend(&html, Facts(repetition, labels),
                  Picture(repetition, off.empty() ? nullptr : off.data(), others, poses, labels));
  for (const v1::Finding& finding : off) absl::StrAppend(&html, FindingBlock(finding, labels));
  if (repetition.has_reference()) absl::StrAppend(&html, Reference(repetition, labels));
  return html + "</article>\n";
}

}  // namespace trackfit::report
