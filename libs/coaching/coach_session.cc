#include "coaching/coach_session.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "advice/advisor.h"
#include "coaching/exercise_vote.h"
#include "coaching/set_tracker.h"
#include "framing/framing.h"
#include "repetitions/body.h"
#include "repetitions/repetition_counter.h"
#include "schema/node.h"
#include "skeleton/resample.h"

namespace trackfit::coaching {
namespace {

using nlohmann::json;
using repetitions::Attempt;
using repetitions::CounterState;
using repetitions::Exercise;
using repetitions::RepetitionCounter;

constexpr int kFormat = 2;  // of checkpoints
constexpr int64_t kGapUs = 1'000'000;
// A window's assessment comes up to its length after what it saw began: so long repetitions wait for their
// exercise to be known.
constexpr int64_t kPatienceUs = 12'000'000;
constexpr size_t kMostWaiting = 64;  // repetitions per exercise
constexpr int kVotesToBegin = 1;     // of the last four windows
constexpr int kVotesToChange = 3;
// Without anything new there is a checkpoint this often.
constexpr int64_t kCheckpointUs = 2'000'000;

// What is known about one exercise that may be under way.
struct Candidate {
  Candidate(const Exercise& of, const CounterState& state) : exercise(&of), counter(of, state) {}

  const Exercise* exercise;
  RepetitionCounter counter;
  std::deque<CountedRepetition> waiting;  // until it is known that this is the exercise
};

json Save(const CounterState& state) {
  json changes = json::array();  // null = not seen
  for (const float change : state.usual_changes)
    changes.push_back(std::isfinite(change) ? json(change) : json());
  return {state.rest_level,    state.turn_level,        state.repetitions,
          state.hold.sequence, state.hold.timestamp_us, state.usual_seconds,
          std::move(changes),  state.complete_us,       state.ended_us};
}

CounterState LoadCounter(const json& saved) {
  CounterState state;
  saved.at(0).get_to(state.rest_level);
  saved.at(1).get_to(state.turn_level);
  saved.at(2).get_to(state.repetitions);
  saved.at(3).get_to(state.hold.sequence);
  saved.at(4).get_to(state.hold.timestamp_us);
  saved.at(5).get_to(state.usual_seconds);
  for (const json& change : saved.at(6)) {
    state.usual_changes.push_back(change.is_null() ? std::numeric_limits<float>::quiet_NaN()
                                                   : change.get<float>());
  }
  saved.at(7).get_to(state.complete_us);
  saved.at(8).get_to(state.ended_us);
  return state;
}

// The one that the session names or brings along; none if it does neither.
absl::StatusOr<std::optional<reference::Reference>> ReferenceOf(const CoachConfig& config,
                                                                const Knowledge& knowledge) {
  if (!config.reference_data.empty()) {
    auto parsed = reference::Reference::Parse(config.reference_data);
    if (parsed.ok()) return *std::move(parsed);
    return absl::InvalidArgumentError(absl::StrCat("config.reference_data: ", parsed.status().message()));
  }
  if (config.reference.empty()) return std::nullopt;
  if (const reference::Reference* known = knowledge.references().Find(config.reference)) return *known;
  return schema::Unknown(absl::StrCat("config.reference is \"", config.reference, "\""), config.reference,
                         knowledge.reference_names());
}

}  // namespace

class CoachSession::Impl {
 public:
  Impl(std::shared_ptr<const Knowledge> knowledge, CoachConfig config, const std::string& expected,
       std::optional<reference::Reference> reference, advice::Advisor advisor)
      : knowledge_(std::move(knowledge)),
        config_(std::move(config)),
        reference_(std::move(reference)),
        advisor_(std::move(advisor)) {
    for (const Exercise& exercise : knowledge_->catalogue().exercises()) {
      if (expected.empty() || exercise.name == expected) candidates_.emplace_back(exercise, CounterState{});
    }
    if (!expected.empty() && !candidates_.empty()) {
      fixed_ = true;
      SetCurrent(&candidates_.front());
    }
  }

