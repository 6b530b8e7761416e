// Finds the repetitions of one exercise in a stream of bodies.
#ifndef TRACKFIT_REPETITIONS_REPETITION_COUNTER_H_
#define TRACKFIT_REPETITIONS_REPETITION_COUNTER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "repetitions/body.h"
#include "repetitions/exercise.h"
#include "repetitions/hold_finder.h"
#include "repetitions/phase.h"
#include "repetitions/repetition.h"

namespace trackfit::repetitions {

// What a counter knows while no repetition is under way: enough to go on elsewhere with the same results.
struct CounterState {
  float rest_level = 0;  // of the phase, learnt from this person in this view
  float turn_level = 1;
  int repetitions = 0;                 // that these levels rest on
  float usual_seconds = 0;             // that complete ones take
  std::vector<float> usual_changes{};  // of the drivers' phases from rest to turn; NaN = not seen
  int64_t complete_us = 0;             // when the last complete one ended
  int64_t ended_us = 0;                // when the last one ended, complete or not
  HoldFinder::Start hold;              // of held exercises: the hold that is under way
};

// Follows the phase from valley to peak to valley. How far it must move to count depends on how far this
// person moved before, within the exercise's limits, and what moves less must move like this person's
// complete repetitions, so that partial repetitions are found and fidgeting is not. Not thread-safe. The
// exercise outlives it. Memory is bounded by the exercise's most_seconds.
class RepetitionCounter {
 public:
  explicit RepetitionCounter(const Exercise& exercise, const CounterState& state = {});

  // The next body of a stream that is uniform in time at kRateHz. Gives an attempt when one has just ended
  // and meets the exercise's requirements, complete or partial. Held exercises: when the hold has ended; of a
  // hold longer than most_seconds the frames are thinned out evenly.
  // Counters of one stream share its bodies.
  std::optional<Attempt> Push(std::shared_ptr<const Body> body);
  std::optional<Attempt> Push(const Body& body) { return Push(std::make_shared<const Body>(body)); }
  // The stream, or this person's part of it, is over: what is under way and complete but for its last few
  // frames.
  std::optional<Attempt> Finish();
  // Forgets what is under way. After a gap in time, or when another person is followed: Finish() and go on.
  void Break();

  // Nothing is under way, and the counter would go on from state() as it does from itself.
  bool at_rest() const;
  CounterState state() const;
  // Another counter, made of state(), gives the same results if it gets the bodies after the one with this
  // sequence: where the repetition began that is under way, or now. 0 before the first body.
  uint64_t restart_after() const;
  // Of the last body: 0 = rest, 1 = the usual turning point; NaN = cannot be measured.
  float phase() const { return phase_; }

 private:
  enum class Stage {
    kRest,
    kOut,   // towards the turning point
    kBack,  // from it
  };
  struct Frame {
    std::shared_ptr<const Body> body;
    float phase = 0;  // smoothed, so that it belongs to a body kPhaseLag earlier
  };

  void Remember(std::shared_ptr<const Body> body);
  void RestFrom(int64_t index);
  std::optional<Attempt> Follow();
  std::optional<Attempt> EndRepetition();
  bool Ended() const;
  float UsualRange() const { return state_.turn_level - state_.rest_level; }
  bool InSet() const;
  float NeededRise() const;
  std::vector<float> ChangesIn(const Attempt& attempt) const;
  float LikenessOf(const Attempt& attempt) const;
  float AsUsual(const Quantity& quantity, const Attempt& attempt) const;
  bool IsOne(const Attempt& attempt) const;
  void Learn(float rest, float turn, const Attempt& attempt);
  std::optional<Attempt> Accept(std::optional<Attempt> attempt) const;

  // Frames are counted from the beginning of the stream.
  int64_t newest() const { return first_ + static_cast<int64_t>(frames_.size()) - 1; }
  float PhaseAt(int64_t index) const { return frames_[static_cast<size_t>(index - first_)].phase; }
  const Body& BodyAt(int64_t index) const { return *frames_[static_cast<size_t>(index - first_)].body; }
  double LastBelow(float level, int64_t before) const;
  double FirstBelow(float level, int64_t after) const;

  const Exercise* exercise_;
  uint64_t last_sequence_ = 0;
  size_t most_frames_;
  CounterState state_;
  PhaseFilter filter_;
  float phase_;
  int unseen_ = 0;  // bodies without a phase since the last one with it
  std::deque<Frame> frames_;
  int64_t first_ = 0;  // index of frames_.front()
  Stage stage_ = Stage::kRest;
  bool has_valley_ = false;
  float valley_ = 0;  // lowest phase at rest
  int64_t valley_at_ = 0;
  int64_t left_at_ = 0;  // where the rest was left
  float peak_ = 0;
  int64_t peak_at_ = 0;
  float low_ = 0;  // lowest phase since the peak
  int64_t low_at_ = 0;
  std::optional<HoldFinder> hold_;  // of held exercises, instead of all this
};

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_REPETITIONS_REPETITION_COUNTER_H_
