// Whether the quality score tells correct executions from incorrect ones.
#ifndef TRACKFIT_EVALUATION_FORM_H_
#define TRACKFIT_EVALUATION_FORM_H_

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"
#include "evaluation/metrics.h"
#include "evaluation/served_clip.h"

namespace trackfit::evaluation {

// A recorded clip whose form is known, judged against its own exercise.
struct FormClip {
  std::string id;
  std::string exercise;  // the assessor's class for it
  std::string group;
  int fold = 0;
  bool correct = false;
  double score = 0;   // of Quality
  double cosine = 0;  // of Quality
};

// Judges the clips of real people that are labelled correct or incorrect and belong to one of the exercises;
// `fold_of` puts each in a fold, and fold i is judged by assessors[i], or all by the only one. Clips of a
// negative fold are skipped, and those too short for an answer.
absl::StatusOr<std::vector<FormClip>> JudgeForm(const std::vector<AssessorPtr>& assessors,
                                                const std::vector<dataset::Clip>& clips,
                                                const std::function<int(const dataset::Clip&)>& fold_of,
                                                const RunOptions& run = {});

// Figures of one exercise that has clips of both kinds. "Positive" is correct.
struct FormResult {
  std::string exercise;
  int correct = 0;
  int incorrect = 0;
  double auc = 0;           // of the score, over all folds' clips together
  double cosine_auc = 0;    // of the cosine under it
  FoldedAccuracy accuracy;  // of the score, each fold at the threshold that is best on the others
  std::vector<RocPoint> roc;
};
std::vector<FormResult> Summarise(const std::vector<FormClip>& clips);

std::string ToText(const std::vector<FormResult>& results);
nlohmann::json ToJson(const std::vector<FormResult>& results, const std::vector<FormClip>& clips);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_FORM_H_
