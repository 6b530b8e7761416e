// How often the verdict on a recording changes when the same recording is seen otherwise: as its variants,
// which `trackfit extract --variants` makes from changed pictures.
#ifndef TRACKFIT_EVALUATION_STABILITY_H_
#define TRACKFIT_EVALUATION_STABILITY_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"
#include "evaluation/grouped_interval.h"
#include "evaluation/served_clip.h"

namespace trackfit::evaluation {

// Of the variants of some clips. A verdict is the exercise if it is known, else that it is none.
struct StabilityRow {
  std::string name;
  int clips = 0;
  GroupedShare changed;  // variants with another verdict than their original
  GroupedShare renamed;  // variants for which another exercise is named, known or not
  int unstable = 0;      // clips of which a variant has another verdict
};

struct Stability {
  StabilityRow all;
  std::vector<StabilityRow> by_class;  // of the clips' labels; those that occur
  std::vector<std::string> changes;    // "id~3: squat > pull_up (mirrored, jpeg 41, lite)"
};

// Over the originals among the clips that have a label and variants; no answer is a verdict, too: none. The
// coach counts beside the model if `run` has knowledge for one.
// Errors: those of AssessPoses().
absl::StatusOr<Stability> MeasureStability(const AssessorPtr& assessor,
                                           const std::vector<dataset::Clip>& clips,
                                           const RunOptions& run = {});

// "" without variants.
std::string ToText(const Stability& stability);
nlohmann::json ToJson(const Stability& stability);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_STABILITY_H_
