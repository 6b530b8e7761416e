// The repetitions of a clip, to be made a reference of.
#ifndef TRACKFIT_REFERENCE_TAKES_H_
#define TRACKFIT_REFERENCE_TAKES_H_

#include <span>
#include <vector>

#include "reference/recording.h"
#include "repetitions/exercise.h"
#include "skeleton/pose.h"

namespace trackfit::reference {

// The complete repetitions of `exercise` in a clip of one camera, in order, each with its score. Poses are
// ordered by their timestamps; repetitions that are interrupted by a gap of more than half a second or by
// another person are left out.
std::vector<Take> FindTakes(const repetitions::Exercise& exercise, std::span<const skeleton::Pose> poses);

// The parts of the body that the exercise's conditions are about; all if it has none.
std::vector<Part> PartsOf(const repetitions::Exercise& exercise);

}  // namespace trackfit::reference

#endif  // TRACKFIT_REFERENCE_TAKES_H_
