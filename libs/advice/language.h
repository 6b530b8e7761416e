// The words of the coach in one language. They are data: deploy/exercises/voices/<language>.yaml.
#ifndef TRACKFIT_ADVICE_LANGUAGE_H_
#define TRACKFIT_ADVICE_LANGUAGE_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "repetitions/exercise.h"
#include "repetitions/repetition.h"

namespace trackfit::advice {

// What a sentence says. docs/exercises.md tells when each is said and what it may mention.
enum class Sentence : int {
  kChange,
  kAgain,
  kCloser,
  kImproved,
  kPraise,
  kPartial,
  kPartialChange,
  kSetAllCorrect,
  kSetSomeCorrect,
  kSetNoneCorrect,
  kSetNoneComplete,
  kSetHeld,
  kSetPartial,
  kSetChange,
  kSetPraise,
  kSetImproved,
  kSetBetter,
  kSetRangeLost,
  kSetSlower,
  kNotSeen,
  kNotSeenFrom,
};
inline constexpr int kSentenceCount = 21;

// Texts with {placeholders}, by Sentence. Which is said is up to who says it: several mean the same.
using Voice = std::array<std::vector<std::string>, kSentenceCount>;

// What stands for a placeholder: ("change", "Go lower.").
using Values = std::vector<std::pair<std::string, std::string>>;

// The text with its placeholders replaced.
std::string Fill(const std::string& text, const Values& values);

// Immutable after Parse(), so thread-safe.
struct Language {
  std::string code;                   // as in "en"
  std::map<int, std::string> counts;  // of repetitions: for a number, or, under -1, for all others; {n}
  std::map<std::string, std::string, std::less<>> units;  // by unit, and "percent"; {n}
  std::string between, least, most;                       // ranges; {low}, {high}
  std::string separator, last_separator;                  // of lists
  std::string in_one, in_few, in_many;                    // repetitions; {numbers}, or {count} and {total}
  std::array<std::string, 3> views;                       // by repetitions::View
  std::string below, above;  // a finding of which the exercise has no text; {measured}, {range}
  std::map<std::string, std::string, std::less<>> hints;  // by framing's codes
  std::map<std::string, Voice, std::less<>> voices;       // "neutral" is among them

  // INVALID_ARGUMENT with file and line: an unknown key or placeholder with a suggestion, a missing or wrong
  // value.
  static absl::StatusOr<Language> Parse(const std::string& file, const std::string& yaml);

  // "1 repetition", "3 repetitions".
  std::string Repetitions(uint32_t count) const;
  // "93°".
  std::string Value(float value, std::string_view unit) const;
  // "12%" of 0.12.
  std::string Percent(float share) const;
  // "at most 100°".
  std::string GoodRange(const repetitions::Finding& finding) const;
  // "in repetitions 3, 4 and 7", or how many of how many when the numbers are not all known.
  std::string Where(const std::vector<uint32_t>& numbers, uint32_t count, uint32_t total) const;
};

// All languages of a folder. Immutable, so thread-safe.
class Phrases {
 public:
  // Reads <folder>/*.yaml; errors of each file as Language::Parse; NOT_FOUND when there is none.
  static absl::StatusOr<std::shared_ptr<const Phrases>> Load(const std::string& folder);
  explicit Phrases(std::vector<Language> languages) : languages_(std::move(languages)) {}

  const std::vector<Language>& languages() const { return languages_; }  // sorted by code
  // Null when it is not there.
  const Language* Find(std::string_view code) const;

 private:
  std::vector<Language> languages_;
};

}  // namespace trackfit::advice

#endif  // TRACKFIT_ADVICE_LANGUAGE_H_
