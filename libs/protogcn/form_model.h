// Whether an execution is correct, from the measures that a coach would take: an additive model.
//
// One curve per measure gives the evidence of its value for a correct execution; their sum is the log odds.
// Few parameters, all of them interpretable, because labels come from few people: larger models learn the
// people (docs/adr/0016).
#ifndef TRACKFIT_PROTOGCN_FORM_MODEL_H_
#define TRACKFIT_PROTOGCN_FORM_MODEL_H_

#include <map>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "skeleton/measures.h"

namespace trackfit::protogcn {

struct FormModel {
  // Straight between the knots, constant beyond them; zero on average over the executions it was fitted to.
  struct Curve {
    std::vector<float> knots;   // ascending, in the measure's unit
    std::vector<float> values;  // one per knot

    float At(float measure) const;
  };
  std::map<skeleton::Measure, Curve> curves;
  float bias = 0;

  bool empty() const { return curves.empty(); }

  // Above 0: rather correct. A measure that is NaN counts as average; nullopt where all are NaN.
  std::optional<float> Logit(const skeleton::Measurements& measures) const;

  // INVALID_ARGUMENT naming the measure whose curve is wrong.
  absl::Status Validate() const;
};

}  // namespace trackfit::protogcn

#endif  // TRACKFIT_PROTOGCN_FORM_MODEL_H_
