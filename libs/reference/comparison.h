// How a repetition differs from a reference.
#ifndef TRACKFIT_REFERENCE_COMPARISON_H_
#define TRACKFIT_REFERENCE_COMPARISON_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reference/reference.h"
#include "repetitions/repetition.h"
#include "skeleton/joint.h"

namespace trackfit::reference {

struct PartMatch {
  Part part = Part::kArms;
  float similarity = 0;  // [0, 1]; 1 = as the reference
};

struct Deviation {
  skeleton::Joint joint = skeleton::kLeftElbow;
  float phase = 0;        // 0 = start, 0.5 = turning point, 1 = end
  float degrees = 0;      // positive: straighter than in the reference
  uint64_t sequence = 0;  // of the frame
};

// See the contract for units and meaning.
struct Match {
  std::string name;
  float similarity = 0;          // of the parts that matter to the exercise
  std::vector<PartMatch> parts;  // those of which enough is seen, whether they matter or not
  float tempo_ratio = 0;
  std::vector<Deviation> deviations;
  std::string failure;  // why it could not be aligned; empty if it could
};

// Compares an attempt at `exercise` with a reference. Whence it is filmed is found out, and the reference is
// looked at from there; so is its mirror image. Thread-safe; takes a few milliseconds.
Match Compare(const Reference& reference, const std::string& exercise, const repetitions::Attempt& attempt);

}  // namespace trackfit::reference

#endif  // TRACKFIT_REFERENCE_COMPARISON_H_