  std::vector<Event> Push(const skeleton::Pose& pose, int people) {
    if (!TakeTime(pose.sequence, pose.timestamp_us)) return {};
    if (pose.person_id != person_id_ && person_id_ != 0 && pose.person_id != 0) {
      Break();
      scale_ = repetitions::BodyScale();
    }
    if (pose.person_id != 0) person_id_ = pose.person_id;
    const skeleton::Resampler::Result resampled = resampler_.Push(pose);
    if (resampled.gap) Break();
    Frame({.sequence = pose.sequence, .timestamp_us = pose.timestamp_us, .pose = &pose, .people = people});
    for (const skeleton::Pose& uniform : resampled.poses) {
      if (const auto body = scale_.Measure(uniform))
        PushBody(std::make_shared<const repetitions::Body>(*body));
    }
    EndSetAfterRest(pose.timestamp_us);
    return TakeEvents();
  }

  std::vector<Event> PushNobody(uint64_t sequence, int64_t timestamp_us) {
    if (!TakeTime(sequence, timestamp_us)) return {};
    Frame({.sequence = sequence, .timestamp_us = timestamp_us});
    EndSetAfterRest(timestamp_us);
    return TakeEvents();
  }

  std::vector<Event> Observe(const assessment::Assessment& window) {
    if (fixed_ || window.last_sequence <= observed_) return {};
    observed_ = window.last_sequence;
    vote_.Add(window);
    const std::string leader = vote_.Leader(current_ && sets_.open() ? kVotesToChange : kVotesToBegin);
    Candidate* const candidate = Find(leader);
    if (candidate && candidate != current_ && MayBecomeCurrent(*candidate)) {
      EndSet();
      SetCurrent(candidate);
    }
    if (current_ && vote_.last() == current_->exercise->name) ReportWaiting(*current_);
    return TakeEvents();
  }

  std::vector<Event> Finish() {
    for (Candidate& candidate : candidates_) {
      if (const auto attempt = candidate.counter.Finish()) Take(candidate, *attempt);
    }
    if (current_) ReportWaiting(*current_);
    EndSet();
    return TakeEvents();
  }

  std::optional<Checkpoint> TakeCheckpoint() {
    if (checkpoint_us_ == kNever || (covered_ && last_sequence_ <= *covered_)) return std::nullopt;
    if (!is_new_ && last_us_ - checkpoint_us_ < kCheckpointUs) return std::nullopt;
    is_new_ = false;
    checkpoint_us_ = last_us_;
    return Checkpoint{RestartAfter(), Save().dump()};
  }

  // Throws json::exception for what Save() did not make.
  void Load(const json& saved) {
    if (saved.at("format").get<int>() != kFormat)
      throw json::other_error::create(501, "another format", &saved);
    checkpoint_us_ = last_us_ = saved.at("last_us").get<int64_t>();
    last_sequence_ = saved.at("last_sequence").get<uint64_t>();
    covered_ = last_sequence_;
    saved.at("observed").get_to(observed_);
    saved.at("person_id").get_to(person_id_);
    const json& scale = saved.at("scale");
    scale_ = repetitions::BodyScale(
        {scale.at(0).get<float>(), scale.at(1).get<float>(), scale.at(2).get<float>()});
    for (Candidate& candidate : candidates_) {
      const auto found = saved.at("counters").find(candidate.exercise->name);
      if (found != saved.at("counters").end()) {
        candidate.counter = RepetitionCounter(*candidate.exercise, LoadCounter(*found));
      }
    }
    const json& framing = saved.at("framing");
    framing::Framing::State seen;
    if (!framing.at(0).is_null()) seen.last_us = framing.at(0).get<int64_t>();
    framing.at(1).get_to(seen.evidence_s);
    framing.at(2).get_to(seen.shown);
    framing_ = framing::Framing(seen);
    if (!fixed_) current_ = Find(saved.at("exercise").get<std::string>());
    SetCurrent(current_);
    vote_.Load(saved.at("votes"));
    sets_.Load(saved.at("sets"));
    advisor_.Load(saved.at("advice"));
  }

