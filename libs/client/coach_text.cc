#include "client/coach_text.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/columns.h"
#include "client/words.h"

namespace trackfit::client {
namespace {

// Columns of the table.
constexpr int kNumber = 15, kTime = 7, kRange = 6, kTempo = 15, kScore = 5;

// Right-aligned, so that numbers stand below one another.
std::string Seconds(int64_t us, int columns = 0) {
  return absl::StrFormat("%*.1f", columns, static_cast<double>(us) / 1e6);
}

std::string Percent(float share) { return absl::StrFormat("%3.0f", share * 100); }

// Within a line; other scripts than Latin have no lower case.
std::string LowerFirst(std::string title) {
  if (!title.empty()) title[0] = absl::ascii_tolower(static_cast<unsigned char>(title[0]));
  return title;
}

// "depth 121 degrees (at most 100)".
std::string FindingText(const v1::Finding& finding, const Labels& labels) {
  std::vector<std::string> remarks;
  if (std::string good = GoodRangeWords(finding, labels); !good.empty()) remarks.push_back(std::move(good));
  if (finding.level() == v1::FINDING_LEVEL_SLIGHTLY) remarks.push_back(labels("slightly off"));
  return absl::StrCat(LowerFirst(ConditionTitle(finding)), " ", MeasuredWords(finding, labels),
                      remarks.empty() ? "" : absl::StrCat(" (", absl::StrJoin(remarks, ", "), ")"));
}

std::string Verdict(const v1::Repetition& repetition, const Labels& labels) {
  const std::vector<v1::Finding> off = FindingsOff(repetition);
  std::string word = VerdictWord(repetition, labels);
  if (off.empty()) return word;
  return absl::StrCat(word, ": ", absl::StrJoin(off, ", ", [&](std::string* out, const v1::Finding& finding) {
                        absl::StrAppend(out, FindingText(finding, labels));
                      }));
}

bool IsHeld(const v1::Repetition& repetition) { return repetition.held_us() > 0; }

std::string TableRow(const std::string& number, const std::string& time, const std::string& range,
                     const std::string& tempo, const std::string& score) {
  return absl::StrCat(RightAligned(number, kNumber), "  ", RightAligned(time, kTime), "  ",
                      RightAligned(range, kRange), "  ", LeftAligned(tempo, kTempo), "  ",
                      RightAligned(score, kScore));
}

std::string TableRow(const v1::Repetition& repetition, const Labels& labels) {
  const std::string tempo =
      IsHeld(repetition) ? ""
                         : absl::StrJoin({Seconds(repetition.lowering_us()), Seconds(repetition.pause_us()),
                                          Seconds(repetition.lifting_us())},
                                         " - ");
  return absl::StrCat(TableRow(absl::StrCat(repetition.number()),
                               labels("{n} s", {{"n", Seconds(repetition.end_us() - repetition.start_us())}}),
                               labels("{n} %", {{"n", Percent(repetition.range_of_motion())}}), tempo,
                               absl::StrFormat("%.0f", repetition.score())),
                      "  ", Verdict(repetition, labels), "\n");
}

// What was off in the set as a whole, the worst first.
std::string OffInSet(const v1::SetSummary& set, const Labels& labels) {
  std::vector<v1::FindingCount> off;
  std::copy_if(set.findings().begin(), set.findings().end(), std::back_inserter(off),
               [](const v1::FindingCount& count) { return count.slightly() + count.clearly() > 0; });
  std::stable_sort(off.begin(), off.end(), [](const v1::FindingCount& a, const v1::FindingCount& b) {
    return std::pair(a.clearly(), a.slightly()) > std::pair(b.clearly(), b.slightly());
  });
  return absl::StrJoin(off, "; ", [&](std::string* out, const v1::FindingCount& count) {
    absl::StrAppend(
        out, OffWords(ConditionTitle(count), count.judged(), count.slightly(), count.clearly(), labels));
  });
}

std::string SetTable(const v1::SetSummary& set, const std::vector<v1::Repetition>& repetitions,
                     const Labels& labels) {
  std::string text =
      SummaryRow(labels("Set {n}", {{"n", absl::StrCat(set.set())}}),
                 absl::StrCat(ExerciseTitle(set), ": ", absl::StrJoin(SetFacts(set, labels), ", ")));
  absl::StrAppend(&text,
                  TableRow(labels("rep"), LowerFirst(labels("Time")), LowerFirst(labels("Range")),
                           LowerFirst(labels("Tempo")), LowerFirst(labels("Score"))),
                  "\n");
  for (const v1::Repetition& repetition : repetitions) {
    if (repetition.set() == set.set()) absl::StrAppend(&text, TableRow(repetition, labels));
  }
  if (const std::string off = OffInSet(set, labels); !off.empty())
    absl::StrAppend(&text, SummaryRow(labels("Work on"), off));
  if (const std::vector<std::string> drift = DriftFacts(set, labels); !drift.empty())
    absl::StrAppend(&text, SummaryRow(labels("Drift"), absl::StrJoin(drift, ", ")));
  return text;
}

}  // namespace

std::string RepetitionLine(const v1::Repetition& repetition, const Labels& labels) {
  const std::string number =
      labels(IsHeld(repetition) ? "hold {n}" : "rep {n}", {{"n", absl::StrCat(repetition.number())}});
  std::vector<std::string> parts = {
      absl::StrCat(LeftAligned(number, 8), LowerFirst(ExerciseTitle(repetition))),
      labels("{n} s", {{"n", Seconds(repetition.end_us() - repetition.start_us(), 4)}})};
  if (!IsHeld(repetition))
    parts.push_back(labels("range {n} %", {{"n", Percent(repetition.range_of_motion())}}));
  parts.push_back(Verdict(repetition, labels));
  if (std::string reference = ReferenceWords(repetition, labels); !reference.empty())
    parts.push_back(std::move(reference));
  return absl::StrJoin(parts, "  ");
}

std::string AdviceLine(const v1::Advice& advice, const Labels& labels) {
  return absl::StrCat(LowerFirst(labels("Coach")), ": ", advice.text());
}

std::string HintLine(const v1::Hint& hint, const Labels& labels) {
  return absl::StrCat(LowerFirst(labels("Camera")), ": ", hint.text(),
                      hint.withdrawn() ? labels(" (done)") : "");
}

std::string SetTables(const SessionRecord& record) {
  const Labels labels(record.language());
  std::string text;
  for (const v1::SetSummary& set : record.sets())
    absl::StrAppend(&text, text.empty() ? "" : "\n", SetTable(set, record.repetitions(), labels));
  return text;
}

}  // namespace trackfit::client
