// Repetitions whose form is known, as the coach measures them.
#ifndef TRACKFIT_COACH_EVALUATION_FORM_SAMPLES_H_
#define TRACKFIT_COACH_EVALUATION_FORM_SAMPLES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coach_evaluation/form_faults.h"
#include "dataset/clip.h"
#include "repetitions/exercise.h"
#include "repetitions/repetition.h"

namespace trackfit::coach_evaluation {

struct FormSample {
  std::string data_set;
  std::string id;  // of the clip
  std::string group;
  const repetitions::Exercise* exercise = nullptr;
  bool correct = true;  // as the clip is labelled
  std::string fault;    // as the fault table calls it; empty: none, or not one that it knows
  repetitions::View view = repetitions::View::kFront;
  repetitions::Repetition repetition;  // its findings are in the order of the exercise's conditions
  // Of each condition, also where the value is doubtful; NaN where the view or the joints do not show it.
  std::vector<float> measured;
};

struct FormOptions {
  double unknown_rate_hz = 15;  // of clips whose file does not say
  // Clips of real 3-D are also seen from so many degrees to their left, with landmarks as noisy as
  // BlazePose's. Empty: as they are.
  std::vector<double> turned_degrees;
  uint64_t seed = 1;  // of that noise
};

// What the coach finds in the clips of `exercises` that are labelled correct or incorrect. The catalogue
// outlives the samples.
std::vector<FormSample> FormSamples(const repetitions::Catalogue& catalogue, const FaultTable& faults,
                                    const std::string& data_set, const std::vector<dataset::Clip>& clips,
                                    const FormOptions& options);

// Mannequins that commit each fault that they know, and as many without any for each of them: drawn bodies
// and cameras, landmarks as noisy as BlazePose's, two repetitions a clip.
absl::StatusOr<std::vector<dataset::Clip>> FaultyMannequins(const repetitions::Catalogue& catalogue,
                                                            int per_fault, uint64_t seed);

}  // namespace trackfit::coach_evaluation

#endif  // TRACKFIT_COACH_EVALUATION_FORM_SAMPLES_H_