  void ResumeAfter(uint64_t sequence) { resumed_after_ = sequence; }

  std::vector<std::string> counted() const {
    std::vector<std::string> names;
    for (const Candidate& candidate : candidates_) {
      if (!candidate.exercise->held) names.push_back(candidate.exercise->name);
    }
    return names;
  }

  std::string TitleOf(const std::string& exercise) const {
    const Exercise* const known = knowledge_->catalogue().Find(exercise);
    return known != nullptr ? advisor_.TitleOf(*known) : "";
  }

 private:
  // What is under way, or waits to be reported, began after this pose.
  uint64_t RestartAfter() const {
    uint64_t sequence = last_sequence_;
    for (const Candidate& candidate : candidates_) {
      sequence = std::min(sequence, candidate.counter.restart_after());
      for (const CountedRepetition& counted : candidate.waiting) {
        if (IsLate(counted.repetition) || IsTold(counted.repetition)) continue;
        sequence = std::min(sequence, std::max<uint64_t>(counted.repetition.first_sequence, 1) - 1);
      }
    }
    return sequence;
  }

  json Save() const {
    json counters = json::object();
    for (const Candidate& candidate : candidates_) {
      counters[candidate.exercise->name] = coaching::Save(candidate.counter.state());
    }
    const repetitions::BodyScale::State& scale = scale_.state();
    const framing::Framing::State& seen = framing_.state();
    return {{"format", kFormat},
            {"last_us", last_us_},
            {"last_sequence", last_sequence_},
            {"observed", observed_},
            {"person_id", person_id_},
            {"scale", {scale.torso, scale.breadth, scale.facing}},
            {"counters", std::move(counters)},
            {"exercise", current_ ? current_->exercise->name : ""},
            {"votes", vote_.Save()},
            {"sets", sets_.Save()},
            {"advice", advisor_.Save()},
            {"framing", {seen.last_us ? json(*seen.last_us) : json(), seen.evidence_s, seen.shown}}};
  }

  // False for what came before the checkpoint from which this session goes on.
  bool TakeTime(uint64_t sequence, int64_t timestamp_us) {
    if (covered_ && sequence <= *covered_) return sequence > resumed_after_;
    if (checkpoint_us_ == kNever) checkpoint_us_ = timestamp_us;
    last_sequence_ = sequence;
    last_us_ = timestamp_us;
    return true;
  }

  Candidate* Find(const std::string& name) {
    const auto found = std::ranges::find_if(
        candidates_, [&](const Candidate& candidate) { return candidate.exercise->name == name; });
    return found == candidates_.end() ? nullptr : &*found;
  }

  void SetCurrent(Candidate* candidate) {
    current_ = candidate;
    framing_.SetExercise(candidate ? candidate->exercise : nullptr);
  }

  // What comes next does not belong to what is under way, which may have been nearly done.
  void Break() {
    for (Candidate& candidate : candidates_) {
      if (const auto attempt = candidate.counter.Finish()) Take(candidate, *attempt);
    }
  }

  // Hints are for before and between repetitions.
  void Frame(framing::Frame frame) {
    if (covered_ && frame.sequence <= *covered_) return;
    frame.exercising = current_ && !current_->counter.at_rest();
    for (const framing::Hint& hint : framing_.Push(frame)) {
      const std::string code(hint.name());
      events_.emplace_back(Hint{code, advisor_.TextOfHint(code), hint.withdrawn, hint.sequence});
    }
  }

