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

std::string Seconds(int64_t us) { return absl::StrFormat("%.1f s", static_cast<double>(us) / 1e6); }

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
                    std::span<const v1::Repetition> others, const PoseTrack& poses) {
  SkeletonPicture picture;
  picture.pose = worst != nullptr ? poses.Near(worst->sequence()) : AtTurn(repetition, poses);
  if (picture.pose == nullptr) return "";
  std::string caption = absl::StrCat("At ", client::ClockTime(picture.pose->timestamp_us()));
  if (worst != nullptr) {
    picture.level = worst->level();
    for (const std::string& name : worst->joints()) {
      if (const int joint = client::JointIndex(name); joint >= 0) picture.marked.push_back(joint);
    }
    const Example example = GoodExample(worst->code(), others, poses);
    picture.outline = example.pose;
    if (example.pose != nullptr)
      absl::StrAppend(&caption, ", outline: repetition ", example.repetition->number());
  }
  picture.label = absl::StrCat("Skeleton of repetition ", repetition.number());
  return absl::StrCat("<figure>", Drawn(picture), "<figcaption>", caption, "</figcaption></figure>");
}

std::string FindingBlock(const v1::Finding& finding) {
  const std::string words = finding.text().empty() ? client::ConditionTitle(finding) : finding.text();
  return absl::StrCat("<div class=\"finding ", ClassOf(finding.level()), "\"><p>", Escaped(words),
                      "</p><p class=\"value\">", Escaped(client::ConditionTitle(finding)), ": <b>",
                      Escaped(client::MeasuredWords(finding)), "</b> (", client::GoodRangeWords(finding),
                      ")</p>", RangeGauge(finding), "</div>");
}

std::string Facts(const v1::Repetition& repetition) {
  std::vector<std::string> facts;
  if (repetition.held_us() > 0) {
    facts.push_back(absl::StrCat("held ", Seconds(repetition.held_us())));
  } else {
    facts.push_back(absl::StrCat(Seconds(repetition.end_us() - repetition.start_us()), ": ",
                                 Seconds(repetition.lowering_us()), " out, ", Seconds(repetition.pause_us()),
                                 " pause, ", Seconds(repetition.lifting_us()), " back"));
    facts.push_back(absl::StrFormat("range %.0f %%", repetition.range_of_motion() * 100));
  }
  return absl::StrCat("<p class=\"facts\">", absl::StrJoin(facts, " \u00b7 "), "</p>");
}

std::string DeviationText(const v1::ReferenceDeviation& deviation) {
  return absl::StrFormat("%s %.0f\u00b0 %s at %.0f %%", client::JointWords(deviation.joint()),
                         std::abs(deviation.degrees()), deviation.degrees() >= 0 ? "straighter" : "more bent",
                         deviation.phase() * 100);
}

std::string Reference(const v1::ReferenceMatch& match) {
  if (!match.failure().empty()) {
    return absl::StrCat("<p class=\"reference\">Not compared with ", Escaped(match.name()), ": ",
                        Escaped(match.failure()), "</p>");
  }
  std::string html =
      absl::StrFormat("<div class=\"reference\"><p><b>%.0f %%</b> like %s, %.0f %% of its time</p>",
                      match.similarity() * 100, Escaped(match.name()), match.tempo_ratio() * 100);
  for (const v1::ReferencePart& part : match.parts()) {
    absl::StrAppendFormat(
        &html,
        "<div class=\"part\"><span>%s</span><i><b style=\"width:%.0f%%\"></b></i><span>%.0f %%</span></div>",
        Escaped(part.part()), std::clamp(part.similarity(), 0.0F, 1.0F) * 100, part.similarity() * 100);
  }
  const std::string deviations =
      absl::StrJoin(match.deviations(), ", ", [](std::string* out, const auto& deviation) {
        absl::StrAppend(out, Escaped(DeviationText(deviation)));
      });
  if (!deviations.empty()) absl::StrAppend(&html, "<p>", deviations, "</p>");
  return html + "</div>";
}

}  // namespace

std::string RepetitionCard(const v1::Repetition& repetition, std::span<const v1::Repetition> others,
                           const PoseTrack& poses) {
  const std::vector<v1::Finding> off = client::FindingsOff(repetition);
  std::string html = absl::StrFormat(
      "<article class=\"repetition\"><header><h4>%s %d</h4><span class=\"chip %s\">%s</span><span "
      "class=\"score\">%.0f</span></header>",
      repetition.held_us() > 0 ? "Hold" : "Repetition", repetition.number(), ClassOf(repetition),
      client::VerdictWord(repetition), repetition.score());
  absl::StrAppend(&html, Facts(repetition),
                  Picture(repetition, off.empty() ? nullptr : off.data(), others, poses));
  for (const v1::Finding& finding : off) absl::StrAppend(&html, FindingBlock(finding));
  if (repetition.has_reference()) absl::StrAppend(&html, Reference(repetition.reference()));
  return html + "</article>\n";
}

}  // namespace trackfit::report
