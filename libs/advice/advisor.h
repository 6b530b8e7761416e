// Says in sentences what came of repetitions and sets: what to change first, what went well, what has
// improved. The same repetitions always give the same sentences.
#ifndef TRACKFIT_ADVICE_ADVISOR_H_
#define TRACKFIT_ADVICE_ADVISOR_H_

#include <array>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "advice/language.h"
#include "advice/set_memory.h"
#include "repetitions/exercise.h"
#include "repetitions/repetition.h"

namespace trackfit::advice {

// Codes of sentences that are about more than one condition; all others are condition codes.
inline constexpr std::string_view kPartialCode = "partial";         // repetitions that do not count
inline constexpr std::string_view kSetCode = "set_result";          // how many of a set were correct
inline constexpr std::string_view kProgressCode = "set_progress";   // better than the set before
inline constexpr std::string_view kRangeLostCode = "range_lost";    // the movement became smaller
inline constexpr std::string_view kTempoDriftCode = "tempo_drift";  // and slower
inline constexpr std::string_view kNotJudgedCode = "not_judged";  // what the camera does not show; then which

struct Advice {
  std::string text;
  std::vector<std::string> codes;  // never empty
};

// Nothing is said live within so long of what was said before, in the frames' own time.
inline constexpr int64_t kSilenceUs = 10'000'000;

// Of one session. Not thread-safe. Small, whatever the length of the session.
class Advisor {
 public:
  // Empty voice: neutral; empty language: en. INVALID_ARGUMENT naming config.coach.voice or
  // config.coach.language, and those that there are.
  static absl::StatusOr<Advisor> Create(std::shared_ptr<const Phrases> phrases, const std::string& voice,
                                        const std::string& language);

  // A repetition of `exercise` has ended, at repetition.end_us. Nothing or one sentence.
  std::vector<Advice> OnRepetition(const repetitions::Exercise& exercise,
                                   const repetitions::Repetition& repetition);
  // Its set has ended: the result, what to change first, what went well, what became better or worse, what
  // could not be seen; a sentence each.
  std::vector<Advice> OnSetEnd(const repetitions::Exercise& exercise, const repetitions::SetSummary& set);

  // What the exercise says of a finding, in no voice; empty when it is good or not judged.
  std::string TextOf(const repetitions::Exercise& exercise, const repetitions::Finding& finding) const;
  // Names for people; of the condition with this code empty where there is none.
  std::string TitleOf(const repetitions::Exercise& exercise) const;
  std::string TitleOf(const repetitions::Exercise& exercise, const std::string& code) const;
  // Of a hint of libs/framing; empty for an unknown code.
  std::string TextOfHint(std::string_view code) const;

  // What another advisor of the same voice and language needs to go on with the same sentences.
  nlohmann::json Save() const;
  // Throws nlohmann::json::exception.
  void Load(const nlohmann::json& saved);

 private:
  // A finding of a repetition, or a condition over a set, that should change.
  struct Fault;

  Advisor(std::shared_ptr<const Phrases> phrases, const Language& language, const Voice& voice)
      : phrases_(std::move(phrases)), language_(&language), voice_(&voice) {}

  // Picks the sentence's next text.
  Advice Say(Sentence sentence, const Values& values, std::vector<std::string> codes);
  // The same as live advice about the last of `codes`.
  Advice SayLive(Sentence sentence, const Values& values, std::vector<std::string> codes, int64_t now_us);
  // Whether about `code` something may be said: the longer, the more often it was said running.
  bool MaySay(std::string_view code, int64_t now_us) const;

  const repetitions::ConditionText& TextsOf(const repetitions::Condition& condition) const;

  std::optional<Fault> WorstOf(const repetitions::Exercise& exercise,
                               const repetitions::Repetition& repetition);
  std::optional<Fault> WorstOfSet(const repetitions::Exercise& exercise);
  Advice Correct(const Fault& fault, int64_t now_us);
  std::optional<Advice> Partial(const repetitions::Exercise& exercise,
                                const repetitions::Repetition& repetition);
  std::optional<Advice> Improvement(const repetitions::Exercise& exercise,
                                    const repetitions::Repetition& repetition);
  std::optional<Advice> Praise(const repetitions::Exercise& exercise,
                               const repetitions::Repetition& repetition);

  Advice Result(const repetitions::Exercise& exercise, const repetitions::SetSummary& set);
  std::optional<Advice> WentWell(const repetitions::Exercise& exercise, const std::string& except);
  std::optional<Advice> Progress(const repetitions::SetSummary& set);
  std::optional<Advice> NotSeen(const repetitions::Exercise& exercise);

  // How the last set went.
  struct Past {
    std::string exercise;
    uint32_t repetitions = 0;
    uint32_t correct = 0;
  };

  std::shared_ptr<const Phrases> phrases_;
  const Language* language_;
  const Voice* voice_;

  SetMemory memory_;
  std::optional<int64_t> last_us_;  // when something was last said
  std::string last_code_;           // the last that was to be changed
  uint32_t times_ = 0;              // running
  uint32_t correct_running_ = 0;    // repetitions
  uint32_t unpraised_ = 0;          // of them, since something was praised
  uint32_t praises_ = 0;            // of correct repetitions running, in the set
  std::array<uint32_t, kSentenceCount> said_{};
  Past past_;
  std::string told_;  // which conditions were last said not to be seen
};

}  // namespace trackfit::advice

#endif  // TRACKFIT_ADVICE_ADVISOR_H_
