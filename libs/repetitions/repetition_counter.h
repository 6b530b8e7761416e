// Finds the repetitions of one exercise in a stream of bodies.
#ifndef TRACKFIT_REPETITIONS_REPETITION_COUNTER_H_
#define TRACKFIT_REPETITIONS_REPETITION_COUNTER_H_

#include <optional>
#include <string>

#include "repetitions/body.h"
#include "repetitions/exercise.h"
#include "repetitions/repetition.h"

namespace trackfit::repetitions {

// What a counter knows while no repetition is under way: enough to go on elsewhere with the same results.
struct CounterState {
  float rest_level = 0;  // of the phase, learnt from this person in this view
  float turn_level = 1;
  int repetitions = 0;  // that these levels rest on
};

// Not thread-safe. The exercise outlives it. Memory is bounded by the exercise's most_seconds.
class RepetitionCounter {
 public:
  explicit RepetitionCounter(const Exercise& exercise, const CounterState& state = {});

  // The next body of a stream that is uniform in time at kRateHz. Gives an attempt when one has just ended
  // and meets the exercise's requirements, complete or partial. Held exercises: when the hold has ended.
  std::optional<Attempt> Push(const Body& body);
  // The stream, or this person's part of it, is over: what is under way and complete but for its last few
  // frames.
  std::optional<Attempt> Finish();
  // There is a gap in time, or another person: what is under way is dropped.
  void Break();

  // Nothing is under way, and the counter would go on from state() as it does from itself.
  bool at_rest() const;
  CounterState state() const;
  // Of the last body: 0 = rest, 1 = the usual turning point; NaN = cannot be measured.
  float phase() const;

 private:
  const Exercise* exercise_;
};

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_REPETITIONS_REPETITION_COUNTER_H_