  void PushBody(const std::shared_ptr<const repetitions::Body>& body) {
    for (Candidate& candidate : candidates_) {
      if (const auto attempt = candidate.counter.Push(body)) Take(candidate, *attempt);
    }
  }

  void Take(Candidate& candidate, const Attempt& attempt) {
    CountedRepetition counted;
    counted.repetition = repetitions::Judge(*candidate.exercise, attempt, config_.targets);
    if (reference_ && reference_->exercise == candidate.exercise->name) {
      counted.reference = reference::Compare(*reference_, candidate.exercise->name, attempt);
    }
    if (&candidate == current_ && IsSure(counted.repetition)) {
      ReportWaiting(candidate);
      Report(std::move(counted));
      return;
    }
    candidate.waiting.push_back(std::move(counted));
    if (candidate.waiting.size() > kMostWaiting) candidate.waiting.pop_front();
  }

  // Whether a repetition of the current exercise can be reported before another window is assessed.
  bool IsSure(const repetitions::Repetition& repetition) const {
    if (fixed_ || vote_.last() == current_->exercise->name) return true;
    // In the middle of a set, a window that nothing is known of does not stop the count of what goes on
    // alike.
    return vote_.last().empty() && sets_.numbered() >= 2 &&
           std::abs(repetition.range_of_motion - sets_.mean_range()) < 0.3F * sets_.mean_range();
  }

  // Another exercise takes over once it has repetitions that the current one does not explain.
  bool MayBecomeCurrent(const Candidate& candidate) const {
    if (!current_ || !sets_.open()) return true;
    return std::ranges::any_of(candidate.waiting, [&](const CountedRepetition& counted) {
      return !IsLate(counted.repetition) && counted.repetition.start_us >= sets_.end_us();
    });
  }

  void ReportWaiting(Candidate& candidate) {
    while (!candidate.waiting.empty()) {
      CountedRepetition counted = std::move(candidate.waiting.front());
      candidate.waiting.pop_front();
      if (!IsLate(counted.repetition)) Report(std::move(counted));
    }
  }

  // Already, by this session or the one before it, or it is part of a repetition of another exercise.
  bool IsTold(const repetitions::Repetition& repetition) const {
    return sets_.end_us() > 0 && (repetition.start_us + repetition.end_us) / 2 < sets_.end_us();
  }

  // It waited in vain for its exercise to be known.
  bool IsLate(const repetitions::Repetition& repetition) const {
    return last_us_ - repetition.end_us > kPatienceUs;
  }

  void Report(CountedRepetition counted) {
    const repetitions::Repetition& repetition = counted.repetition;
    if (IsTold(repetition)) return;
    if (sets_.WouldClose(counted.repetition.exercise, counted.repetition.start_us)) EndSet();
    sets_.Add(counted.repetition);
    is_new_ = true;
    const Exercise& exercise = *knowledge_->catalogue().Find(repetition.exercise);
    counted.exercise_title = advisor_.TitleOf(exercise);
    for (const repetitions::Finding& finding : repetition.findings) {
      counted.finding_words.push_back(
          {advisor_.TitleOf(exercise, finding.code), advisor_.TextOf(exercise, finding)});
    }
    std::vector<advice::Advice> advice = advisor_.OnRepetition(exercise, repetition);
    events_.emplace_back(std::move(counted));
    Say(std::move(advice));
  }

  void Say(std::vector<advice::Advice> advice) {
    if (!config_.advice) return;
    for (advice::Advice& sentence : advice) {
      events_.emplace_back(Advice{std::move(sentence.text), std::move(sentence.codes), last_sequence_});
    }
  }

  void EndSet() {
    auto set = sets_.Close();
    if (!set) return;
    is_new_ = true;
    const Exercise& exercise = *knowledge_->catalogue().Find(set->exercise);
    std::vector<advice::Advice> advice = advisor_.OnSetEnd(exercise, *set);
    EndedSet ended{*std::move(set), advisor_.TitleOf(exercise), {}};
    for (const repetitions::FindingCount& count : ended.summary.findings) {
      ended.finding_titles.push_back(advisor_.TitleOf(exercise, count.code));
    }
    events_.emplace_back(std::move(ended));
    Say(std::move(advice));
  }

