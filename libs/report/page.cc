#include "report/page.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/labels.h"
#include "client/words.h"
#include "report/pose_track.h"
#include "report/set_section.h"
#include "report/style.h"
#include "report/svg.h"

namespace trackfit::report {
namespace {

constexpr size_t kMostToWorkOn = 3;
constexpr size_t kMostNumbers = 12;  // of repetitions in a sentence

std::string Tile(const std::string& number, const std::string& words) {
  return absl::StrCat("<div class=\"tile\"><b>", number, "</b><span>", words, "</span></div>");
}

std::string Tiles(const std::vector<v1::SetSummary>& sets, const client::Labels& labels) {
  uint32_t repetitions = 0, partial = 0, correct = 0;
  int64_t tension_us = 0, held_us = 0;
  float score = 0;
  for (const v1::SetSummary& set : sets) {
    repetitions += set.repetitions();
    partial += set.partial();
    correct += set.correct();
    tension_us += set.under_tension_us();
    held_us = std::max(held_us, set.held_us());
    score += set.score() * static_cast<float>(set.repetitions() + set.partial());
  }
  const uint32_t all = repetitions + partial;
  std::string counted = labels(repetitions == 1 ? "repetition" : "repetitions");
  if (partial > 0)
    counted = labels("{repetitions}, {n} partial", {{"repetitions", counted}, {"n", absl::StrCat(partial)}});
  const auto seconds = [&](int64_t us) {
    return labels("{n} s", {{"n", absl::StrFormat("%.0f", static_cast<double>(us) / 1e6)}});
  };
  std::string html = Tile(absl::StrCat(repetitions), counted);
  absl::StrAppend(
      &html,
      Tile(labels("{part} of {whole}", {{"part", absl::StrCat(correct)}, {"whole", absl::StrCat(all)}}),
           labels("correct")),
      Tile(absl::StrFormat("%.0f", all > 0 ? score / static_cast<float>(all) : 0),
           labels("mean score of 100")),
      Tile(absl::StrCat(sets.size()), labels(sets.size() == 1 ? "set" : "sets")),
      Tile(seconds(tension_us), labels("under tension")));
  if (held_us > 0) absl::StrAppend(&html, Tile(seconds(held_us), labels("longest hold")));
  return absl::StrCat("<div class=\"tiles\">", html, "</div>");
}

// A condition over all sets of an exercise.
struct ConditionRecord {
  std::string exercise;
  std::string code;
  std::string title;
  std::string text;  // the latest sentence about it
  uint32_t judged = 0, slightly = 0, clearly = 0;
  std::map<uint32_t, std::vector<uint32_t>> off_in;  // by set, numbers of repetitions

