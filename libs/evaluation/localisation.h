// Whether the joint errors point at the joint that is wrong.
#ifndef TRACKFIT_EVALUATION_LOCALISATION_H_
#define TRACKFIT_EVALUATION_LOCALISATION_H_

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dataset/clip.h"
#include "evaluation/served_clip.h"

namespace trackfit::evaluation {

// The joints that were judged, worst first: by percentile, ties by error, then by index.
std::vector<int> RankJoints(const assessment::Assessment& assessment);

// Rank (from 1) of the first of `ranked` that is one of `wrong`; 0 when none is.
int FirstHit(std::span<const int> ranked, std::span<const int> wrong);

// A clip with wrong joints, judged against its own exercise.
struct LocalisedFault {
  std::string id;
  std::string what;      // "squat: knees_in", "left arm", "left elbow"
  int first_hit = 0;     // see FirstHit()
  int judged = 0;        // joints that were judged
  int wrong_judged = 0;  // wrong ones among them
};

struct HitRate {
  std::string what;
  int clips = 0;
  int top1 = 0;
  int top3 = 0;
  double chance1 = 0;  // hit rate of a random ranking
  double chance3 = 0;

  double rate1() const { return clips > 0 ? static_cast<double>(top1) / clips : 0; }
  double rate3() const { return clips > 0 ? static_cast<double>(top3) / clips : 0; }
};
// Over all, as "all", then for each `what` by name.
std::vector<HitRate> HitRates(const std::vector<LocalisedFault>& faults);

struct Localisation {
  // The mannequin with every fault of every exercise, unseen bodies and views.
  std::vector<LocalisedFault> faults;
  // Clips that name their wrong joints: mannequins that were rendered and seen by BlazePose.
  std::vector<LocalisedFault> rendered_faults;
  std::vector<LocalisedFault> limbs;   // real correct clips, one limb turned by 30 degrees in the image
  std::vector<LocalisedFault> joints;  // real correct clips, one joint off by 0.35 torso lengths
  // Real correct clips as they are.
  int undisturbed = 0;
  int unflagged = 0;  // of them: no judged joint above the 99th percentile
};

// `per_fault` clips of every fault; of the real clips at most 20 times as many, each disturbed in one place
// that depends on its id. Errors: those of AssessPoses().
absl::StatusOr<Localisation> Localise(const AssessorPtr& assessor, const std::vector<dataset::Clip>& clips,
                                      int per_fault, const RunOptions& run = {});

std::string ToText(const Localisation& localisation);
nlohmann::json ToJson(const Localisation& localisation);

}  // namespace trackfit::evaluation

#endif  // TRACKFIT_EVALUATION_LOCALISATION_H_
