// Fits FormModel to labelled clips.
#ifndef TRACKFIT_TRAINING_FORM_FITTING_H_
#define TRACKFIT_TRAINING_FORM_FITTING_H_

#include <map>
#include <span>
#include <string>
#include <vector>

#include "dataset/clip.h"
#include "protogcn/form_model.h"
#include "skeleton/measures.h"

namespace trackfit::training {

struct MeasuredClip {
  std::vector<skeleton::Measurements> windows;  // as serving cuts them, see MeasureClip
  bool correct = false;
  int fold = -1;  // of its group, where there are folds
};

// Windows of up to `window_poses` poses at `rate_hz`, every half second from the second one on; of a shorter
// clip one that holds all of it.
MeasuredClip MeasureClip(const dataset::Clip& clip, int window_poses, double rate_hz);

// The clips of people at the exercise `label` of `classes` that are labelled correct or incorrect, with
// their folds as GroupedFolds gave them.
std::vector<MeasuredClip> MeasureLabelled(const std::vector<dataset::Clip>& clips,
                                          const std::vector<std::string>& classes, int label,
                                          int window_poses, double rate_hz,
                                          const std::map<std::string, int>& folds = {});

// With fewer labelled clips of either kind no model is fitted.
inline constexpr int kMinFormClips = 20;

// Logistic regression with a ridge penalty. The correct clips together weigh as much as the incorrect ones.
// An empty model when there are fewer than kMinFormClips of either kind.
protogcn::FormModel FitForm(std::span<const MeasuredClip> clips);

// The mean logit of each clip by a model that was fitted to the other folds; above 0: rather correct.
struct LogitsOfOthers {
  std::vector<double> correct, incorrect;
};
LogitsOfOthers JudgedByOtherFolds(std::span<const MeasuredClip> clips);

// FormModel's logits of the windows of the correct clips, ascending.
std::vector<float> CorrectLogits(const protogcn::FormModel& model, std::span<const MeasuredClip> clips);

}  // namespace trackfit::training

#endif  // TRACKFIT_TRAINING_FORM_FITTING_H_
