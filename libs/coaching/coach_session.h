// The coach of one session: poses and assessments in; repetitions, advice and hints out.
#ifndef TRACKFIT_COACHING_COACH_SESSION_H_
#define TRACKFIT_COACHING_COACH_SESSION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "assessment/assessment.h"
#include "coaching/knowledge.h"
#include "reference/comparison.h"
#include "repetitions/judge.h"
#include "repetitions/repetition.h"
#include "skeleton/pose.h"

namespace trackfit::coaching {

struct CoachConfig {
  bool off = false;
  std::string voice{};     // empty: neutral
  std::string language{};  // empty: en
  bool advice = true;
  repetitions::Targets targets{};
  std::string reference{};       // a name of Knowledge::references(); empty: none
  std::string reference_data{};  // a reference file's content, instead
};

// As the contract's messages of the same names.
struct Advice {
  std::string text;
  std::vector<std::string> codes;
  uint64_t sequence = 0;
};

struct Hint {
  std::string code;
  std::string text;
  bool withdrawn = false;
  uint64_t sequence = 0;
};

// Titles are empty where the knowledge has none; so are texts of findings where there is nothing to say.
struct FindingWords {
  std::string title;
  std::string text;
};

struct CountedRepetition {
  repetitions::Repetition repetition;
  std::string exercise_title;
  std::vector<FindingWords> finding_words;  // one for each finding
  std::optional<reference::Match> reference;
};

struct EndedSet {
  repetitions::SetSummary summary;
  std::string exercise_title;
  std::vector<std::string> finding_titles;  // one for each of the summary's counts
};

using Event = std::variant<CountedRepetition, Advice, Hint, EndedSet>;

struct Checkpoint {
  uint64_t sequence =
      0;  // the poses after this one must come again: with them a repetition began that is under way
  std::string state;
};

// Not thread-safe. Costs the same memory however long the session. Time is that of the poses.
class CoachSession {
 public:
  // `expected_exercise` is empty (then the exercise is decided over the windows' assessments) or one of the
  // knowledge's; one that only the model knows is assessed but not coached. `checkpoint` as another session
  // gave it. INVALID_ARGUMENT naming the field: config.coach.voice, config.coach.language,
  // config.reference, config.reference_data, config.checkpoint.state. Targets of conditions that there are
  // not change nothing; contract::FromProto() refuses them.
  static absl::StatusOr<CoachSession> Create(std::shared_ptr<const Knowledge> knowledge,
                                             const CoachConfig& config, const std::string& expected_exercise,
                                             const std::optional<Checkpoint>& checkpoint = std::nullopt);
  CoachSession(CoachSession&&) noexcept;
  CoachSession& operator=(CoachSession&&) noexcept;
  ~CoachSession();

  // The next pose, or a frame without anybody; valid and in order. What a checkpoint already covers is
  // ignored.
  std::vector<Event> Push(const skeleton::Pose& pose, int people = 1);
  std::vector<Event> PushNobody(uint64_t sequence, int64_t timestamp_us);
  // The assessment of a window that ends with a pose pushed before.
  std::vector<Event> Observe(const assessment::Assessment& window);
  // The stream is over.
  std::vector<Event> Finish();

  // To be sent along with the events of the last call; nullopt while none is due. The session itself goes on
  // from this state, so that another one gives the same events.
  std::optional<Checkpoint> TakeCheckpoint();

  // Names of the exercises whose repetitions it counts: the expected one, or all that it knows; not those
  // that are held.
  std::vector<std::string> counted() const;

  // The exercise's name for people, in the session's language; empty for one that the coach does not know.
  std::string TitleOf(const std::string& exercise) const;

 private:
  class Impl;
  explicit CoachSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace trackfit::coaching

#endif  // TRACKFIT_COACHING_COACH_SESSION_H_
