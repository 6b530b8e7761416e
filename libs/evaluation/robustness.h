// How much accuracy is lost with other cameras and poorer recordings.
#ifndef TRACKFIT_EVALUATION_ROBUSTNESS_H_
#define TRACKFIT_EVALUATION_ROBUSTNESS_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"
#include "evaluation/served_clip.h"

namespace trackfit::evaluation {

// Accuracy on the exercises when their pose sequences are changed in one way.
struct VariantResult {
  std::string name;
  int right = 0;  // named and known
  int named = 0;  // named, known or not
  int total = 0;
  // Clips whose exercise was named undisturbed, and no longer: "id: exercise > what was named instead", or
  // "id: exercise > nothing" where there is no answer any more.
  std::vector<std::string> lost;

  double accuracy() const { return total > 0 ? static_cast<double>(right) / total : 0; }
};

// The first is "undisturbed"; then 10, 15, 24 and 60 fps, mirrored, rolled either way by 15 degrees, legs out
// of the picture, 10 % of the poses missing. Over the clips of the exercises (no stand-ins, no mannequin)
// that get an answer undisturbed; no answer to a changed one counts as wrong. Errors: those of AssessPoses().
absl::StatusOr<std::vector<VariantResult>> MeasureRobustness(const AssessorPtr& assessor,
                                                             const std::vector<dataset::Clip>& clips,
                                                             const RunOptions& run = {});

std::string ToText(const std::vector<VariantResult>& variants);
nlohmann::json ToJson(const std::vector<VariantResult>& variants);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_ROBUSTNESS_H_
