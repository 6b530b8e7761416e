// Measures a repetition and judges the conditions of its exercise.
#ifndef TRACKFIT_REPETITIONS_JUDGE_H_
#define TRACKFIT_REPETITIONS_JUDGE_H_

#include <map>
#include <string>

#include "repetitions/exercise.h"
#include "repetitions/repetition.h"

namespace trackfit::repetitions {

// NaN when too few frames of that moment show it.
float Evaluate(const Quantity& quantity, const Exercise& exercise, const Attempt& attempt);

// How far a value is off in units of `slightly`: 0 = good, up to 1 = slightly, beyond clearly.
float OffBy(const Range& good, float slightly, float measured);
FindingLevel LevelOf(const Criterion& criterion, float off);

// In which of the views the person is seen during the attempt.
View ViewOf(const Attempt& attempt);

// Ranges that a session sets instead of the exercise's own, by condition code.
using Targets = std::map<std::string, Range>;

// Everything but `set` and `number`. Thread-safe.
Repetition Judge(const Exercise& exercise, const Attempt& attempt, const Targets& targets);

}  // namespace trackfit::repetitions

#endif  // TRACKFIT_REPETITIONS_JUDGE_H_
