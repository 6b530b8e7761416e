// Tells people how to place camera and themselves, so that the coach sees what it needs.
#ifndef TRACKFIT_FRAMING_FRAMING_H_
#define TRACKFIT_FRAMING_FRAMING_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "framing/hint.h"
#include "framing/view_check.h"
#include "repetitions/exercise.h"
#include "skeleton/pose.h"

namespace trackfit::framing {

// One frame of the stream, at any rate.
struct Frame {
  uint64_t sequence = 0;
  int64_t timestamp_us = 0;              // increases from frame to frame
  const skeleton::Pose* pose = nullptr;  // null, or all joints NaN: nobody is seen
  int people = 0;                        // seen in the frame; 0: not known
  bool exercising = false;               // a repetition is under way: no new hints
};

// A hint is given when its problem was there for a second, less the time that it was not, and withdrawn
// likewise. Not thread-safe.
class Framing {
 public:
  // Enough to go on elsewhere with the same results.
  struct State {
    std::optional<int64_t> last_us;              // timestamp of the last frame
    std::array<float, kCodeCount> evidence_s{};  // for each problem, in seconds
    std::array<bool, kCodeCount> shown{};        // hints given and not withdrawn
  };

  Framing() = default;
  explicit Framing(const State& state) : state_(state) {}

  // The exercise that is done; null while it is not known. It is only read during the call.
  void SetExercise(const repetitions::Exercise* exercise) { needs_ = Needs::Of(exercise); }

  // Hints that are due with this frame, given or withdrawn, usually none.
  std::vector<Hint> Push(const Frame& frame);

  const State& state() const { return state_; }

 private:
  Needs needs_;
  State state_;
};

}  // namespace trackfit::framing

#endif  // TRACKFIT_FRAMING_FRAMING_H_
