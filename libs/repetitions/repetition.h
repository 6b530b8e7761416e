// What came of a repetition and of a set: the contract's messages as plain types.
#ifndef TRACKFIT_REPETITIONS_REPETITION_H_
#define TRACKFIT_REPETITIONS_REPETITION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "repetitions/body.h"
#include "skeleton/joint.h"

namespace trackfit::repetitions {

enum class FindingLevel { kGood, kSlightly, kClearly, kNotJudged };

struct Finding {
  std::string code;
  FindingLevel level = FindingLevel::kNotJudged;
  float measured = 0;
  float good_low = 0;  // -infinity: no limit
  float good_high = 0;
  std::string unit;
  std::vector<skeleton::Joint> joints;
  uint64_t sequence = 0;  // of the frame in which it was worst
};

// The frames of something that may be a repetition. Indices refer to `frames`, which begin up to half a
// second before it.
struct Attempt {
  std::vector<Body> frames;
  std::vector<float> phase;  // of each frame: 0 = rest, 1 = the usual turning point
  size_t begin = 0;          // first frame of the repetition
  size_t turn_begin = 0;     // first frame of the rest at the turning point
  size_t turn_end = 0;       // last frame of it
  size_t end = 0;            // last frame of the repetition
  float range = 0;           // of the phase
};

// See the contract for units and meaning.
struct Repetition {
  uint32_t set = 1;
  uint32_t number = 0;
  std::string exercise;
  uint64_t first_sequence = 0;
  uint64_t last_sequence = 0;
  int64_t start_us = 0;
  int64_t end_us = 0;
  bool complete = false;
  bool correct = false;
  float score = 0;
  float range_of_motion = 0;
  float range_degrees = 0;
  float left_right_degrees = 0;
  int64_t lowering_us = 0;
  int64_t pause_us = 0;
  int64_t lifting_us = 0;
  int64_t held_us = 0;
  float peak_speed = 0;
  float path_ratio = 0;
  float sway = 0;
  std::vector<Finding> findings;
};

struct FindingCount {
  std::string code;
  uint32_t judged = 0;
  uint32_t slightly = 0;
  uint32_t clearly = 0;
};

struct SetSummary {
  uint32_t set = 1;
  std::string exercise;
  uint32_t repetitions = 0;
  uint32_t partial = 0;
  uint32_t correct = 0;
  float score = 0;
  int64_t start_us = 0;
  int64_t end_us = 0;
  int64_t rest_us = 0;
  int64_t under_tension_us = 0;
  float tempo_drift = 0;
  float range_lost = 0;
  int64_t held_us = 0;
  std::vector<FindingCount> findings;
};

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_REPETITIONS_REPETITION_H_
