// Finds how long somebody holds a position.
#ifndef TRACKFIT_REPETITIONS_HOLD_FINDER_H_
#define TRACKFIT_REPETITIONS_HOLD_FINDER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "repetitions/body.h"
#include "repetitions/repetition.h"

namespace trackfit::repetitions {

// In position is whose phase is near 1. Not thread-safe.
class HoldFinder {
 public:
  // When a hold began; 0 = there is none.
  struct Start {
    uint64_t sequence = 0;
    int64_t timestamp_us = 0;
  };

  // Keeps at most `most_frames` bodies of a hold; of a longer one every second, every fourth and so on.
  // Goes on with a hold that began before, if `start` says so; one that ended there, with no body since, is
  // not reported, for nothing tells when.
  HoldFinder(double least_seconds, size_t most_frames, const Start& start = {0, 0});

  // Bodies at kRateHz with their phase, NaN = not seen. Gives the hold that has just ended.
  std::optional<Attempt> Push(const Body& body, float phase);
  // The hold that is under way, up to the last body in position; none before the first body.
  std::optional<Attempt> Finish();
  void Break();

  bool holding() const { return holding_; }
  Start start() const;

 private:
  void Keep(const Body& body, float phase);

  double least_seconds_;
  size_t most_frames_;
  Start start_;  // of a hold that began before the first body
  bool holding_ = false;
  int in_a_row_ = 0;      // bodies in position, before the hold is one
  int out_in_a_row_ = 0;  // bodies out of position, during a hold
  int stride_ = 1;
  int skipped_ = 0;
  size_t last_in_position_ = 0;  // index into bodies_
  std::vector<Body> bodies_;
  std::vector<float> phases_;
};

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_REPETITIONS_HOLD_FINDER_H_
