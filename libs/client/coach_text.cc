#include "client/coach_text.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/words.h"

namespace trackfit::client {
namespace {

std::string Seconds(int64_t us) { return absl::StrFormat("%.1f", static_cast<double>(us) / 1e6); }

// Within a line; other scripts than Latin have no lower case.
std::string LowerFirst(std::string title) {
  if (!title.empty()) title[0] = absl::ascii_tolower(static_cast<unsigned char>(title[0]));
  return title;
}

// "depth 121 degrees (at most 100)".
std::string FindingText(const v1::Finding& finding) {
  std::vector<std::string> remarks;
  if (std::string good = GoodRangeWords(finding); !good.empty()) remarks.push_back(std::move(good));
  if (finding.level() == v1::FINDING_LEVEL_SLIGHTLY) remarks.emplace_back("slightly off");
  return absl::StrCat(LowerFirst(ConditionTitle(finding)), " ", MeasuredWords(finding),
                      remarks.empty() ? "" : absl::StrCat(" (", absl::StrJoin(remarks, ", "), ")"));
}

std::string Verdict(const v1::Repetition& repetition) {
  const std::vector<v1::Finding> off = FindingsOff(repetition);
  if (off.empty()) return VerdictWord(repetition);
  return absl::StrCat(VerdictWord(repetition), ": ",
                      absl::StrJoin(off, ", ", [](std::string* out, const v1::Finding& finding) {
                        absl::StrAppend(out, FindingText(finding));
                      }));
}

// "97 % like squat"; empty without a comparison.
std::string ReferenceText(const v1::Repetition& repetition) {
  if (!repetition.has_reference()) return "";
  const v1::ReferenceMatch& match = repetition.reference();
  if (!match.failure().empty())
    return absl::StrCat("not compared with ", match.name(), ": ", match.failure());
  return absl::StrFormat("%.0f %% like %s", match.similarity() * 100, match.name());
}

bool IsHeld(const v1::Repetition& repetition) { return repetition.held_us() > 0; }

std::string Counted(int64_t count, const std::string& one) {
  return absl::StrCat(count, " ", one, count == 1 ? "" : "s");
}

std::string SetHeadline(const v1::SetSummary& set) {
  std::string text = absl::StrFormat("  Set %-6d %s: ", set.set(), ExerciseTitle(set));
  if (set.held_us() > 0) {
    absl::StrAppend(&text, Counted(set.repetitions() + set.partial(), "hold"), ", longest ",
                    Seconds(set.held_us()), " s");
  } else {
    absl::StrAppend(&text, Counted(set.repetitions(), "repetition"));
    if (set.partial() > 0) absl::StrAppend(&text, " and ", set.partial(), " partial");
  }
  absl::StrAppendFormat(&text, ", %d correct, score %.0f, %s s", set.correct(), set.score(),
                        Seconds(set.end_us() - set.start_us()));
  if (set.rest_us() > 0) absl::StrAppend(&text, ", after ", Seconds(set.rest_us()), " s of rest");
  return text + "\n";
}

std::string TableRow(const v1::Repetition& repetition) {
  const std::string tempo =
      IsHeld(repetition) ? ""
                         : absl::StrJoin({Seconds(repetition.lowering_us()), Seconds(repetition.pause_us()),
                                          Seconds(repetition.lifting_us())},
                                         " - ");
  return absl::StrFormat("  %13d  %5s s  %4.0f %%  %-15s  %5.0f  %s\n", repetition.number(),
                         Seconds(repetition.end_us() - repetition.start_us()),
                         repetition.range_of_motion() * 100, tempo, repetition.score(), Verdict(repetition));
}

// What was off in the set as a whole: "depth in 3 of 10 (1 slightly)".
std::string OffInSet(const v1::SetSummary& set) {
  std::vector<v1::FindingCount> off;
  std::copy_if(set.findings().begin(), set.findings().end(), std::back_inserter(off),
               [](const v1::FindingCount& count) { return count.slightly() + count.clearly() > 0; });
  std::stable_sort(off.begin(), off.end(), [](const v1::FindingCount& a, const v1::FindingCount& b) {
    return std::pair(a.clearly(), a.slightly()) > std::pair(b.clearly(), b.slightly());
  });
  return absl::StrJoin(off, ", ", [](std::string* out, const v1::FindingCount& count) {
    absl::StrAppend(out, LowerFirst(ConditionTitle(count)), " in ", count.slightly() + count.clearly(),
                    " of ", count.judged());
    if (count.slightly() > 0) absl::StrAppend(out, " (", count.slightly(), " slightly)");
  });
}

std::string Drift(const v1::SetSummary& set) {
  std::vector<std::string> parts;
  if (set.tempo_drift() > 0) {
    const float slower = set.tempo_drift() - 1;
    if (std::abs(slower) >= kNotableDrift) {
      parts.push_back(absl::StrFormat("the last third %.0f %% %s than the first", std::abs(slower) * 100,
                                      slower > 0 ? "slower" : "faster"));
    }
    if (std::abs(set.range_lost()) >= kNotableDrift) {
      parts.push_back(absl::StrFormat("range %s %.0f %%", set.range_lost() > 0 ? "lost" : "gained",
                                      std::abs(set.range_lost()) * 100));
    }
  }
  return absl::StrJoin(parts, ", ");
}

std::string SetTable(const v1::SetSummary& set, const std::vector<v1::Repetition>& repetitions) {
  std::string text = SetHeadline(set);
  absl::StrAppendFormat(&text, "  %13s  %7s  %6s  %-15s  %5s\n", "rep", "time", "range", "tempo", "score");
  for (const v1::Repetition& repetition : repetitions) {
    if (repetition.set() == set.set()) absl::StrAppend(&text, TableRow(repetition));
  }
  if (const std::string off = OffInSet(set); !off.empty())
    absl::StrAppendFormat(&text, "  %-10s %s\n", "Off", off);
  if (const std::string drift = Drift(set); !drift.empty())
    absl::StrAppendFormat(&text, "  %-10s %s\n", "Drift", drift);
  return text;
}

}  // namespace

std::string RepetitionLine(const v1::Repetition& repetition) {
  const std::string exercise = LowerFirst(ExerciseTitle(repetition));
  const double seconds = static_cast<double>(repetition.end_us() - repetition.start_us()) / 1e6;
  std::string line = absl::StrFormat("%s %-3d %s  %4.1f s", IsHeld(repetition) ? "hold" : "rep",
                                     repetition.number(), exercise, seconds);
  if (!IsHeld(repetition))
    absl::StrAppendFormat(&line, "  range %3.0f %%", repetition.range_of_motion() * 100);
  const std::string reference = ReferenceText(repetition);
  return absl::StrCat(line, reference.empty() ? "" : "  ", reference, "  ", Verdict(repetition));
}

std::string AdviceLine(const v1::Advice& advice) { return absl::StrCat("coach: ", advice.text()); }

std::string HintLine(const v1::Hint& hint) {
  return absl::StrCat("camera: ", hint.text(), hint.withdrawn() ? " (done)" : "");
}

std::string SetTables(const SessionRecord& record) {
  std::string text;
  for (const v1::SetSummary& set : record.sets())
    absl::StrAppend(&text, text.empty() ? "" : "\n", SetTable(set, record.repetitions()));
  return text;
}

}  // namespace trackfit::client
