// How far somebody is on the way from rest to the turning point of an exercise.
#ifndef TRACKFIT_REPETITIONS_PHASE_H_
#define TRACKFIT_REPETITIONS_PHASE_H_

#include <array>
#include <vector>

#include "repetitions/body.h"
#include "repetitions/exercise.h"

namespace trackfit::repetitions {

// Bodies by which a smoothed phase lags behind.
inline constexpr int kPhaseLag = 3;

// The weighted mean of the drivers that are seen, freed of the landmarks' jitter. Not thread-safe; the
// exercise outlives it.
class PhaseFilter {
 public:
  explicit PhaseFilter(const Exercise& exercise);

  // Of the body kPhaseLag before this one: 0 = rest, 1 = the usual turning point; NaN when no driver was seen
  // for half a second. Bodies at kRateHz.
  float Push(const Body& body);
  // Forgets what came before.
  void Clear();

 private:
  struct Seen {
    float value = 0;
    int age = 0;  // bodies since
  };

  float Raw(const Body& body);

  const Exercise* exercise_;
  std::vector<Seen> drivers_;
  std::array<float, 5> recent_{};
  int filled_ = 0;
  int next_ = 0;
  float smooth_ = 0;
  bool has_smooth_ = false;
};

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_REPETITIONS_PHASE_H_