  void EndSetAfterRest(int64_t now_us) {
    const bool resting = !current_ || current_->counter.at_rest();
    if (sets_.open() && resting && now_us - sets_.end_us() > kSetRestUs) EndSet();
  }

  std::vector<Event> TakeEvents() { return std::exchange(events_, {}); }

  static constexpr int64_t kNever = std::numeric_limits<int64_t>::min();

  const std::shared_ptr<const Knowledge> knowledge_;
  const CoachConfig config_;
  const std::optional<reference::Reference> reference_;
  bool fixed_ = false;  // the client named the exercise
  std::vector<Candidate> candidates_;
  Candidate* current_ = nullptr;  // among candidates_; null: not known

  // Of the checkpoint from which this session goes on: poses after the first are counted again, whatever is
  // reported of them up to the second is known.
  uint64_t resumed_after_ = 0;
  std::optional<uint64_t> covered_;
  uint64_t observed_ = 0;  // end of the last window
  uint64_t last_sequence_ = 0;
  int64_t last_us_ = 0;
  int64_t checkpoint_us_ = kNever;  // of the last one, or the first pose
  uint32_t person_id_ = 0;

  skeleton::Resampler resampler_{repetitions::kRateHz, kGapUs};
  repetitions::BodyScale scale_;
  ExerciseVote vote_;
  SetTracker sets_;
  advice::Advisor advisor_;
  framing::Framing framing_;
  bool is_new_ = false;  // something was reported since the last checkpoint
  std::vector<Event> events_;
};

CoachSession::CoachSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CoachSession::CoachSession(CoachSession&&) noexcept = default;
CoachSession& CoachSession::operator=(CoachSession&&) noexcept = default;
CoachSession::~CoachSession() = default;

absl::StatusOr<CoachSession> CoachSession::Create(std::shared_ptr<const Knowledge> knowledge,
                                                  const CoachConfig& config,
                                                  const std::string& expected_exercise,
                                                  const std::optional<Checkpoint>& checkpoint) {
  auto reference = ReferenceOf(config, *knowledge);
  if (!reference.ok()) return reference.status();
  auto advisor = advice::Advisor::Create(knowledge->phrases(), config.voice, config.language);
  if (!advisor.ok()) return advisor.status();
  auto impl = std::make_unique<Impl>(std::move(knowledge), config, expected_exercise, *std::move(reference),
                                     *std::move(advisor));
  if (checkpoint) {
    try {
      impl->Load(json::parse(checkpoint->state));
    } catch (const json::exception& error) {
      return absl::InvalidArgumentError(
          absl::StrCat("config.checkpoint.state cannot be used: ", error.what()));
    }
    impl->ResumeAfter(checkpoint->sequence);
  }
  return CoachSession(std::move(impl));
}

std::vector<Event> CoachSession::Push(const skeleton::Pose& pose, int people) {
  return impl_->Push(pose, people);
}

std::vector<Event> CoachSession::PushNobody(uint64_t sequence, int64_t timestamp_us) {
  return impl_->PushNobody(sequence, timestamp_us);
}

std::vector<Event> CoachSession::Observe(const assessment::Assessment& window) {
  return impl_->Observe(window);
}

std::vector<Event> CoachSession::Finish() { return impl_->Finish(); }

std::optional<Checkpoint> CoachSession::TakeCheckpoint() { return impl_->TakeCheckpoint(); }

std::vector<std::string> CoachSession::counted() const { return impl_->counted(); }

std::string CoachSession::TitleOf(const std::string& exercise) const { return impl_->TitleOf(exercise); }

}  // namespace trackfit::coaching
