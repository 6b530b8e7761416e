// Whether a model that has been loaded may be served.
#ifndef TRACKFIT_MODEL_STORE_MODEL_TRIAL_H_
#define TRACKFIT_MODEL_STORE_MODEL_TRIAL_H_

#include <functional>
#include <optional>
#include <string>

#include "assessment/assessor.h"
#include "model_store/model_metrics.h"

namespace trackfit::model_store {

struct RefusedModel {
  Refusal reason = Refusal::kBroken;
  std::string message;  // for people
};

struct TrialOptions {
  double max_slowdown = 2;  // of a window, beside the served model's
  int windows = 7;          // that are timed of each
  // Seconds of some clock. The default counts this thread's time on a core, on which inference runs from
  // start to end, so that what else the machine does is not held against a model.
  std::function<double()> clock = ThreadSeconds;

  static double ThreadSeconds();
};

// Lets `candidate` assess windows of people who stand, move, and are hardly seen, which also warms it up:
// nullopt when every answer is one that an assessment can have and, where `served` is not null, the median
// time of its windows, measured in turn with those of `served`, is at most max_slowdown times that one's.
std::optional<RefusedModel> Try(const assessment::Assessor& candidate, const assessment::Assessor* served,
                                const TrialOptions& options = {});

}  // namespace trackfit::model_store

#endif  // TRACKFIT_MODEL_STORE_MODEL_TRIAL_H_
