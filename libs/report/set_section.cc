#include "report/set_section.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/words.h"
#include "report/charts.h"
#include "report/repetition_card.h"
#include "report/svg.h"

namespace trackfit::report {
namespace {

constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();

std::string Seconds(int64_t us) { return absl::StrFormat("%.1f", static_cast<double>(us) / 1e6); }

std::string Figure(const std::string& svg) {
  return svg.empty() ? "" : absl::StrCat("<figure>", svg, "</figure>");
}

std::string FactsOf(const v1::SetSummary& set, const client::Labels& labels) {
  std::vector<std::string> facts = client::SetFacts(set, labels);
  const std::vector<std::string> drift = client::DriftFacts(set, labels);
  facts.insert(facts.end(), drift.begin(), drift.end());
  return absl::StrCat("<p class=\"facts\">", absl::StrJoin(facts, " \u00b7 "), "</p>");
}

// The condition's finding in a repetition; nullptr when it has none.
const v1::Finding* FindingIn(const v1::Repetition& repetition, const std::string& code) {
  for (const v1::Finding& finding : repetition.findings()) {
    if (finding.code() == code) return &finding;
  }
  return nullptr;
}

// Of all repetitions, in the exercise's order.
std::vector<std::string> Codes(std::span<const v1::Repetition> repetitions) {
  std::vector<std::string> codes;
  for (const v1::Repetition& repetition : repetitions) {
    for (const v1::Finding& finding : repetition.findings()) {
      if (std::find(codes.begin(), codes.end(), finding.code()) == codes.end())
        codes.push_back(finding.code());
    }
  }
  return codes;
}

std::string TitleOf(const std::string& code, std::span<const v1::Repetition> repetitions) {
  for (const v1::Repetition& repetition : repetitions) {
    if (const v1::Finding* finding = FindingIn(repetition, code)) return client::ConditionTitle(*finding);
  }
  return code;
}

Trend TrendOf(const std::string& title, const std::string& unit, std::span<const v1::Repetition> repetitions,
              float (*value)(const v1::Repetition&)) {
  Trend trend{.title = title, .unit = unit, .values = {}, .classes = {}};
  for (const v1::Repetition& repetition : repetitions) {
    trend.values.push_back(value(repetition));
    trend.classes.emplace_back(ClassOf(repetition));
  }
  return trend;
}

// Of a condition that was off at least once; else empty.
std::string ConditionTrend(const std::string& code, std::span<const v1::Repetition> repetitions,
                           const client::Labels& labels) {
  Trend trend{.title = TitleOf(code, repetitions), .unit = {}, .values = {}, .classes = {}};
  bool off = false;
  trend.low = std::numeric_limits<float>::max();
  trend.high = std::numeric_limits<float>::lowest();
  for (const v1::Repetition& repetition : repetitions) {
    const v1::Finding* finding = FindingIn(repetition, code);
    const bool judged = finding != nullptr && finding->level() != v1::FINDING_LEVEL_NOT_JUDGED;
    trend.values.push_back(judged ? finding->measured() : kNothing);
    trend.classes.emplace_back(judged ? ClassOf(finding->level()) : "unseen");
    if (!judged) continue;
    off = off || client::IsOff(*finding);
    trend.unit = finding->unit() == "degrees"   ? "\u00b0"
                 : finding->unit() == "seconds" ? labels("{n} s", {{"n", ""}})
                                                : "";
    trend.good_low = finding->good_low();
    trend.good_high = finding->good_high();
    trend.high = std::max(trend.high, finding->measured());
    trend.low = std::min(trend.low, finding->measured());
  }
  // Room on the good side of a single limit, so that the band shows.
  const float room = 0.15F * std::max(std::abs(trend.high), std::abs(trend.low));
  if (!std::isfinite(trend.good_low)) trend.low = std::min(trend.low, trend.good_high - room);
  if (!std::isfinite(trend.good_high)) trend.high = std::max(trend.high, trend.good_low + room);
  return off ? TrendChart(trend, repetitions, labels) : "";
}

std::string Trends(std::span<const v1::Repetition> repetitions, const client::Labels& labels) {
  Trend score = TrendOf(labels("Score"), "", repetitions, [](const v1::Repetition& r) { return r.score(); });
  score.high = 100;
  std::string html = Figure(TrendChart(score, repetitions, labels));
  const bool held = std::any_of(repetitions.begin(), repetitions.end(),
                                [](const v1::Repetition& repetition) { return repetition.held_us() > 0; });
  if (held) {
    const Trend time =
        TrendOf(labels("Held"), labels("{n} s", {{"n", ""}}), repetitions,
                [](const v1::Repetition& r) { return static_cast<float>(r.held_us()) / 1e6F; });
    absl::StrAppend(&html, Figure(TrendChart(time, repetitions, labels)));
  } else {
    Trend range = TrendOf(labels("Range of motion"), " %", repetitions,
                          [](const v1::Repetition& r) { return r.range_of_motion() * 100; });
    range.high = 100;
    absl::StrAppend(&html, Figure(TrendChart(range, repetitions, labels)),
                    Figure(TempoChart(repetitions, labels)));
  }
  for (const std::string& code : Codes(repetitions))
    absl::StrAppend(&html, Figure(ConditionTrend(code, repetitions, labels)));
  return absl::StrCat("<div class=\"trends\">", html, "</div>");
}

// Of a part that may be wider than the window: it scrolls by keyboard, too.
std::string WideStart(const char* label, const client::Labels& labels) {
  return absl::StrCat("<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"", labels(label),
                      "\">");
}

// A condition may be measured otherwise where the view is another, so that degrees stand beside lengths.
std::string CellOf(const v1::Finding& finding) {
  return absl::StrCat(client::MeasuredNumber(finding), finding.unit() == "degrees" ? "\u00b0" : "");
}

std::string Matrix(std::span<const v1::Repetition> repetitions, const client::Labels& labels) {
  std::string html = absl::StrCat(WideStart("Conditions of good form", labels),
                                  "<table class=\"matrix\"><thead><tr><th>", labels("Condition"), "</th>");
  for (const v1::Repetition& repetition : repetitions)
    absl::StrAppend(&html, "<th>", repetition.number(), "</th>");
  absl::StrAppend(&html, "<th>", labels("Good range"), "</th></tr></thead><tbody>");
  for (const std::string& code : Codes(repetitions)) {
    absl::StrAppend(&html, "<tr><th title=\"", Escaped(code), "\">", Escaped(TitleOf(code, repetitions)),
                    "</th>");
    std::string good;
    for (const v1::Repetition& repetition : repetitions) {
      const v1::Finding* finding = FindingIn(repetition, code);
      const bool judged = finding != nullptr && finding->level() != v1::FINDING_LEVEL_NOT_JUDGED;
      absl::StrAppend(&html, "<td class=\"", judged ? ClassOf(finding->level()) : "unseen", "\">",
                      judged ? CellOf(*finding) : std::string("\u2013"), "</td>");
      if (finding == nullptr) continue;
      good = client::GoodRangeInUnits(*finding, labels);
    }
    absl::StrAppend(&html, "<td class=\"range\">", Escaped(good), "</td></tr>");
  }
  return html + "</tbody></table></div>";
}

std::string MeasuresTable(std::span<const v1::Repetition> repetitions, const client::Labels& labels) {
  std::string html =
      absl::StrCat(WideStart("Measures", labels), "<table class=\"measures\"><thead><tr><th>#</th><th></th>");
  for (const char* column :
       {"Score", "Time<br>s", "Out<br>s", "Pause<br>s", "Back<br>s", "Range<br>%", "Range<br>degrees",
        "Left \u2212 right<br>degrees", "Peak speed<br>ranges/s", "Path<br>1 = straight", "Sway<br>torsos"})
    absl::StrAppend(&html, "<th>", labels(column), "</th>");
  absl::StrAppend(&html, "</tr></thead><tbody>");
  const auto number = [](float value, int digits) { return absl::StrFormat("%.*f", digits, value); };
  const auto unless_0 = [&](float value, int digits) {
    return value != 0 ? number(value, digits) : "\u2013";
  };
  for (const v1::Repetition& r : repetitions) {
    absl::StrAppend(&html, "<tr><th>", r.number(), "</th><td><span class=\"chip ", ClassOf(r), "\">",
                    client::VerdictWord(r, labels), "</span></td>");
    for (const std::string& cell :
         {absl::StrFormat("%.0f", r.score()),
          Seconds(r.held_us() > 0 ? r.held_us() : r.end_us() - r.start_us()), Seconds(r.lowering_us()),
          Seconds(r.pause_us()), Seconds(r.lifting_us()), absl::StrFormat("%.0f", r.range_of_motion() * 100),
          unless_0(r.range_degrees(), 0), unless_0(r.left_right_degrees(), 0), unless_0(r.peak_speed(), 1),
          unless_0(r.path_ratio(), 2), number(r.sway(), 2)}) {
      absl::StrAppend(&html, "<td>", cell, "</td>");
    }
    absl::StrAppend(&html, "</tr>");
  }
  return html + "</tbody></table></div>";
}

}  // namespace

std::string SetSection(const v1::SetSummary& set, std::span<const v1::Repetition> repetitions,
                       const PoseTrack& poses, const client::Labels& labels) {
  std::string html =
      absl::StrCat("<section class=\"set\"><h2>", labels("Set {n}", {{"n", absl::StrCat(set.set())}}),
                   " \u00b7 ", Escaped(client::ExerciseTitle(set)), "</h2>", FactsOf(set, labels));
  const auto heading = [&](const char* label) { return absl::StrCat("<h3>", labels(label), "</h3>"); };
  if (repetitions.empty()) return html + "</section>\n";
  if (const std::string curves = AngleCurves(poses, repetitions, labels); !curves.empty())
    absl::StrAppend(&html, heading("Angles over time"), "<figure class=\"curves\">", curves, "</figure>");
  absl::StrAppend(&html, heading("From repetition to repetition"), Trends(repetitions, labels));
  if (!Codes(repetitions).empty())
    absl::StrAppend(&html, heading("Conditions of good form"), Matrix(repetitions, labels));
  absl::StrAppend(&html, heading("Every repetition"), "<div class=\"cards\">");
  for (const v1::Repetition& repetition : repetitions)
    absl::StrAppend(&html, RepetitionCard(repetition, repetitions, poses, labels));
  return absl::StrCat(html, "</div>", heading("Measures"), MeasuresTable(repetitions, labels),
                      "</section>\n");
}

}  // namespace trackfit::report
