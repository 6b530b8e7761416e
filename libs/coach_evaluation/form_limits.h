// Good ranges of conditions as numbers that can be fitted to labelled repetitions and written back.
#ifndef TRACKFIT_COACH_EVALUATION_FORM_LIMITS_H_
#define TRACKFIT_COACH_EVALUATION_FORM_LIMITS_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "coach_evaluation/form_faults.h"
#include "coach_evaluation/form_samples.h"
#include "repetitions/exercise.h"

namespace trackfit::coach_evaluation {

struct Limits {
  repetitions::Range good;
  float slightly = 0;
  std::string source;  // of fitted ones: what they were fitted to
};

// Fitted limits by the code of a condition and the number of its criterion: 0 = its own, then other_views.
using FittedLimits = std::map<std::pair<std::string, size_t>, Limits>;

// Fits each criterion that at least five repetitions with its fault and five without any are judged by, so
// that it is clearly off in as many of the former and as few of the latter as possible; every data set weighs
// the same and a false alarm three times a fault that is missed. A tenth of good repetitions at most is
// slightly off; what is doubtful begins where a twentieth of the faulty ones is better.
FittedLimits FitLimits(const std::vector<const FormSample*>& samples, const FaultTable& faults);

// The criterion by which a condition of a sample is judged; -1 = none.
int CriterionOf(const repetitions::Condition& condition, repetitions::View view);

// How a finding of the sample would be judged with fitted limits; as it was where there are none.
repetitions::FindingLevel LevelWith(const FittedLimits& limits, const FormSample& sample, size_t condition);

// The exercise's file with the fitted limits of its conditions and, behind each, what it was fitted to.
// INVALID_ARGUMENT when a condition is not found in the text as this project writes it.
absl::StatusOr<std::string> WithLimits(const std::string& yaml, const repetitions::Exercise& exercise,
                                       const FittedLimits& limits);

}  // namespace trackfit::coach_evaluation

#endif  // TRACKFIT_COACH_EVALUATION_FORM_LIMITS_H_
