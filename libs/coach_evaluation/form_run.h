// Reads labelled repetitions, judges them or fits the exercises' ranges to them.
#ifndef TRACKFIT_COACH_EVALUATION_FORM_RUN_H_
#define TRACKFIT_COACH_EVALUATION_FORM_RUN_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coach_evaluation/form_samples.h"
#include "repetitions/exercise.h"

namespace trackfit::coach_evaluation {

// Where labelled repetitions come from.
struct FormSources {
  std::vector<std::string> landmarks;      // files or folders
  std::string faults;                      // the fault table
  std::vector<std::string> except_groups;  // of clips
  int mannequins_per_fault = 0;
  FormOptions options{};

  bool any() const { return !landmarks.empty() || mannequins_per_fault > 0; }
};

struct FormResult {
  std::string text;  // for people
  nlohmann::ordered_json repetitions;
  nlohmann::ordered_json frames;
};

// By the ranges that ship or, leaving one group out, by ranges that are fitted to the other groups.
absl::StatusOr<FormResult> EvaluateForm(const repetitions::Catalogue& catalogue, const FormSources& sources,
                                        bool leave_one_group_out);

// Fits the ranges of the exercises in `folder`, or only of those named, and writes them into their files
// unless it is a dry run. Says what it fitted.
absl::StatusOr<std::string> CalibrateForm(const std::string& folder, const std::vector<std::string>& only,
                                          const FormSources& sources, bool dry_run);

}  // namespace trackfit::coach_evaluation

#endif  // TRACKFIT_COACH_EVALUATION_FORM_RUN_H_