  double Weight() const { return (2.0 * clearly + slightly) / std::max(1U, judged); }
};

std::vector<ConditionRecord> Conditions(const client::SessionRecord& record) {
  std::vector<ConditionRecord> conditions;
  for (const v1::Repetition& repetition : record.repetitions()) {
    for (const v1::Finding& finding : repetition.findings()) {
      auto found = std::find_if(conditions.begin(), conditions.end(), [&](const ConditionRecord& condition) {
        return condition.code == finding.code() && condition.exercise == repetition.exercise();
      });
      if (found == conditions.end()) {
        conditions.push_back({.exercise = repetition.exercise(),
                              .code = finding.code(),
                              .title = client::ConditionTitle(finding),
                              .text = {},
                              .off_in = {}});
        found = conditions.end() - 1;
      }
      if (finding.level() != v1::FINDING_LEVEL_NOT_JUDGED) ++found->judged;
      if (!client::IsOff(finding)) continue;
      ++(finding.level() == v1::FINDING_LEVEL_CLEARLY ? found->clearly : found->slightly);
      if (!finding.text().empty()) found->text = finding.text();
      found->off_in[repetition.set()].push_back(repetition.number());
    }
  }
  return conditions;
}

// "repetitions 7, 8, 9 of set 1".
std::string RepetitionsText(uint32_t set, const std::vector<uint32_t>& numbers,
                            const client::Labels& labels) {
  const size_t shown = std::min(numbers.size(), kMostNumbers);
  const std::string list =
      absl::StrCat(absl::StrJoin(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                   shown < numbers.size() ? ", ..." : "");
  return labels(
      numbers.size() == 1 ? "repetition {numbers} of set {set}" : "repetitions {numbers} of set {set}",
      {{"numbers", list}, {"set", absl::StrCat(set)}});
}

std::string OffText(const ConditionRecord& condition, const client::Labels& labels) {
  std::string text =
      client::OffWords(condition.title, condition.judged, condition.slightly, condition.clearly, labels);
  for (const auto& [set, numbers] : condition.off_in)
    absl::StrAppend(&text, "; ", RepetitionsText(set, numbers, labels));
  return text;
}

std::string Overview(const client::SessionRecord& record, const client::Labels& labels) {
  std::vector<ConditionRecord> conditions = Conditions(record);
  std::stable_sort(
      conditions.begin(), conditions.end(),
      [](const ConditionRecord& a, const ConditionRecord& b) { return a.Weight() > b.Weight(); });
  std::string change;
  std::vector<std::string> good, unseen;
  size_t changes = 0;
  for (const ConditionRecord& condition : conditions) {
    const std::string& words = condition.title;
    if (condition.judged == 0) {
      unseen.push_back(words);
    } else if (condition.off_in.empty()) {
      good.push_back(words);
    } else if (changes++ < kMostToWorkOn) {
      absl::StrAppend(&change, "<li><strong>", Escaped(condition.text.empty() ? words : condition.text),
                      "</strong><span>", Escaped(OffText(condition, labels)), "</span></li>");
    }
  }
  std::string html = "<div class=\"overview\">";
  if (!change.empty())
    absl::StrAppend(&html, "<div><h2>", labels("What to work on"), "</h2><ol class=\"change\">", change,
                    "</ol></div>");
  if (!good.empty() || !unseen.empty()) {
    absl::StrAppend(&html, "<div>");
    const auto list = [&](const char* title, const char* css_class, const std::vector<std::string>& words) {
      if (words.empty()) return;
      absl::StrAppend(&html, "<h2>", labels(title), "</h2><ul class=\"tags\">");
      for (const std::string& word : words)
        absl::StrAppend(&html, "<li class=\"", css_class, "\">", Escaped(word), "</li>");
      absl::StrAppend(&html, "</ul>");
    };
    list("Fine in every repetition", "good", good);
    list("What the camera did not show", "unseen", unseen);
    absl::StrAppend(&html, "</div>");
  }
  return html + "</div>\n";
}

// What the coach said during the session, in order.
std::string Sentences(const client::SessionRecord& record, const PoseTrack& poses,
                      const client::Labels& labels) {
  std::vector<std::pair<uint64_t, std::string>> lines;
  const auto add = [&](uint64_t sequence, const std::string& who, const std::string& text) {
    lines.emplace_back(sequence, absl::StrCat("<tr><td>", client::ClockTime(poses.TimeOf(sequence)),
                                              "</td><td>", who, "</td><td>", Escaped(text), "</td></tr>"));
  };
  for (const v1::Advice& advice : record.advice()) add(advice.sequence(), labels("Coach"), advice.text());
  for (const v1::Hint& hint : record.hints())
    add(hint.sequence(), labels("Camera"),
        absl::StrCat(hint.text(), hint.withdrawn() ? labels(" (done)") : ""));
  if (lines.empty()) return "";
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string html =
      absl::StrCat("<section><h2>", labels("What the coach said"), "</h2><table class=\"said\"><tbody>");
  for (const auto& [sequence, line] : lines) absl::StrAppend(&html, line);
  return html + "</tbody></table></section>\n";
}

std::string Notices(const client::SessionRecord& record, const client::Labels& labels) {
  if (record.notices().empty()) return "";
  std::string html = absl::StrCat("<section><h2>", labels("Notices"), "</h2><ul>");
  for (const v1::Notice& notice : record.notices())
    absl::StrAppend(&html, "<li>", Escaped(notice.message()), "</li>");
  return html + "</ul></section>\n";
}

std::string Subtitle(const client::SessionRecord& record, const PoseTrack& poses, const std::string& source,
                     const client::Labels& labels) {
  std::vector<std::string> parts;
  if (!source.empty()) parts.push_back(source);
  parts.push_back(labels("{time} long", {{"time", client::ClockTime(poses.end_us() - poses.start_us())}}));
  parts.push_back(labels("{n} frames", {{"n", absl::StrCat(record.frames())}}));
  std::vector<std::string> exercises;
  for (const v1::SetSummary& set : record.sets()) {
    const std::string words = client::ExerciseTitle(set);
    if (std::find(exercises.begin(), exercises.end(), words) == exercises.end()) exercises.push_back(words);
  }
  parts.insert(parts.end(), exercises.begin(), exercises.end());
  return absl::StrJoin(parts, " \u00b7 ");
}

constexpr const char* kTerms =
    "Out is the way from the start of a repetition to its turning point, back the way from there. A "
    "repetition is "
    "correct when it is complete and no condition is clearly off; its score falls with how far conditions "
    "are off. "
    "What camera and view do not show is not judged, and shown as \u2013.";
constexpr const char* kLikeness =
    "How much a movement is like a reference says how all limbs move, not how far; a condition judges one "
    "point of it. So a repetition may be much like it and not correct. Partial ones are not compared.";
constexpr const char* kLimits =
    "Measured by TrackFit in the video of one camera. It knows nothing of weights, pain or injuries, and is "
    "no medical "
    "advice.";

}  // namespace

std::string PageOf(const client::SessionRecord& record, const PageOptions& options) {
  const PoseTrack poses(record);
  const client::Labels labels(record.language());
  const std::vector<v1::SetSummary> sets = record.sets();
  const std::string title = Escaped(options.title.empty() ? labels("Training report") : options.title);
  std::string html = absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"", labels.language(),
      "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\"><meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>",
      title, "</title><style>", kStyle, "</style></head>\n<body><header class=\"page\"><h1>", title,
      "</h1><p>", Escaped(Subtitle(record, poses, options.source, labels)), "</p></header>\n<main>");
  if (sets.empty()) {
    absl::StrAppend(
        &html, "<p class=\"empty\">",
        labels("No repetition was counted. Was the whole body in the picture, and was it an exercise that "
               "the coach knows?"),
        "</p>");
  } else {
    absl::StrAppend(&html, Tiles(sets, labels), Overview(record, labels));
  }
  for (const v1::SetSummary& set : sets) {
    std::vector<v1::Repetition> repetitions;
    std::copy_if(record.repetitions().begin(), record.repetitions().end(), std::back_inserter(repetitions),
                 [&](const v1::Repetition& repetition) { return repetition.set() == set.set(); });
    absl::StrAppend(&html, SetSection(set, repetitions, poses, labels));
  }
  const bool compared = std::ranges::any_of(record.repetitions(), &v1::Repetition::has_reference);
  return absl::StrCat(html, Sentences(record, poses, labels), Notices(record, labels), "</main>\n<footer><p>",
                      labels(kTerms), "</p><p>",
                      compared ? absl::StrCat(labels(kLikeness), "</p><p>") : std::string(), labels(kLimits),
                      "</p></footer></body></html>\n");
}

}  // namespace trackfit::report
